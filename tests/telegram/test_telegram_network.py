"""A bad network and a Telegram that refuses: the state is told truthfully, nothing is asked in a tight loop, and it goes on.

TG_LONG=1 adds the cases that take minutes: a connection that is open and dead or gone for a minute, a flood wait that TDLib
leaves to the gateway (TG_FLOOD_S seconds).
"""

import os
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram.case import Case  # noqa: E402

LONG = unittest.skipUnless(os.environ.get("TG_LONG"), "takes minutes: set TG_LONG=1")


class NetworkTest(Case):
    def setUp(self):
        super().setUp()
        self.gateway.sign_in(self.ada)
        self.capture(self.news)

    def until_connection(self, *states, patience=60):
        self.gateway.until(lambda: self.gateway.account()["connection"] in states, patience, f"one of {states}")

    def post(self, count, **more):
        self.do(lambda world: [world.post(self.news, f"post {n}", **more) for n in range(count)])

    def until_whole(self, patience=60):
        self.until_equal(self.news, patience)
        self.complete(self.news)

    def sync(self):
        """A fetch of its own: one that runs is joined, and may be past what is to be found."""
        jobs = "/api/telegram-gateway/jobs"
        self.gateway.until(lambda: all(one["state"] != "running" for one in self.gateway.get(jobs)[1]["data"]), 60,
                           "the end of the fetch before")
        self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})

    def refuse(self, refusing):
        def change(_):
            self.server.refusing = refusing
        self.do(change)

    def test_a_connection_that_drops_and_stays_away(self):
        self.refuse(True)
        self.server.drop()
        self.post(20)
        self.until_connection("connecting_to_proxy", "connecting", "waiting_for_network")
        self.refuse(False)
        self.until_connection("ready")
        self.until_whole()

    def test_many_short_drops_in_a_stream_of_posts(self):
        for _ in range(10):
            self.post(30)
            self.server.drop()
        self.until_whole()

    def test_slow_answers(self):
        def slow(_):
            self.server.delays[""] = 1.5
        self.do(slow)
        self.post(150, told=False)
        self.sync()
        self.until_whole()

    @LONG
    def test_open_and_dead(self):
        self.server.drop(silent=True)
        began = time.monotonic()
        self.post(20)
        self.until_whole(patience=150)
        print(f"\nopen and dead: whole after {time.monotonic() - began:.1f} s", file=sys.stderr)
        self.until_connection("ready")

    def test_errors_of_the_server_are_waited_out(self):
        self.post(5, told=False)
        self.server.fail("messages.search", *[(500, "INTERNAL")] * 3)
        before = self.server.calls["messages.search"]
        self.sync()
        self.until_whole()
        print(f"\n3 errors 500: {self.server.calls['messages.search'] - before} calls", file=sys.stderr)
        self.assertLess(self.server.calls["messages.search"] - before, 20)

    def test_a_short_flood_wait(self):
        self.post(5, told=False)
        self.server.fail("messages.search", (420, "FLOOD_WAIT_3"))
        began = time.monotonic()
        self.sync()
        self.until_whole()
        self.assertGreaterEqual(time.monotonic() - began, 3)

    def flooded(self, seconds):
        self.post(250, told=False)
        self.server.fail("messages.search", (420, f"FLOOD_WAIT_{seconds}"))
        self.sync()
        account = self.gateway.until(lambda: (one := self.gateway.account()).get("floodUntil") and one, 30, "the flood wait")
        self.asked = self.server.calls["messages.search"]
        return account

    def test_a_long_flood_wait_is_told_with_its_end_and_kept(self):
        account = self.flooded(400)
        until = account["floodUntil"]
        self.assertTrue(until.endswith("Z"), until)
        left = self.gateway.seconds_until(until)
        self.assertTrue(380 < left <= 401, left)
        # Live goes on, and nothing is asked meanwhile: as long as these posts take.
        for n in range(20):
            number = self.do(lambda world: world.post(self.news, f"live {n}"))
            self.gateway.until(lambda: number in self.gateway.messages(self.news), 10, "the live post")
        self.assertEqual(self.server.calls["messages.search"], self.asked)
        if self.stored(self.news) != self.truth(self.news):
            self.assertGreater(self.gateway.coverage(self.news)["missing"], 0, "nobody may say that it is complete")

    @LONG
    def test_a_flood_wait_ends_to_the_second_and_goes_on_at_the_same_page(self):
        seconds = int(os.environ.get("TG_FLOOD_S", 62))
        began = time.monotonic()
        self.flooded(seconds)
        self.gateway.until(lambda: self.server.calls["messages.search"] > self.asked, seconds + 30, "the next request")
        waited = time.monotonic() - began
        print(f"\nFLOOD_WAIT_{seconds}: asked again after {waited:.1f} s", file=sys.stderr)
        self.assertTrue(seconds <= waited < seconds + 8, waited)
        self.until_whole()

    def alarmed(self):
        """A minute without a connection is told, and is over by itself when `back` was called."""
        began = time.monotonic()
        self.gateway.until(lambda: b"not connected to Telegram since" in self.gateway.get("/health", raw=True)[1], 90,
                           "the alarm")
        print(f"\nno connection: an alarm after {time.monotonic() - began:.1f} s", file=sys.stderr)
        self.gateway.until(lambda: self.gateway.get("/health/capture", raw=True)[0] == 503, 10, "no capture")
        self.assertIn(b"telegram_gateway_accounts_unreachable 1", self.gateway.get("/metrics", raw=True)[1])

    @LONG
    def test_a_network_that_is_gone_for_a_minute_is_an_alarm(self):
        self.refuse(True)
        self.server.drop()
        self.alarmed()
        self.refuse(False)
        self.gateway.until(lambda: self.gateway.get("/health/capture", raw=True)[0] == 200, 60, "the end of the alarm")
        self.post(3)
        self.until_whole()

    @LONG
    def test_a_key_that_the_server_does_not_know_any_more_is_an_alarm(self):
        def forget(_):
            self.server.authorizations.clear()
        self.do(forget)
        self.server.drop()
        self.alarmed()

    def test_a_flood_wait_on_differences(self):
        for method in ("updates.getDifference", "updates.getChannelDifference"):
            self.server.fail(method, *[(420, "FLOOD_WAIT_400")] * 3)
        self.server.drop()
        self.post(10, told=False)
        self.until_whole()
        for method in ("updates.getDifference", "updates.getChannelDifference"):
            self.assertLess(self.server.calls[method], 60, method)

    def test_a_channel_that_refuses_does_not_hold_up_the_others(self):
        second = self.server.world.channel("Second", self.ada)
        self.capture(second)
        self.post(5, told=False)
        self.do(lambda world: [world.post(second, f"post {n}", told=False) for n in range(5)])
        self.server.fail("messages.search", (400, "CHANNEL_PRIVATE"))
        self.sync()
        def one_is_whole():
            return [channel for channel in (self.news, second) if self.stored(channel) == self.truth(channel)]
        self.gateway.until(one_is_whole, 30, "the other channel")
        self.sync()
        self.until_whole()
        self.until_equal(second)


class DeadProxyTest(Case):
    def test_a_name_that_does_not_resolve(self):
        self.assertEqual(self.gateway.stop(), 0)
        config = pathlib.Path(self.folder.name) / "gateway.toml"
        config.write_text(config.read_text().replace(f"127.0.0.1:{self.server.port}", "proxy.invalid:1080"))
        self.gateway.start()
        code, _ = self.gateway.post("/api/telegram-gateway/auth/start", {"account": "main"})
        self.assertEqual(code, 200)
        self.gateway.until(lambda: self.gateway.account()["connection"] in ("connecting_to_proxy", "waiting_for_network"),
                           30, "the truth about the connection")
        self.assertEqual(self.gateway.get("/health/live", raw=True)[0], 200)
        before, began = self.gateway.cpu_s(), time.monotonic()
        self.gateway.until(lambda: time.monotonic() - began > 5, 10, "five seconds of trying")
        used = self.gateway.cpu_s() - before
        print(f"\nno name server: {used:.2f} s of a processor in 5 s", file=sys.stderr)
        self.assertLess(used, 2.5)


if __name__ == "__main__":
    unittest.main()
