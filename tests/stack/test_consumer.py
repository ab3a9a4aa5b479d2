"""The library for consumers with a real gateway, RabbitMQ and Redis: in each mode once each, whatever goes away.

TG_OUTAGES=all: also until a refused message is a dead letter.
"""

import json
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from consumer import Probe, marked, offered
from gateway import Gateway
from stack import shared_stack, until

CHANNELS = [-1009000000001, -1009000000002]  # the demo's first
DEAD_LETTERS = "telegram.messages.dlq"
FAST = ("--poll-every-ms", 200, "--backup-poll-every-ms", 1_000)
PATIENCE_S = 50


def setUpModule():
    global stack
    stack = shared_stack("redis", "sentinel", "rabbitmq")


def section(name, **settings):
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def sentinels():
    return [f"127.0.0.1:{stack.port(f'sentinel-{number}')}" for number in (1, 2, 3)]


class Case(unittest.TestCase):
    """Each test is a consumer of its own; the gateway is the class's."""

    rate = 10
    cache = False
    broker = True

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.consumers = [name[:64] for name in unittest.TestLoader().getTestCaseNames(cls)]
        secrets = stack.folder / "secrets"
        config = pathlib.Path(folder.name, "gateway.toml")
        config.write_text(
            section("rabbitmq", enabled=cls.broker, port=stack.port("rabbitmq"), consumers=cls.consumers,
                    queue_type="classic", password_file=str(secrets / "rabbitmq")) +
            section("redis", enabled=cls.cache, sentinels=sentinels(), password_file=str(secrets / "redis")),
            encoding="utf-8")
        cls.gateway = Gateway("--config", config, "demo", "--rate", cls.rate, "--history", 5, "--channels", len(CHANNELS),
                              data_dir=pathlib.Path(folder.name, "data")).start()
        cls.addClassCleanup(cls.gateway.kill)

    def setUp(self):
        self.name = self.id().rpartition(".")[2][:64]
        self.journal = []
        if self.broker:
            self.until(self.queues_are_empty, "the queues")
        if self.cache:
            with stack.redis() as redis:
                for key in redis.scan_iter(f"telegram:dedup:{self.name}:*"):
                    redis.delete(key)

    def queues_are_empty(self):
        """A stack that runs already may have what another gateway left, whose messages have the same ids."""
        with stack.amqp() as connection:
            for channel in CHANNELS:
                connection.channel().queue_purge(f"telegram.consumer.{self.name}.{channel}")
        return True

    def probe(self, mode, *options):
        secrets = stack.folder / "secrets"
        arguments = ["--mode", mode, *FAST]
        if mode != "polling":
            arguments += ["--rabbitmq", f"127.0.0.1:{stack.port('rabbitmq')}",
                          "--rabbitmq-password-file", secrets / "rabbitmq"]
        if self.cache:
            for address in sentinels():
                arguments += ["--sentinel", address]
            arguments += ["--redis-password-file", secrets / "redis"]
        probe = Probe(self.gateway.url, self.name, CHANNELS, *arguments, *options, journal=self.journal)
        self.addCleanup(probe.__exit__)
        return probe

    def until(self, condition, what):
        return until(condition, PATIENCE_S, what)

    def offered(self):
        return set().union(*(offered(self.gateway, channel) for channel in CHANNELS))

    def until_all_done(self, probe):
        """All that is offered now."""
        wanted = self.offered()
        self.until(lambda: wanted <= probe.done(), f"{len(wanted)} messages")
        return wanted

    def until_more(self, probe, count=20):
        before = len(probe.done())
        self.until(lambda: len(probe.done()) >= before + count, f"{count} more messages")

    def assert_stops_well(self, probe):
        self.assertEqual(probe.stop(), 0, probe.log())
        self.assertEqual([one for one, times in probe.called().items() if times > 1], [])
        self.assertTrue(probe.adds_up())

    def assert_marked(self, messages):
        for identity in sorted(messages)[-20:]:
            self.assertTrue(marked(self.gateway, identity, self.name), identity)


