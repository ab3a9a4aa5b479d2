"""News at a real RabbitMQ: once by message id, in order, with retries and dead letters; refusals that say what to do.

TG_OUTAGES=all: what half a minute of the broker's pauses shows is shown with both types of queues.
"""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.amqp import Publishing, Reader, queue  # noqa: E402
from support.gateway import BINARY, free_port  # noqa: E402
from support.stack import shared_stack, until  # noqa: E402


def setUpModule():
    global stack
    stack = shared_stack("rabbitmq")


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        stack.empty("rabbitmq")

    def publishing(self, **settings):
        publishing = Publishing(stack, self.folder, **settings)
        self.enterContext(publishing)
        return publishing

    def reader(self, queues, **more):
        reader = Reader(stack.amqp, queues, **more)
        self.addCleanup(reader.end)
        return reader

    def command(self, publishing, *words):
        done = subprocess.run([BINARY, "--config", publishing.config, "--data-dir", publishing.gateway.data_dir, *words,
                               "--json"], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def waiting(self, name):
        """Messages in a queue, none where it is not there."""
        with stack.amqp() as connection:
            return connection.channel().queue_declare(name, passive=True).method.message_count


class Delivery(Case):
    def everything_once_in_order(self, queue_type):
        publishing = self.publishing(rate=100, queue_type=queue_type)
        publishing.until_up()
        reader = self.reader([queue(channel) for channel in publishing.channels])
        publishing.gateway.until(lambda: len(reader.got) >= 300, 60, "300 messages")

        told = publishing.until_read(reader)

        known = {key: (peer, seq) for key, peer, seq in told}
        last = {}
        for key, headers, event, properties, _ in reader.got:
            if event["seq"] > told[-1][2]:
                continue
            peer, seq = known.pop(key)  # a second time, or never told: an error
            self.assertEqual((event["key"], event["peer"], event["seq"]), (key, peer, seq))
            self.assertGreater(seq, last.get(peer, 0), "order within a channel")
            last[peer] = seq
            self.assertEqual(headers, {"x-source": "demo", "x-channel-id": str(peer), "x-origin": "live",
                                       "x-kind": event["kind"], "x-seq": seq})
            self.assertEqual((properties.content_type, properties.delivery_mode), ("application/json", 2))
            observed = datetime.datetime.fromisoformat(event["observed_at"])
            self.assertEqual(properties.timestamp, int(observed.timestamp()))
        self.assertEqual(known, {})
        types = {one["type"] for one in stack.management("queues/telegram")}
        self.assertEqual(types, {queue_type})

    def test_every_event_once_in_order_by_classic_queues(self):
        self.everything_once_in_order("classic")

    def test_every_event_once_in_order_by_quorum_queues(self):
        self.everything_once_in_order("quorum")

    def three_rejections(self, queue_type):
        publishing = self.publishing(rate=1, channels=1, consumers=["desk", "other"], queue_type=queue_type)
        publishing.until_up()
        [channel] = publishing.channels
        until(lambda: self.waiting(queue(channel)) > 0, 30, "a message")
        publishing.gateway.stop()
        sent = self.waiting(queue(channel))
        reader = self.reader([queue(channel)], reject=True)

        until(lambda: self.waiting("telegram.messages.dlq") == sent, 50, "dead letters")

        self.assertEqual(len(reader.got), 3 * sent)
        times = [one[4] for one in reader.got if one[0] == reader.got[0][0]]
        self.assertGreater(times[1] - times[0], 4)
        self.assertGreater(times[2] - times[1], 19)
        with stack.amqp() as connection:
            _, properties, body = connection.channel().basic_get("telegram.messages.dlq")
        death = properties.headers["x-death"][0]
        self.assertEqual((death["queue"], death["reason"], death["count"]), (queue(channel), "rejected", 3))
        self.assertEqual(properties.message_id, json.loads(body)["key"])
        self.assertEqual(self.waiting(queue(channel, "other")), sent, "another consumer is not disturbed")

    @unittest.skipUnless(os.environ.get("TG_OUTAGES") == "all", "TG_OUTAGES=all runs it: half a minute of the broker's pauses")
    def test_three_rejections_are_a_dead_letter_of_classic_queues(self):
        self.three_rejections("classic")

    def test_three_rejections_are_a_dead_letter_of_quorum_queues(self):
        self.three_rejections("quorum")

    def test_what_has_no_queue_is_kept_aside(self):
        publishing = self.publishing(consumers=[])
        publishing.until_up()
        until(lambda: self.waiting("telegram.unrouted") >= 20, 30, "unrouted messages")

        with stack.amqp() as connection:
            method, properties, body = connection.channel().basic_get("telegram.unrouted")
        self.assertEqual(method.routing_key, f"telegram.channel.{json.loads(body)['peer']}")
        self.assertEqual(properties.message_id, json.loads(body)["key"])

    def test_status_tells_how_queues_are(self):
        publishing = self.publishing(channels=2)
        publishing.until_up()
        until(lambda: all(self.waiting(queue(channel)) > 0 for channel in publishing.channels), 30, "messages")

        status = json.loads(self.command(publishing, "broker", "status"))

        queues = {one["name"]: one for one in status["queues"]}
        self.assertEqual(set(queues), {"telegram.unrouted", "telegram.messages.dlq",
                                       *map(queue, publishing.channels)})
        self.assertGreater(queues[queue(publishing.channels[0])]["messages"], 0)
        self.assertGreaterEqual(status["behindEvents"], 0)


class Refusals(Case):
    def test_a_wrong_password(self):
        wrong = self.folder / "wrong"
        wrong.write_text("not-this-one", encoding="utf-8")
        wrong.chmod(0o600)
        publishing = self.publishing(password_file=wrong)

        detail = publishing.until_down("rabbitmq.password_file", "signing in as telegram")

        self.assertNotIn("not-this-one", detail + publishing.gateway.whole_log())

    def test_a_vhost_that_is_missing(self):
        self.publishing(vhost="nowhere").until_down("rabbitmqctl add_vhost nowhere")

    def test_no_permission(self):
        self.publishing(exchange="elsewhere").until_down("rabbitmqctl set_permissions", "elsewhere")

    def test_a_queue_with_other_arguments_is_named_and_made_anew_when_it_is_gone(self):
        with stack.amqp() as connection:
            connection.channel().queue_declare("telegram.unrouted", durable=True)
        publishing = self.publishing()
        publishing.until_down("telegram.unrouted", "rabbitmqctl delete_queue")

        stack.management("queues/telegram/telegram.unrouted", "DELETE")

        publishing.until_up()

    def test_a_server_that_is_not_there(self):
        self.publishing(port=free_port()).until_down("rabbitmq.port")


class SpeciallyConfigured(Case):
    """A broker with TLS that takes only small messages."""

    MOST = 1_000  # bytes; the demo's are 700 to 1,400

    @classmethod
    def setUpClass(cls):
        cls.tls = stack.folder / "tls"
        cls.tls.mkdir(exist_ok=True)
        cls.port = free_port()
        cls.authority = cls.certificate("authority", "-x509", "-addext", "basicConstraints=critical,CA:TRUE")
        cls.stranger = cls.certificate("stranger", "-x509", "-addext", "basicConstraints=critical,CA:TRUE")
        cls.certificate("server", "-x509", "-CA", cls.authority, "-CAkey", cls.tls / "authority.key",
                        "-addext", "subjectAltName=DNS:localhost")
        for file in cls.tls.iterdir():
            os.chmod(file, 0o644)
        os.chmod(cls.tls, 0o755)
        stack.override("rabbitmq", f"""
max_message_size = {cls.MOST}
listeners.ssl.default = 127.0.0.1:{cls.port}
ssl_options.cacertfile = {cls.authority}
ssl_options.certfile = {cls.tls}/server.pem
ssl_options.keyfile = {cls.tls}/server.key
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false""")

    @classmethod
    def tearDownClass(cls):
        stack.override("rabbitmq", "")

    @classmethod
    def certificate(cls, name, *more):
        file = cls.tls / f"{name}.pem"
        subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", f"/CN={name}", "-keyout", cls.tls / f"{name}.key", "-out", file, *more],
                       check=True, capture_output=True)
        return file

    def test_encrypted_for_the_right_name_and_authority_only(self):
        secure = {"port": self.port, "tls": True, "host": "localhost"}
        with Publishing(stack, self.folder, **secure, tls_ca_file=str(self.stranger)) as publishing:
            publishing.until_down("authority", "rabbitmq.tls_ca_file")
        with Publishing(stack, self.folder, **{**secure, "host": "127.0.0.1"},
                        tls_ca_file=str(self.authority)) as publishing:
            publishing.until_down("not for 127.0.0.1", "rabbitmq.host")
        with Publishing(stack, self.folder, **secure, tls_ca_file=str(self.authority)) as publishing:
            publishing.until_up()
            publishing.gateway.until(lambda: any(one["ssl"] for one in stack.management("connections")
                                                 if one["user"] == "telegram"), 30, "an encrypted connection")

    def test_what_is_too_large_is_set_aside_and_the_rest_flows(self):
        publishing = self.publishing(rate=100)
        publishing.until_up()
        reader = self.reader([queue(channel) for channel in publishing.channels])
        publishing.gateway.until(lambda: len(reader.got) >= 200, 60, "messages")
        publishing.gateway.stop()

        refused = json.loads(self.command(publishing, "failures", "list"))["failures"]
        bodies = [len(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()) for _, _, event, _, _ in
                  reader.got]

        self.assertLessEqual(max(bodies), self.MOST)
        self.assertGreater(len(refused), 0)
        self.assertEqual({one["reader"] for one in refused}, {"rabbitmq"})
        self.assertIn(f"larger than the {self.MOST} bytes", refused[0]["reason"])


if __name__ == "__main__":
    unittest.main()
