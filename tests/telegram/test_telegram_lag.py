#!/usr/bin/env python3
"""Messages that come late, channels that are silent: what is told of them, and what is asked of the server.

TG_BINARY names the program.
"""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import gateway as program  # noqa: E402
from telegram.case import Case  # noqa: E402

HOUR = 3_600


class Watched(Case):
    def setUp(self):
        super().setUp()
        # No push that was lost is found by the client itself.
        self.do(lambda _: setattr(self.server, "difference_timeout_s", HOUR))

    def row(self):
        code, answer = self.gateway.get("/api/telegram-gateway/channels?px=1")
        self.assertEqual(code, 200)
        return next((one for one in answer["data"] if one["channelId"] == str(self.news.chat_id)), None)

    def lag(self):
        return (self.row() or {}).get("lag")

    def metric(self, name):
        text = self.gateway.get("/metrics", raw=True)[1].decode()
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"telegram_gateway_{name} "))

    def health(self):
        return self.gateway.get("/health")[1]

    def attention(self, code):
        return [one for one in self.gateway.get("/api/telegram-gateway/overview")[1]["data"]["attention"]
                if one["code"] == code]

    def command(self, *arguments, check=0):
        done = program.run(*arguments, "--json", "--config", pathlib.Path(self.folder.name) / "gateway.toml",
                           data_dir=self.gateway.data_dir, check=check)
        return json.loads(done.stdout)

    def until_second(self, moment):
        """Telegram's dates have whole seconds: this is about time that passes, not about something that is waited for."""
        self.gateway.until(lambda: time.time() >= moment, 60, "that time")


class LagTest(Watched):
    settings = {"lag_alarm_s": 2}

    def setUp(self):
        super().setUp()
        self.gateway.sign_in(self.ada)
        self.capture(self.news)
        self.until_second(int(time.time()) + 1)

    def test_a_channel_that_is_told_of_late_is_named(self):
        self.do(lambda world: world.post(self.news, "at once"))
        self.until_equal(self.news)
        self.assertLessEqual(self.gateway.until(self.lag, 10, "a lag")["seconds"], 2)
        self.gateway.until(lambda: self.health()["status"] == "healthy", 10, "a gateway that is well")

        posted = int(time.time())
        self.do(lambda world: world.post(self.news, "the push was lost", told=False))
        self.until_second(posted + 5)
        self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})
        self.until_equal(self.news)

        late = self.gateway.until(lambda: (self.lag() or {}).get("late") and self.lag(), 10, "a late channel")
        self.assertGreaterEqual(late["seconds"], 4)
        self.gateway.until(lambda: self.health()["status"] == "degraded", 30, "the alarm")
        telegram = self.health()["dependencies"]["telegram"]
        self.assertEqual(telegram["state"], "degraded")
        self.assertIn("1 channel", telegram["detail"])
        self.assertNotIn("Harbour", telegram["detail"], "/health needs no token")
        self.assertEqual(self.gateway.get("/health/capture")[0], 200)
        self.assertEqual([one["title"] for one in self.attention("late")], ["Harbour News"])
        self.assertGreaterEqual(self.metric("channel_lag_seconds"), 4)
        self.assertEqual(self.metric("channels_late"), 1)
        self.assertIn("channel_late", self.gateway.whole_log())
        listed, = self.command("channels")["channels"]
        self.assertEqual((listed["lag"]["late"], listed["lag"]["seconds"]), (True, late["seconds"]))
        self.assertEqual(self.command("status")["late"], ["Harbour News"])
        checks = {one["check"]: one for one in self.command("doctor", check=3)["checks"]}
        self.assertIn("Harbour News by ", checks["lag"]["detail"])

    def test_what_was_posted_while_the_connection_was_away_is_no_lag(self):
        self.server.refusing = True
        self.server.drop()
        self.gateway.until(lambda: self.gateway.account()["connection"] != "ready", 30, "the connection to be away")
        posted = int(time.time())
        self.do(lambda world: world.post(self.news, "while it was away"))
        self.until_second(posted + 4)
        self.server.refusing = False
        self.until_equal(self.news)
        self.gateway.until(lambda: self.gateway.account()["connection"] == "ready", 30, "the connection")
        self.assertFalse((self.lag() or {}).get("late"))
        self.until_second(int(time.time()) + 1)
        self.do(lambda world: world.post(self.news, "now it is here"))
        self.until_equal(self.news)
        self.assertLessEqual(self.gateway.until(self.lag, 10, "a lag")["seconds"], 2)


class SilenceTest(Watched):
    settings = {"lag_alarm_s": 2}

    def begin(self):
        """A post an hour for a day and more, the last so long ago that it is unusual within seconds."""
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
        self.complete(self.news)
        self.assertLess(time.time(), unusual, "it took too long to get ready")
        return last, unusual

    def test_an_unusual_silence_is_confirmed_by_the_server(self):
        last, unusual = self.begin()
        self.assertEqual(self.row()["state"]["code"], "complete")
        asked = self.server.calls["messages.search"]

        row = self.gateway.until(lambda: self.row()["state"]["code"] == "silent" and self.row(), 60, "the silence")

        self.assertGreater(self.server.calls["messages.search"], asked)
        self.assertEqual(row["silence"]["usualSeconds"], 3 * HOUR)
        self.assertAlmostEqual(self.gateway.seconds_until(row["silence"]["since"]), last - time.time(), delta=2)
        self.assertGreaterEqual(self.gateway.seconds_until(row["silence"]["provenAt"]) + time.time(), unusual)
        self.assertEqual([one["title"] for one in self.attention("silent")], ["Harbour News"])
        self.assertEqual(self.metric("channels_silent"), 1)
        self.assertEqual(self.health()["status"], "healthy")
        self.assertEqual(self.command("channels")["channels"][0]["silence"]["usualSeconds"], 3 * HOUR)
        self.assertEqual(self.command("status")["silent"], ["Harbour News"])

        self.do(lambda world: world.post(self.news, "here again"))
        self.until_equal(self.news)
        self.gateway.until(lambda: self.row()["state"]["code"] == "complete", 30, "the end of the silence")
        self.assertNotIn("silence", self.row())

    def test_a_lost_push_is_found_when_the_silence_is_unusual(self):
        self.begin()
        self.until_second(int(time.time()) + 1)
        self.do(lambda world: world.post(self.news, "the push was lost", told=False))

        self.until_equal(self.news)

        self.gateway.until(lambda: (self.lag() or {}).get("late"), 30, "the lag")
        self.assertEqual(self.row()["state"]["code"], "complete")


class ProofTest(Case):
    settings = {"reconcile_every_s": 10}

    def test_a_proof_is_as_old_as_the_configuration_says(self):
        self.gateway.sign_in(self.ada)
        self.capture(self.news)
        self.complete(self.news)
        def state():
            rows = self.gateway.get("/api/telegram-gateway/channels?px=1")[1]["data"]
            return rows[0]["state"]["code"]
        self.gateway.until(lambda: state() == "complete", 10, "the proof")
        self.do(lambda _: self.server.delays.update({"messages.search": 120}))
        self.gateway.until(lambda: state() == "unproven", 45, "the proof to be too old")


if __name__ == "__main__":
    unittest.main()