class Queue(Case):
    # Only what the queue brings: what was offered before its queue was there is not in it.
    def queued_since(self, probe):
        before = self.offered()
        self.until_more(probe)
        wanted = self.offered() - before
        self.until(lambda: wanted <= probe.done(), "what was queued")
        return wanted

    def test_queue_gives_each_once(self):
        probe = self.probe("queue")

        wanted = self.queued_since(probe)

        self.assert_stops_well(probe)
        self.assertGreater(len(wanted), 0)
        self.assert_marked(probe.done())
        self.assertEqual(probe.counter("gateway_polls_total"), 0)

    def test_queue_slow_message_at_the_stop(self):
        first = self.probe("queue", "--slow-ms", 700)
        self.until(lambda: first.counter("in_hand") > 1, "more than the one that is handled")

        self.assert_stops_well(first)

        self.assertEqual(first.called("begin"), first.called("done"))
        self.assertGreater(first.counter("returned_total"), 0)
        self.assert_marked(first.done())
        second = self.probe("queue")
        self.queued_since(second)
        self.assert_stops_well(second)

    def test_queue_failing_message_comes_again_after_the_brokers_pause(self):
        probe = self.probe("queue", "--fail-first", 1)

        self.until(lambda: len(probe.done()) > 20, "second tries")

        self.assert_stops_well(probe)
        for identity in probe.done():
            self.assertIn(("done", identity, "new", 1), probe.journal)

    def test_queue_refused_message_goes_to_the_brokers_pause(self):
        probe = self.probe("queue", "--refuse-every", 1)
        self.until(lambda: len(probe.called("refuse")) > 5, "refusals")

        self.until(lambda: self.queued(f"{CHANNELS[0]}.retry.1") > 0, "a message that pauses")

        self.assert_stops_well(probe)
        self.assertEqual(set(probe.called("begin").values()), {1})

    @unittest.skipUnless(os.environ.get("TG_OUTAGES") == "all", "TG_OUTAGES=all runs it: half a minute of the broker's pauses")
    def test_queue_refused_message_becomes_a_dead_letter(self):
        with stack.amqp() as connection:
            connection.channel().queue_purge(DEAD_LETTERS)
        probe = self.probe("queue", "--refuse-every", 1)
        self.until(lambda: len(probe.called("refuse")) > 5, "refusals")

        dead = self.until(self.a_dead_letter, "a dead letter")

        self.assertEqual(dead["headers"]["x-death"][0]["reason"], "rejected")
        self.assert_stops_well(probe)
        self.assertEqual(set(probe.called("begin").values()), {1})

    def a_dead_letter(self):
        with stack.amqp() as connection:
            _, properties, body = connection.channel().basic_get(DEAD_LETTERS)
        return body and {"headers": properties.headers, "event": json.loads(body)}

    def queued(self, channel):
        """Messages behind those that the consumer was given."""
        with stack.amqp() as connection:
            name = f"telegram.consumer.{self.name}.{channel}"
            return connection.channel().queue_declare(name, passive=True).method.message_count

    def test_queue_goes_on_while_the_gateway_is_gone(self):
        probe = self.probe("queue")
        self.until(lambda: len(probe.done()) > 10, "messages")
        with probe.paused():
            self.until(lambda: self.queued(CHANNELS[0]) > 0, "messages that wait for it")
            self.gateway.kill()
        try:
            self.until(lambda: probe.counter("marks_waiting") > 0, "marks that wait")
        finally:
            self.gateway.start()

        self.queued_since(probe)

        self.until(lambda: probe.counter("marks_waiting") == 0, "the marks")
        self.assert_stops_well(probe)
        self.assert_marked(probe.done())

    def test_queue_comes_back_with_the_broker(self):
        probe = self.probe("queue")
        self.until(lambda: len(probe.done()) > 10, "messages")

        stack.restart("rabbitmq")

        self.queued_since(probe)
        self.assert_stops_well(probe)
        self.assertIn("queue_lost", probe.log())


