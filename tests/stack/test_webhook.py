"""Webhooks against a receiver that takes, refuses, hangs, trickles and is not there: every news event at least once, in
order, signed; nothing lost over a restart or a kill. Needs no other server.

TG_KILLS sets how often the gateway is killed (default 5).
"""

import json
import os
import pathlib
import random
import re
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.gateway import Gateway, free_port, run  # noqa: E402
from support.receiver import SECRET, Receiver  # noqa: E402

KILLS = int(os.environ.get("TG_KILLS", "5"))
PATIENCE_S = 60
TOLD = "kind IN (1, 2, 3, 4, 7, 8)"  # new, edited, deleted, restored, channel_migrated, reprocess
SUPERSEDED = 8  # of the journal's flags


class Webhook(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.data = self.folder / "data"
        self.config = self.folder / "gateway.toml"
        self.secret = self.folder / "desk.secret"
        self.secret.write_text(SECRET + "\n")
        self.secret.chmod(0o600)
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.hooks = []

    def hook(self, name, url=None, **more):
        lines = [f'name = "{name}"', f'url = "{url or self.receiver.url + "/" + name}"', 'secret_file = "desk.secret"']
        lines += [f"{key} = {json.dumps(value)}" for key, value in {"allow_private": True, **more}.items()]
        self.hooks.append("[[webhooks]]\n" + "\n".join(lines) + "\n")

    def start(self, rate=40):
        self.config.write_text("\n".join(self.hooks))
        self.gateway = Gateway("demo", "--config", self.config, "--rate", rate, "--history", "5", "--channels", "4",
                               data_dir=self.data)
        self.addCleanup(self.gateway.kill)
        return self.gateway.start()

    def quiet(self):
        """Nothing new any more; what is there goes on to be delivered."""
        self.assertEqual(self.gateway.stop(), 0)
        self.gateway.arguments = ["run", "--config", str(self.config)]
        self.gateway.start()

    def journal(self, sql):
        with sqlite3.connect(f"file:{self.data}/journal.db?mode=ro", uri=True) as file:
            return file.execute(sql).fetchall()

    def news(self, more=""):
        """What came live, or was missed and caught up: all of that is young here."""
        return [seq for seq, in self.journal(
            f"SELECT seq FROM events WHERE origin IN (1, 2) AND {TOLD} AND flags & {SUPERSEDED} = 0 {more} ORDER BY seq")]

    def until_some(self, name, count=60):
        self.gateway.until(lambda: len(self.receiver.seqs("/" + name)) >= count, PATIENCE_S, f"{count} events at {name}")

    def until_all(self, name, more="", patience=PATIENCE_S):
        wanted = self.news(more)
        self.gateway.until(lambda: set(wanted) <= set(self.receiver.seqs("/" + name)), patience, f"all events at {name}")
        return wanted

    def check(self, name, wanted, twice=None):
        """Each at least once; without the second ones in the journal's order. `twice`: so many came again at most."""
        seqs = self.receiver.seqs("/" + name)
        self.assertEqual(list(dict.fromkeys(seqs)), wanted, name)
        if twice is not None:
            self.assertLessEqual(len(seqs) - len(wanted), twice, name)

    def destination(self, name):
        return next(d for d in self.gateway.get("/api/telegram-gateway/destinations")[1]["data"]
                    if d["name"] == "webhook:" + name)

    def last_error(self, name):
        return self.gateway.until(lambda: self.destination(name).get("lastError"), what=f"an error of {name}")


class Delivery(Webhook):
    def test_every_news_event_once_in_order_and_signed(self):
        self.hook("desk", batch=7)
        self.receiver.answers["/desk"] = self.slow_at_first
        self.start(rate=300)
        self.until_some("desk", 500)
        self.quiet()
        wanted = self.until_all("desk")

        self.check("desk", wanted, twice=7)  # a stop may come before the answer of one batch
        requests = self.receiver.requests["/desk"]
        self.assertEqual(max(len(request.events) for request in requests), 7)
        ids = {(request.headers["X-Telegram-Gateway-Delivery"], *request.seqs) for request in requests}
        self.assertEqual(len({first for first, *_ in ids}), len(ids), "the same for the same batch alone")
        for request in requests:
            self.assertTrue(request.is_signed())
            self.assertFalse(request.is_signed("another secret"))
            self.assertEqual(request.headers["Content-Type"], "application/json")
            self.assertRegex(request.headers["User-Agent"], r"^telegram-gateway/\d")
        polled = self.gateway.get("/api/events/poll?from=oldest&limit=200&kinds=new,edited,deleted&origins=live")[1]["data"]
        taken = {event["seq"]: event for request in requests for event in request.events}
        self.assertGreater(len(polled), 50)
        for event in polled:
            self.assertEqual(taken[event["seq"]]["key"], event["key"])
        self.assertNotIn(SECRET, self.gateway.whole_log())
        self.check_examples(requests[-1])

    def check_examples(self, request):
        """What docs/webhooks.md gives to receivers takes a real request, and refuses one that was changed."""
        text = (pathlib.Path(__file__).resolve().parents[2] / "docs/webhooks.md").read_text()
        signature = request.headers["X-Telegram-Gateway-Signature"]
        cases = [(SECRET, signature, request.body, True), (SECRET, signature, request.body + b" ", False),
                 ("another", signature, request.body, False), (SECRET, "t=1,v1=" + "0" * 64, request.body, False)]
        python = {}
        exec(re.search(r"```python\n(.+?)```", text, re.S)[1], python)
        self.assertEqual([python["is_genuine"](secret.encode(), header, body) for secret, header, body, _ in cases],
                         [genuine for *_, genuine in cases])
        script = self.folder / "example.mjs"
        script.write_text(re.search(r"```js\n(.+?)```", text, re.S)[1] + """
import { readFileSync } from 'node:fs';
const cases = JSON.parse(readFileSync(0));
console.log(JSON.stringify(cases.map(([secret, header, body]) => isGenuine(secret, header, Buffer.from(body)))));
""")
        given = json.dumps([(secret, header, body.decode()) for secret, header, body, _ in cases])
        done = subprocess.run(["node", script], input=given, capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(json.loads(done.stdout), [genuine for *_, genuine in cases])

    def slow_at_first(self, *_):
        """A receiver so slow that the next batch is a full one."""
        if self.receiver.count("/desk") == 1:
            self.gateway.until(lambda: len(self.news()) > 20, PATIENCE_S, "more than fits into one batch")
        return 204

    def test_narrowed_by_channel_and_kind(self):
        self.hook("first")
        self.start()
        self.until_some("first", 20)
        channel = self.receiver.requests["/first"][0].events[0]["peer"]
        self.gateway.stop()
        self.hook("narrow", channels=[str(channel)], kinds=["new", "deleted"])
        self.config.write_text("\n".join(self.hooks))
        head, = self.journal("SELECT max(seq) FROM events")[0]
        self.gateway.start()
        self.until_some("narrow", 20)
        self.quiet()

        narrow = f"AND peer = {channel} AND kind IN (1, 3) AND seq > {head}"
        self.check("narrow", self.until_all("narrow", narrow), twice=20)

    def test_failures_of_every_sort_lose_nothing(self):
        """Each fails once and is tried again after 5 s, while the others go on."""
        late = free_port()
        sorts = {"500": 500, "503": (503, {"Retry-After": "1"}), "408": 408, "425": 425, "429": (429, {"Retry-After": "2"}),
                 "hang": "hang", "trickle": "trickle", "cut": "cut"}
        for name, answer in sorts.items():
            self.hook(name)
            self.receiver.answers["/" + name] = lambda _, count, answer=answer: answer if count == 1 else 204
        self.hook("late", f"http://127.0.0.1:{late}/late")
        self.hook("fine")
        self.start()
        self.until_some("fine")
        self.assertIn("127.0.0.1", self.last_error("late"))
        elsewhere = Receiver(late)
        self.addCleanup(elsewhere.close)
        for name in sorts:
            self.gateway.until(lambda: self.receiver.count("/" + name) > 2, PATIENCE_S, f"a second try of {name}")
        self.gateway.until(lambda: elsewhere.count("/late") > 1, PATIENCE_S, "the one that came late")
        self.quiet()

        for name in (*sorts, "fine"):
            wanted = self.until_all(name)
            self.check(name, wanted)
            again = self.receiver.requests["/" + name]
            if name != "fine":
                first, second = (request.headers["X-Telegram-Gateway-Delivery"] for request in again[1:3])
                self.assertTrue(first == second or again[1].seqs == again[2].seqs[:len(again[1].seqs)], name)
        self.gateway.until(lambda: set(wanted) <= set(elsewhere.seqs("/late")), PATIENCE_S, "all of the late one")
        self.assertEqual(list(dict.fromkeys(elsewhere.seqs("/late"))), wanted)
        self.check("fine", wanted, twice=20)

    def test_flat(self):
        self.hook("flat", format="flat")
        self.start()
        self.until_some("flat", 30)
        self.quiet()
        wanted = self.until_all("flat", "AND kind = 1")

        requests = self.receiver.requests["/flat"]
        self.check("flat", wanted, twice=1)
        for request in requests:
            self.assertEqual(request.headers["X-Gateway-Token"], SECRET)
            self.assertNotIn("X-Telegram-Gateway-Signature", request.headers)
        sample = requests[len(requests) // 2].json
        status, answer = self.gateway.get(f"/api/messages/{sample['channelId']}:{sample['messageId']}")
        self.assertEqual(status, 200)
        for field in ("id", "messageId", "channelId", "channelTitle", "hasMedia", "source"):
            self.assertEqual(sample[field], answer["data"][field], field)
        self.assertEqual(sample["timestamp"], answer["data"]["date"])
        self.assertIsInstance(sample["text"], str)


class Refusal(Webhook):
    def test_a_refused_secret_is_said_and_not_hammered(self):
        self.hook("locked")
        self.hook("fine")
        self.receiver.answers["/locked"] = lambda *_: 401
        self.start()
        self.assertIn("desk.secret", self.last_error("locked"))
        self.until_some("fine", 200)

        self.assertEqual(self.receiver.count("/locked"), 1)
        health = self.gateway.get("/health")[1]
        self.assertEqual(health["status"], "degraded")
        self.assertIn("desk.secret", json.dumps(health))
        self.assertNotIn(SECRET, json.dumps(health) + self.gateway.whole_log())

    def test_a_redirect_is_not_followed(self):
        self.hook("moved")
        self.receiver.answers["/moved"] = lambda *_: (307, {"Location": "http://elsewhere.example.org:81/in"})
        self.hook("here")
        self.receiver.answers["/here"] = lambda *_: (302, {"Location": self.receiver.url + "/there"})
        self.start()

        self.assertIn("elsewhere.example.org:81", self.last_error("moved"))
        self.assertIn("127.0.0.1", self.last_error("here"))
        self.assertEqual(self.receiver.count("/there"), 0)

    def test_a_private_address_is_not_reached(self):
        names = {"number": "127.0.0.1", "name": "localhost", "mapped": "[::ffff:127.0.0.1]", "zero": "0.0.0.0"}
        for name, host in names.items():
            self.hook(name, f"http://{host}:{self.receiver.port}/{name}", allow_private=False)
        self.hook("allowed")
        self.start()
        self.until_some("allowed", 20)

        for name in names:
            self.assertIn("allow_private", self.last_error(name))
            self.assertEqual(self.receiver.count("/" + name), 0)

    def test_a_certificate_is_checked(self):
        key, certificate = self.folder / "key.pem", self.folder / "ca.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", certificate, "-subj", "/CN=receiver", "-days", "2",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True, timeout=60)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        secure = Receiver(tls=tls)
        self.addCleanup(secure.close)
        self.hook("known", secure.url + "/known", tls_ca_file="ca.pem")
        self.hook("unknown", secure.url + "/unknown")
        self.hook("named", f"https://localhost:{secure.port}/named", tls_ca_file="ca.pem")
        self.start()

        self.gateway.until(lambda: len(secure.seqs("/known")) > 20, PATIENCE_S, "events over TLS")
        for name in ("unknown", "named"):
            self.assertIn("certificate", self.last_error(name))
            self.assertEqual(secure.count("/" + name), 0)

    def test_one_that_is_poison_is_set_aside_and_can_be_tried_again(self):
        poison = set()

        def refuse(request, _):
            if len(poison) < 2 and len(self.receiver.seqs("/desk")) > 20 * (len(poison) + 1):
                poison.add(request.events[-1]["key"])
            return 422 if poison & {event["key"] for event in request.events} else 204

        self.receiver.answers["/desk"] = refuse
        self.hook("desk", batch=100)
        self.start(rate=200)
        self.gateway.until(lambda: len(poison) == 2, PATIENCE_S, "two that are refused")
        self.until_some("desk", len(self.receiver.seqs("/desk")) + 100)
        self.quiet()
        refused = {event["key"]: event["seq"] for request in self.receiver.requests["/desk"] for event in request.events
                   if event["key"] in poison}
        wanted = [seq for seq in self.news() if seq not in refused.values()]
        self.gateway.until(lambda: set(wanted) <= set(self.receiver.seqs("/desk")), PATIENCE_S, "the rest")
        self.check("desk", wanted, twice=100)
        rows = self.failures(2)
        self.assertEqual({row["seq"] for row in rows}, set(refused.values()))
        self.assertEqual({row["reason"] for row in rows}, {"the receiver answered 422"})

        first, second = (row["id"] for row in rows)
        tried = json.loads(run("--json", "--config", self.config, "failures", "retry", first, data_dir=self.data, check=3).stdout)
        self.assertEqual([row["state"] for row in tried["retried"]], ["refused"])
        self.assertEqual({row["id"]: row["tries"] for row in self.failures(2)}, {first: 2, second: 1})
        self.receiver.answers["/desk"] = lambda *_: 204
        done = run("--config", self.config, "failures", "retry", "--of", "webhook:desk", data_dir=self.data, check=0)
        self.assertEqual(done.stdout.count("delivered"), 2)
        self.assertEqual(self.failures(0), [])
        self.assertEqual(set(self.receiver.seqs("/desk")), set(self.news()))
        self.assertEqual(set(self.receiver.seqs("/desk")[-2:]), set(refused.values()), "the refused ones last")

    def failures(self, count):
        """So many entries, once there are."""
        def listed():
            rows = json.loads(run("--json", "failures", data_dir=self.data, check=0).stdout)["failures"]
            return [rows] if len(rows) == count else None
        return self.gateway.until(listed, what=f"{count} entries set aside")[0]


class Interruption(Webhook):
    def test_a_stop_does_not_wait_for_a_receiver_that_hangs(self):
        self.hook("desk")
        self.receiver.answers["/desk"] = lambda *_: "hang"
        self.start()
        self.gateway.until(lambda: self.receiver.count("/desk") > 0, what="a request that hangs")

        began = time.monotonic()
        self.assertEqual(self.gateway.stop(), 0)
        self.assertLess(time.monotonic() - began, 5, "a request may take 10 s")
        self.receiver.answers.clear()
        self.gateway.start()
        self.until_some("desk", 20)
        self.quiet()
        self.check("desk", self.until_all("desk"), twice=20)

    def test_killed_at_any_moment_it_leaves_no_hole(self):
        chance = random.Random(5)
        self.hook("desk", batch=3)
        self.start(rate=300)
        for _ in range(KILLS):
            self.until_some("desk", len(self.receiver.seqs("/desk")) + 100)
            time.sleep(chance.uniform(0, 0.3))  # the moment is the matter: random, not awaited
            self.gateway.kill()
            self.gateway.start()
        self.quiet()
        wanted = self.until_all("desk")

        seqs = self.receiver.seqs("/desk")
        self.check("desk", wanted)
        print(f"\n{KILLS} kills: {len(wanted)} events, {len(seqs) - len(wanted)} came twice")
        self.assertEqual(run("journal", "verify", data_dir=self.data).returncode, 0)


if __name__ == "__main__":
    unittest.main()
