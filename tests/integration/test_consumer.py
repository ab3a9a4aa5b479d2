"""The library for consumers, polling a real gateway; its cache and its queues are in tests/stack."""

import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from consumer import Probe, marked, offered
from gateway import Gateway

FAST = ("--poll-every-ms", 100)


class Polling(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("demo", "--rate", "40", "--history", "5", "--channels", "2")
        cls.gateway.start()

        def channels():
            found = [channel["channelId"] for channel in cls.gateway.get("/api/channels")[1]["data"]]
            return found if len(found) == 2 else None
        cls.channels = cls.gateway.until(channels, what="the demo's channels")

    @classmethod
    def tearDownClass(cls):
        cls.gateway.kill()
        cls.gateway.folder.cleanup()

    def setUp(self):
        self.name = self.id().rpartition(".")[2][:64]  # a consumer of its own

    def probe(self, *options, **more):
        probe = Probe(self.gateway.url, self.name, self.channels, *FAST, *options, **more)
        self.addCleanup(probe.__exit__)
        return probe

    def offered(self):
        return set().union(*(offered(self.gateway, channel) for channel in self.channels))

    def until_done(self, probe, wanted, patience=30):
        self.gateway.until(lambda: wanted <= probe.done(), patience, f"{len(wanted)} messages")

    def assert_once(self, probe):
        twice = [identity for identity, times in probe.called().items() if times > 1]
        self.assertEqual(twice, [])

    def test_each_message_is_handled_once_and_marked(self):
        self.gateway.until(lambda: len(self.offered()) > 150, 30, "messages")
        probe = self.probe()

        wanted = self.offered()
        self.until_done(probe, wanted)

        self.assertEqual(probe.stop(), 0, probe.log())
        self.assert_once(probe)
        self.assertTrue(probe.adds_up())
        self.assertEqual(probe.counter("delivered_total"), len(probe.done()))
        self.assertEqual(probe.counter("marks_waiting"), 0)
        self.assertEqual(probe.called("begin"), probe.called("done"))
        for identity in sorted(wanted)[:20]:
            self.assertTrue(marked(self.gateway, identity, self.name))

    def test_another_run_goes_on_where_the_first_ended(self):
        journal = []
        first = self.probe(journal=journal)
        self.gateway.until(lambda: len(first.done()) > 20, 30, "messages")
        self.assertEqual(first.stop(), 0)

        second = self.probe(journal=journal)
        self.until_done(second, self.offered())

        self.assertEqual(second.stop(), 0)
        self.assert_once(second)

    def test_a_message_in_hand_is_finished_at_the_stop_and_the_rest_goes_back(self):
        journal = []
        first = self.probe("--slow-ms", 700, journal=journal)
        self.gateway.until(lambda: first.called("begin"), 30, "the handler")

        self.assertEqual(first.stop(), 0)

        self.assertEqual(first.called("begin"), first.called("done"))
        self.assertGreater(first.counter("returned_total"), 0)
        self.assertTrue(first.adds_up())
        for identity in first.done():
            self.assertTrue(marked(self.gateway, identity, self.name))
        second = self.probe(journal=journal)
        self.until_done(second, self.offered())
        second.stop()
        self.assert_once(second)

    def test_a_handler_that_never_returns_does_not_hold_up_the_stop(self):
        probe = self.probe("--slow-ms", 120_000, "--stop-within-ms", 300)
        self.gateway.until(lambda: probe.called("begin"), 30, "the handler")
        began = time.monotonic()

        self.assertEqual(probe.stop(), 1)

        self.assertLess(time.monotonic() - began, 15)
        held = next(iter(probe.called("begin")))
        self.assertFalse(marked(self.gateway, held, self.name))

    def test_what_fails_comes_again_and_holds_up_nothing(self):
        probe = self.probe("--fail-first", 2, "--retry-pause-ms", 50)
        wanted = self.offered()

        self.until_done(probe, wanted)

        self.assertEqual(probe.stop(), 0)
        self.assert_once(probe)
        for identity in wanted:
            self.assertEqual(probe.called("begin")[identity], 3)
        self.assertTrue(probe.adds_up())

    def test_what_throws_all_its_tries_is_given_up_and_marked(self):
        probe = self.probe("--throw-first", 9, "--retry-pause-ms", 20)
        self.gateway.until(lambda: probe.counter("failed_total") >= 5, 30, "failures")

        self.assertEqual(probe.stop(), 0)

        self.assertEqual(probe.called("done"), {})
        self.assertLessEqual(max(probe.called("begin").values()), 3)
        given_up = [identity for identity, tries in probe.called("begin").items() if tries == 3]
        self.assertTrue(any(marked(self.gateway, identity, self.name) for identity in given_up))
        self.assertIn("message_failed", probe.log())

    def test_what_is_refused_is_not_offered_again(self):
        probe = self.probe("--refuse-every", 2)
        wanted = self.offered()
        self.gateway.until(lambda: wanted <= probe.done() | set(probe.called("refuse")), 30, "messages")

        self.assertEqual(probe.stop(), 0)

        self.assertEqual(set(probe.called("refuse").values()), {1})
        self.assertFalse(wanted & offered(self.gateway, self.channels[0], self.name))

    def test_several_handlers_share_the_messages(self):
        probe = self.probe("--handlers", 8, "--slow-ms", 20)

        self.until_done(probe, self.offered(), 60)

        self.assertEqual(probe.stop(), 0)
        self.assert_once(probe)
        self.assertTrue(probe.adds_up())

    def test_what_a_person_asks_for_again_is_handled_again(self):
        probe = self.probe()
        wanted = self.offered()
        self.until_done(probe, wanted)
        again = max(self.offered())
        self.gateway.until(lambda: marked(self.gateway, again, self.name), 30, "the mark")

        self.assertEqual(self.gateway.post(f"/api/messages/{again}/reprocess")[0], 200)

        self.gateway.until(lambda: probe.called()[again] == 2, 30, "the message")
        self.assertIn(("done", again, "reprocess", 0), probe.journal)
        self.assertEqual(probe.stop(), 0)
        self.assertEqual([one for one, times in probe.called().items() if times > 1], [again])

    def test_old_ones_that_always_fail_do_not_starve_new_ones(self):
        self.gateway.until(lambda: len(self.offered()) > 250, 30, "more than two batches")
        old = self.offered()
        probe = self.probe("--fail-first", 1_000, "--tries", 1_000, "--retry-pause-ms", 60_000)

        self.gateway.until(lambda: len(set(probe.called("begin")) - old) > 20, 30, "new messages")

        self.assertEqual(probe.done(), set())
        self.assertEqual(set(probe.called("begin").values()), {1})
        self.assertEqual(probe.stop(), 0)


class Restart(unittest.TestCase):
    def test_it_goes_on_when_the_gateway_is_there_again(self):
        gateway = Gateway("demo", "--rate", "40", "--history", "5", "--channels", "1")
        self.addCleanup(gateway.folder.cleanup)
        gateway.start()
        self.addCleanup(gateway.kill)
        channel = gateway.until(lambda: gateway.get("/api/channels")[1]["data"], what="a channel")[0]["channelId"]
        with Probe(gateway.url, "desk", [channel], *FAST, "--slow-ms", 20) as probe:
            gateway.until(lambda: len(probe.done()) > 10, 30, "messages")
            gateway.kill()
            count = len(probe.done())
            while len(probe.done()) < count + 2 and probe.counter("in_hand") > 0:
                time.sleep(0.02)  # what it has in hand it goes on with
            self.assertEqual(probe.process.poll(), None)

            gateway.start()

            wanted = offered(gateway, channel)
            gateway.until(lambda: wanted <= probe.done(), 40, "messages")
            self.assertEqual(probe.stop(), 0)
            twice = [identity for identity, times in probe.called().items() if times > 1]
            self.assertEqual(twice, [])
            self.assertEqual(probe.counter("marks_waiting"), 0)
            self.assertTrue(probe.adds_up())


class Refusals(unittest.TestCase):
    def test_a_gateway_that_is_not_there_is_said_once(self):
        with Probe("http://127.0.0.1:9", "desk", [-1001], *FAST) as probe:
            deadline = time.monotonic() + 20
            while probe.counter("errors_total") < 3 and time.monotonic() < deadline:
                time.sleep(0.02)  # between two looks
            self.assertEqual(probe.stop(), 0)
            self.assertEqual(probe.log().count("poll_failed"), 1)
            self.assertEqual(probe.counter("gateway_up"), 0)


if __name__ == "__main__":
    unittest.main()