class Hybrid(Case):
    def test_hybrid_gives_each_once(self):
        probe = self.probe("hybrid")

        self.until_all_done(probe)
        self.until_more(probe)

        self.assert_stops_well(probe)
        self.assert_marked(probe.done())
        self.assertGreater(probe.counter("queue_up"), 0)

    def test_hybrid_goes_on_by_polling_without_the_broker(self):
        probe = self.probe("hybrid")
        self.until_all_done(probe)

        stack.kill("rabbitmq")
        self.until(lambda: probe.counter("queue_up") == 0, "the loss")
        self.until_more(probe)
        self.until_all_done(probe)

        self.assertGreater(probe.counter("fallbacks_total"), 0)
        stack.up("rabbitmq")
        self.until(lambda: probe.counter("queue_up") == 1, "the queue")
        self.until_more(probe)
        self.until_all_done(probe)
        self.assert_stops_well(probe)

    def test_hybrid_with_a_broker_that_hangs(self):
        probe = self.probe("hybrid")
        self.until_all_done(probe)

        with stack.paused("rabbitmq"):
            self.until_more(probe, 40)

        self.until_all_done(probe)
        self.assert_stops_well(probe)

    def test_modes_are_changed_without_a_double(self):
        for mode in ("polling", "queue", "hybrid", "polling"):
            probe = self.probe(mode)
            self.until_more(probe)
            if mode != "queue":
                self.until_all_done(probe)
            self.assert_stops_well(probe)

    def test_hybrid_killed_while_handling(self):
        first = self.probe("hybrid", "--slow-ms", 30)
        self.until_more(first)
        first.kill()
        held = set(first.called("begin")) - set(first.done())
        just_done = [identity for word, identity, *_ in self.journal if word == "done"][-1]

        second = self.probe("hybrid")
        self.until_all_done(second)

        self.assertEqual(second.stop(), 0)
        self.assertLessEqual(held, second.done())
        twice = {identity for identity, times in second.called().items() if times > 1}
        self.assertLessEqual(twice, {just_done}, "only what was done and not yet marked")


class Cache(Case):
    cache = True
    broker = False

    def until_hits(self, probe, count=10):
        before = probe.counter("cache_hits_total")
        self.until(lambda: probe.counter("cache_hits_total") >= before + count, "polls that the cache answers")

    def test_cache_answers_most_polls_and_gives_each_once(self):
        probe = self.probe("polling")
        self.until_all_done(probe)
        self.until_hits(probe)
        hits, polls = probe.counter("cache_hits_total"), probe.counter("gateway_polls_total")

        self.until_hits(probe, 60)
        self.until_all_done(probe)

        more_hits, more_polls = probe.counter("cache_hits_total") - hits, probe.counter("gateway_polls_total") - polls
        self.assertLess(more_polls / (more_hits + more_polls), 0.3)
        self.assert_stops_well(probe)
        self.assert_marked(probe.done())

    def test_cache_gone_and_back(self):
        probe = self.probe("polling")
        self.until_hits(probe)

        stack.down("redis", "sentinel")
        self.until_more(probe)
        self.until_all_done(probe)
        self.assertGreater(probe.counter("fallbacks_total"), 0)
        self.assertEqual(probe.counter("cache_up"), 0)

        stack.up("redis", "sentinel")
        self.until_hits(probe)
        self.until_all_done(probe)
        self.assert_stops_well(probe)

    def test_cache_that_hangs(self):
        probe = self.probe("polling")
        self.until_hits(probe)

        with stack.paused("redis-1"), stack.paused("redis-2"):
            self.until_more(probe)
            self.until_all_done(probe)

        self.until_hits(probe)
        self.assert_stops_well(probe)

    def test_cache_emptied_is_no_answer(self):
        probe = self.probe("polling")
        self.until_hits(probe)

        with stack.redis() as redis:
            redis.flushall()

        self.until_more(probe)
        self.until_all_done(probe)
        self.assert_stops_well(probe)

    def test_cache_lost_by_failover(self):
        probe = self.probe("polling")
        self.until_hits(probe)
        before = stack.master_port()

        stack.kill("redis-1" if before == stack.port("redis-1") else "redis-2")
        self.addCleanup(stack.up, "redis")

        self.until(lambda: stack.master_port() != before, "another master")
        self.until_more(probe)
        self.until_hits(probe)
        self.until_all_done(probe)
        self.assert_stops_well(probe)

    def test_done_keys_outlive_the_process(self):
        first = self.probe("polling")
        wanted = self.until_all_done(first)
        self.assert_stops_well(first)

        with stack.redis() as redis:
            for identity in sorted(wanted)[-20:]:
                self.assertGreater(redis.ttl(f"telegram:dedup:{self.name}:{identity}"), 7_000)


if __name__ == "__main__":
    unittest.main()
