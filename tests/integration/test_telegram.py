#!/usr/bin/env python3
"""Signs in to the Telegram of tests/support/telegram with the real TDLib, and captures from it.

TG_BINARY names the program.
"""

import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram.case import Case  # noqa: E402
from telegram.crypto import Password  # noqa: E402


class SignInTest(Case):
    def start(self, **body):
        return self.gateway.post("/api/telegram-gateway/auth/start", body)

    def give(self, value):
        return self.gateway.post("/api/telegram-gateway/auth/input", {"value": value})

    def test_phone_code_and_password(self):
        self.ada.password = Password("right", "the usual")
        self.assertEqual(self.start(phone="12025550100")[0], 400)
        self.assertEqual(self.gateway.auth()["status"], "waiting_phone")
        self.assertEqual(self.give(self.ada.phone)[0], 200)
        sent = self.gateway.stage("code")["code"]
        self.assertEqual((sent["how"], sent["length"], "resendAt" in sent), ("telegram_message", 5, True))
        self.assertEqual(self.give("0")[0], 400)
        self.assertEqual(self.gateway.account()["refused"], "PHONE_CODE_INVALID")
        self.assertEqual(self.give(self.ada.code)[0], 200)
        self.assertEqual(self.gateway.stage("password")["passwordHint"], "the usual")
        self.assertEqual(self.give("wrong")[0], 400)
        self.assertEqual(self.give("right")[0], 200)
        account = self.gateway.stage("ready")
        self.gateway.until(lambda: self.gateway.account().get("shownName") == "Ada", 10, "the name")
        self.assertEqual(self.gateway.auth()["status"], "completed")
        self.assertEqual(account["kind"], "user")

    def test_a_code_that_expired(self):
        self.server.code_lifetime_s = 0
        self.start(phone=self.ada.phone)
        self.gateway.stage("code")
        self.assertEqual(self.give(self.ada.code)[0], 400)
        self.assertEqual(self.gateway.account()["refused"], "PHONE_CODE_EXPIRED")

    def test_qr_code_with_a_renewal(self):
        self.server.qr_lifetime_s = 2
        self.assertEqual(self.start(method="qr")[0], 200)
        first = self.gateway.stage("qr")["link"]
        self.assertTrue(first.startswith("tg://login?token="))
        self.gateway.until(lambda: self.gateway.account()["link"] != first, 30, "another link")
        self.gateway.until(lambda: self.server.approve_login(self.ada) == 1, 10, "a code to approve")
        self.gateway.stage("ready")

    def test_bot(self):
        self.server.world.person("Helper", bot_token="7:abc")
        self.assertEqual(self.start(method="bot", token="7:no")[0], 400)
        self.assertEqual(self.gateway.post("/api/telegram-gateway/auth/cancel", {})[0], 200)
        self.assertEqual(self.start(method="bot", token="7:abc")[0], 200)
        self.gateway.stage("ready")
        self.gateway.until(lambda: self.gateway.account()["kind"] == "bot", 10, "the kind")

    def test_signed_in_it_stays_so_over_a_restart(self):
        self.gateway.sign_in(self.ada)
        self.assertEqual(self.gateway.stop(), 0)
        self.gateway.start()
        self.gateway.stage("ready", patience=10)

    def test_a_revoked_session_is_told_and_signed_in_again(self):
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.news)
        self.do(lambda world: [world.post(self.news, f"post {n}") for n in range(5)])
        self.until_equal(self.news)
        self.server.revoke(self.ada)
        self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})
        self.gateway.until(lambda: self.gateway.account()["revoked"], 60, "the alarm")
        self.assertEqual(self.gateway.auth()["status"], "error")
        self.assertEqual(len(self.stored(self.news)), 5)
        self.gateway.sign_in(self.ada)
        self.do(lambda world: world.post(self.news, "after"))
        self.until_equal(self.news)


class CaptureTest(Case):
    def setUp(self):
        super().setUp()
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.news)

    def test_what_happens_live(self):
        ids = self.do(lambda world: [world.post(self.news, f"post {n}") for n in range(50)])
        self.until_equal(self.news)
        self.do(lambda world: (world.edit(self.news, ids[3], "changed once"), world.edit(self.news, ids[3], "changed twice"),
                               world.delete(self.news, ids[4], ids[5]), world.album(self.news, ["one", "two", "three"])))
        self.until_equal(self.news)
        stored = self.gateway.messages(self.news)
        self.assertEqual(stored[ids[3]][:2], ("changed twice", 3))
        self.assertTrue(stored[ids[4]][2] and stored[ids[5]][2])
        self.complete(self.news)

    def outage(self, count):
        # A message must have settled for a minute before its absence from a page is believed.
        earlier = int(time.time()) - 3_600
        ids = self.do(lambda world: [world.post(self.news, f"before {n}", when=earlier) for n in range(20)])
        self.until_equal(self.news)
        self.assertEqual(self.gateway.stop(), 0)
        def happen(world):
            more = [world.post(self.news, f"missed {n}", told=False) for n in range(count)]
            world.edit(self.news, ids[0], "changed while away", told=False)
            world.edit(self.news, more[1], "changed at once", told=False)
            world.delete(self.news, ids[1], more[2], told=False)
        self.do(happen)
        self.gateway.start()
        self.until_equal(self.news)
        self.complete(self.news)
        stored = self.gateway.messages(self.news)
        self.assertEqual(stored[ids[0]], ("changed while away", 2, False))
        self.assertTrue(stored[ids[1]][2])
        self.assertEqual([number for number, one in self.news.messages.items() if number not in stored and number != 1], [])

    def test_an_outage_with_a_difference(self):
        self.outage(25)

    def test_an_outage_that_is_too_long_for_a_difference(self):
        self.news.too_long_beyond = 10
        self.outage(500)

    def test_other_chats_are_ignored(self):
        other = self.server.world.channel("Elsewhere", self.ada)
        self.do(lambda world: (world.post(other, "not wanted"), world.post(self.news, "wanted")))
        self.until_equal(self.news)
        self.assertEqual(self.gateway.messages(other), {})

    def test_a_flood_wait_is_shown_and_waited_for(self):
        self.do(lambda world: [world.post(self.news, f"post {n}", told=False) for n in range(3)])
        self.server.fail("messages.search", (420, "FLOOD_WAIT_8"), (420, "FLOOD_WAIT_8"))
        self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})
        self.until_equal(self.news)


if __name__ == "__main__":
    unittest.main()
