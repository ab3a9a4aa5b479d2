"""RabbitMQ stopped, killed, paused, restarted empty and in alarm while 200 messages come a second: a consumer gets each
event, in order within its channel, and the other readers notice nothing. Prints a figure a case.

TG_OUTAGE_S sets how long an outage is (default 4). TG_OUTAGES=all: also those cases that test_parts_gone has with quorum
queues and test_consumer with classic ones, and all of them with both types.
"""

import contextlib
import json
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.amqp import Publishing, Reader, queue, rabbitmqctl, until_known  # noqa: E402
from support.stack import shared_stack, until  # noqa: E402

OUTAGE_S = float(os.environ.get("TG_OUTAGE_S", "4"))
RATE = 200
elsewhere = unittest.skipUnless(os.environ.get("TG_OUTAGES") == "all", "TG_OUTAGES=all runs it; test_parts_gone has its like")
again = unittest.skipUnless(os.environ.get("TG_OUTAGES") == "all", "TG_OUTAGES=all runs it; the other type of queues has it")


def setUpModule():
    global stack
    stack = shared_stack("rabbitmq")


class Stream(threading.Thread):
    """Another reader: the gateway's own stream, with the time of each event."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.seqs, self.times = url, [], []
        self.start()

    def run(self):
        with contextlib.suppress(OSError, ValueError):  # the end of the gateway
            with urllib.request.urlopen(f"{self.url}/api/events?from=oldest", timeout=60) as answer:
                for line in answer:
                    if line.startswith(b"data: {"):
                        self.seqs.append(json.loads(line[6:])["seq"])
                        self.times.append(time.monotonic())


class Outage(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        stack.empty("rabbitmq")
        self.publishing = Publishing(stack, temporary.name, rate=RATE, channels=6, **self.settings)
        self.enterContext(self.publishing)
        self.publishing.until_up()
        self.gateway = self.publishing.gateway
        self.stream = Stream(self.gateway.url)
        self.consumer = Reader(stack.amqp, [queue(channel) for channel in self.publishing.channels])
        self.addCleanup(self.consumer.end)
        self.gateway.until(lambda: len(self.consumer.got) >= RATE, 30, "the first messages")
        until_known(stack)

    settings = {"queue_type": "quorum"}

    def goes_on(self, what, outage, *words):
        """The outage, a context, lasts for OUTAGE_S; words: why health says that the broker is lost."""
        began = time.monotonic()
        with outage:
            self.publishing.until_down(*words)
            at, said = len(self.stream.seqs), time.monotonic()
            self.gateway.until(lambda: time.monotonic() - said >= OUTAGE_S, OUTAGE_S + 10, "the outage's time")
            self.assertGreater(len(self.stream.seqs) - at, RATE * OUTAGE_S / 4, "the stream goes on")
            self.assertEqual(self.gateway.get("/api/messages?limit=1")[0], 200)
        ended = time.monotonic()
        told = self.publishing.until_read(self.consumer, 90)
        self.check(told)
        caught_up = time.monotonic()
        first = len(self.consumer.first_ones())
        print(f"\n{what}: away {ended - began:.1f} s, {len(told)} events, 0 lost, {len(self.consumer.got) - first} came "
              f"again, all there {caught_up - ended:.1f} s after", file=sys.stderr)

    def check(self, told):
        """Each once after dedup by message id, in order within a channel; the stream has them too."""
        peers = {key: peer for key, peer, _ in told}
        of_channel = {}
        for key, peer, _ in told:
            of_channel.setdefault(peer, []).append(key)
        got = {}
        for key, *_ in self.consumer.first_ones():
            if key in peers:
                got.setdefault(peers[key], []).append(key)
        self.assertEqual(got, of_channel)
        until(lambda: self.stream.seqs[-1] >= told[-1][2], 30, "the stream")
        seqs = list(self.stream.seqs)  # it goes on
        self.assertEqual(sorted(set(seqs)), seqs)

    @contextlib.contextmanager
    def gone(self, end):
        end("rabbitmq")
        try:
            yield
        finally:
            stack.up("rabbitmq")

    @elsewhere
    def test_stopped(self):
        self.goes_on("stopped", self.gone(stack.down))

    @elsewhere
    def test_killed(self):
        self.goes_on("killed", self.gone(stack.kill))

    @elsewhere
    def test_paused(self):
        self.goes_on("paused", stack.paused("rabbitmq"))

    def test_restarted_empty(self):
        def lost(name):
            stack.kill(name)
            shutil.rmtree(stack.folder / "rabbitmq/data")
        self.goes_on("restarted empty", self.gone(lost))
        self.assertIn("broker_is_empty", self.gateway.whole_log())

    def test_alarm(self):
        @contextlib.contextmanager
        def alarm():
            rabbitmqctl(stack, "set_vm_memory_high_watermark", "0.00001")
            try:
                yield
            finally:
                rabbitmqctl(stack, "set_vm_memory_high_watermark", "0.8")
        self.goes_on("memory alarm", alarm(), "blocked", "low on memory")

    def test_a_stop_during_an_alarm_is_quick(self):
        rabbitmqctl(stack, "set_vm_memory_high_watermark", "0.00001")
        self.addCleanup(rabbitmqctl, stack, "set_vm_memory_high_watermark", "0.8")
        self.publishing.until_down("blocked")

        began = time.monotonic()
        self.assertEqual(self.gateway.stop(), 0)

        self.assertLess(time.monotonic() - began, 8)


class OutageOfClassicQueues(Outage):
    settings = {"queue_type": "classic"}

    test_restarted_empty = again(Outage.test_restarted_empty)
    test_alarm = again(Outage.test_alarm)
    test_a_stop_during_an_alarm_is_quick = again(Outage.test_a_stop_during_an_alarm_is_quick)


if __name__ == "__main__":
    unittest.main()
