"""RabbitMQ as a consumer of the gateway uses it, and what a test needs to look inside."""

import json
import os
import pathlib
import subprocess
import threading
import time

import pika.exceptions

from support.gateway import Gateway
from support.stack import until

FIRST_CHANNEL = -1009000000001  # of the demo; the others follow


def demo_channels(count):
    return [FIRST_CHANNEL - n for n in range(count)]


def queue(channel, consumer="desk"):
    return f"telegram.consumer.{consumer}.{channel}"


class Reader(threading.Thread):
    """Takes what comes into these queues, acknowledges (or rejects) it, and connects again when it must.

    `got`: (message id, headers, body as parsed, properties, time of arrival), in the order of arrival.
    """

    def __init__(self, connect, queues, reject=False):
        super().__init__(daemon=True)
        self.connect, self.queues, self.reject = connect, queues, reject
        self.got = []
        self._ended = threading.Event()
        self.start()

    def run(self):
        while not self._ended.is_set():
            connection = None
            try:
                connection = self.connect()
                channel = connection.channel()
                channel.basic_qos(prefetch_count=100)
                for name in self.queues:
                    channel.basic_consume(name, self._take)
                while not self._ended.is_set():
                    connection.process_data_events(0.1)
            except (pika.exceptions.AMQPError, OSError):
                time.sleep(0.1)  # until the broker and the queues are there
            finally:
                if connection and connection.is_open:
                    connection.close()

    def _take(self, channel, method, properties, body):
        self.got.append((properties.message_id, properties.headers, json.loads(body), properties, time.monotonic()))
        if self.reject:
            channel.basic_reject(method.delivery_tag, requeue=False)
        else:
            channel.basic_ack(method.delivery_tag)

    def first_ones(self):
        """Of each message id, as a consumer sees it that remembers what it has handled."""
        seen, first = set(), []
        for one in list(self.got):
            if one[0] not in seen:
                seen.add(one[0])
                first.append(one)
        return first

    def end(self):
        self._ended.set()
        self.join(30)


class Publishing:
    """A demo gateway whose only destination is this stack's RabbitMQ."""

    def __init__(self, stack, folder, rate=50, channels=4, password_file=None, **settings):
        self.channels = demo_channels(channels)
        settings = {"port": stack.port("rabbitmq"), "consumers": ["desk"], "queue_type": "classic", **settings,
                    "password_file": str(password_file or stack.folder / "secrets/rabbitmq")}
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        self.config = pathlib.Path(folder) / "gateway.toml"
        self.config.write_text("\n".join(["[rabbitmq]", "enabled = true", *lines, ""]), encoding="utf-8")
        self.gateway = Gateway("--config", self.config, "demo", "--rate", rate, "--history", 5, "--channels", channels,
                               data_dir=pathlib.Path(folder) / "data")

    def __enter__(self):
        self.gateway.start()
        return self

    def __exit__(self, *_):
        self.gateway.kill()

    def health(self):
        return self.gateway.get("/health")[1]["dependencies"].get("rabbitmq", {})

    def until_up(self):
        self.gateway.until(lambda: self.health().get("state") == "ok", 60, "the broker to be reached")

    def until_down(self, *words):
        """Until the broker is said to be lost, for a reason that has these words."""
        def lost():
            health = self.health()
            detail = health.get("state") == "down" and health["detail"]
            return detail and all(word in detail for word in words) and detail
        return self.gateway.until(lost, 60, f"health to say {words}")

    def told(self):
        """What every other reader is told of news: (key, peer, seq) in order, from the gateway's first start on."""
        events, after = [], 0
        while page := self.gateway.get(f"/api/events/poll?from=oldest&after={after}&origins=live&limit=1000")[1]["data"]:
            events += [(event["key"], event["peer"], event["seq"]) for event in page]
            after = events[-1][2]
            if len(page) < 1000:
                break
        return events

    def until_read(self, reader, patience=60):
        """Waits until the reader has all that was told until now; returns that."""
        told = self.told()
        missing = {key for key, _, _ in told}

        def all_there():
            missing.difference_update(one[0] for one in list(reader.got))
            return not missing
        try:
            self.gateway.until(all_there, patience, "the reader to have everything")
        except AssertionError as late:
            raise AssertionError(f"{late}\n{len(missing)} of {len(told)} are missing, as {sorted(missing)[:3]}") from late
        return told


def rabbitmqctl(stack, *arguments):
    folder = stack.folder / "rabbitmq"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8",
                   "RABBITMQ_NODENAME": f"telegram-{stack.port('rabbitmq')}@localhost",
                   "RABBITMQ_CONF_ENV_FILE": "/dev/null", "ERL_EPMD_PORT": str(stack.port("rabbitmq-epmd"))}
    return subprocess.run(["/usr/lib/rabbitmq/bin/rabbitmqctl", "-q", *arguments], env=environment, check=True,
                          capture_output=True, text=True, timeout=60).stdout


def until_known(stack):
    """Until the broker has written down what quorum queues there are. It does so half a second late: one that is killed
    before has queues afterwards that nobody can start (RabbitMQ 3.10: "could not be restarted {error,enoent}")."""
    [names] = (stack.folder / "rabbitmq/data").glob("*/quorum/*/names.dets")

    def written():
        known = names.read_bytes()
        return all(one.name.encode() in known for one in names.parent.iterdir() if one.is_dir())
    until(written, 30, "the broker to know its queues")
