#!/usr/bin/env python3
"""The alerts whose cause is Telegram: a test's own Telegram makes it, the real Prometheus says that they fire.

Times are divided (tests/support/monitoring.py); the gateway's own minute before it calls an account unreachable is not.
"""

import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]

from monitoring import Monitoring  # noqa: E402
from stack import Stack, until  # noqa: E402
from telegram.case import Case  # noqa: E402

PATIENCE = 60
HOUR = 3_600


def setUpModule():
    """Nothing but Prometheus is needed, and so no shared stack."""
    global monitoring
    stack = Stack()
    unittest.addModuleCleanup(stack.remove)
    monitoring = Monitoring(stack, "prometheus")


class TelegramAlerts(Case):
    settings = {"lag_alarm_s": 2}

    def setUp(self):
        super().setUp()
        # No push that was lost is found by the client itself.
        self.do(lambda _: setattr(self.server, "difference_timeout_s", HOUR))
        monitoring.watch(self.gateway.port)

    def begin(self):
        self.gateway.sign_in(self.ada)
        self.capture(self.news)
        self.listened_to(self.news)
        for alert in ("TelegramDisconnected", "SessionRevoked", "CaptureDown", "CoverageHoles", "ChannelSilent", "ChannelsLate"):
            until(lambda: not monitoring.firing(alert), PATIENCE, f"no {alert}")  # of the gateway of the case before

    def listened_to(self, channel):
        """Its first walk is over, and what is posted from now on is told of or lost. Dates have whole seconds."""
        since = int(time.time())
        self.gateway.until(lambda: time.time() >= since + 2, 30, "the next second")
        self.do(lambda world: world.post(channel, "at once"))
        self.until_equal(channel)

    def fires(self, alert, patience=PATIENCE):
        until(lambda: monitoring.firing(alert), patience, alert)

    def test_a_session_that_was_ended(self):
        self.begin()

        self.server.revoke(self.ada)

        self.fires("SessionRevoked")
        self.fires("CaptureDown")

    def test_a_connection_that_is_gone(self):
        self.begin()

        self.server.refusing = True
        self.server.drop()

        self.fires("TelegramDisconnected", 90)

    def test_a_channel_that_is_told_of_late(self):
        self.begin()
        posted = int(time.time())

        self.do(lambda world: world.post(self.news, "the push was lost", told=False))
        self.gateway.until(lambda: time.time() >= posted + 5, 30, "five seconds")  # dates have whole seconds
        self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})

        self.fires("ChannelsLate")

    def test_ids_that_a_flood_wait_keeps_back(self):
        self.begin()
        self.news.too_long_beyond = 100  # more is not told the client at once: it skips them

        self.do(lambda world: [world.post(self.news, f"hidden {n}", told=False) for n in range(250)])
        self.server.fail("messages.search", (420, "FLOOD_WAIT_400"))
        self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})
        self.gateway.until(lambda: self.gateway.account().get("floodUntil"), 30, "the flood wait")
        self.do(lambda world: world.post(self.news, "a live one"))

        self.fires("CoverageHoles")

    def test_a_silence_that_is_unusual(self):
        unusual = int(time.time()) + 15
        last = unusual - 3 * HOUR

        def happen(world):
            self.news.messages[1]["date"] = last - 40 * HOUR
            for hours in range(39, -1, -1):
                world.post(self.news, f"{hours} hours before", when=last - hours * HOUR, told=False)

        self.do(happen)
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.news)
        self.until_equal(self.news)
        self.assertEqual(monitoring.firing("ChannelSilent"), [])

        self.fires("ChannelSilent")


if __name__ == "__main__":
    unittest.main()
