#!/usr/bin/env python3
"""`telegram-gateway sync`: what a fetch on demand finds, and that what it says is true.

TG_BINARY names the program; TG_LONG=1 also waits for the end of a flood wait that TDLib itself does not wait out (62 s).
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import BINARY, run  # noqa: E402
from telegram.scene import Scene  # noqa: E402
from telegram.session import RpcError  # noqa: E402

LONG = unittest.skipUnless(os.environ.get("TG_LONG"), "TG_LONG is not set")


class SyncTest(Scene):
    def setUp(self):
        super().setUp()
        self.news = self.world.channel("Harbour News", self.ada, self.ben, username="harbournews")
        self.desk = self.world.channel("Harbour Desk", self.ada, self.ben)

    def enter(self, *people, channels=None):
        for person in people:
            self.gateway.sign_in(person, person.name.lower())
        self.ids = {}
        for channel in channels or (self.news, self.desk):
            self.gateway.add(channel)
            self.ids[channel] = self.post(channel, 10)
            self.until_stored(channel, self.ids[channel])
            self.until_state(channel, "complete")

    def sync(self, *arguments, code=0):
        return run("sync", *arguments, data_dir=self.gateway.data_dir, check=code, timeout=100)

    def rows(self, *arguments, code=0):
        report = json.loads(self.sync(*arguments, "--json", code=code).stdout)
        return {row["channelId"]: row for row in report["channels"]}

    def row(self, channel, *arguments, code=0):
        return self.rows(*arguments, code=code)[str(channel.chat_id)]

    def change_unseen(self, channel):
        """An edit and a deletion that no update and no difference will ever tell."""
        def change(world):
            world.edit(channel, self.ids[channel][3], "changed unseen", told=False)
            world.delete(channel, self.ids[channel][4], told=False)
            channel.log.clear()
        self.do(change)

    def assert_found(self, channel):
        stored = self.messages(channel)
        edited, deleted = stored[self.ids[channel][3]], stored[self.ids[channel][4]]
        self.assertEqual((edited["text"], edited["versions"]), ("changed unseen", 2))
        self.assertIn("deletedAt", deleted)

    def slow(self, seconds):
        self.do(lambda _: self.server.delays.__setitem__("messages.search", seconds))

    def begin(self, *channels):
        """The job, which goes on."""
        body = {"wait": 0, "channels": [str(one.chat_id) for one in channels]}
        code, answer = self.gateway.post("/api/telegram-gateway/sync-messages", body)
        self.assertEqual(code, 200, answer)
        return answer["data"]["jobId"]

    def job(self, name):
        return self.gateway.get(f"/api/telegram-gateway/jobs/{name}")[1]["data"]

    def ended(self, name, patience=40):
        return self.gateway.until(lambda: (one := self.job(name))["state"] != "running" and one, patience, "its end")

    def channel_of(self, job, channel):
        return next(one for one in job["channels"] if one["channelId"] == str(channel.chat_id))

    def test_an_edit_and_a_deletion_that_were_never_told_are_in_when_it_ends(self):
        self.enter(self.ada)
        self.change_unseen(self.news)
        self.change_unseen(self.desk)
        self.slow(0.5)  # nothing is missing: it must not end before its walk has begun
        row = self.row(self.news, "@HarbourNews")
        self.assert_found(self.news)
        self.assertEqual((row["state"], row["new"], row["missing"], row["reason"]), ("done", 0, 0, None), row)
        self.assertIn("2 of 2 channels done", self.sync().stdout)
        self.assert_found(self.desk)
        self.verified()

    def test_asked_before_the_account_has_its_chats_it_waits_for_them(self):
        self.gateway.add(self.news)
        ids = self.post(self.news, 10)
        self.do(lambda _: self.server.delays.__setitem__("messages.getDialogs", 2))
        self.gateway.sign_in(self.ada, "ada")
        row = self.row(self.news, str(self.news.chat_id))
        self.assertEqual((row["state"], row["reason"]), ("done", None))
        self.assertIn(ids[-1], self.messages(self.news))

    def test_a_channel_that_telegram_refuses_is_told_with_its_word(self):
        self.enter(self.ada)
        self.do(lambda world: (self.desk.banned.add(self.ada), self.desk.members.discard(self.ada)))
        rows = self.rows(code=3)
        self.assertEqual(rows[str(self.news.chat_id)]["state"], "done")
        refused = rows[str(self.desk.chat_id)]
        self.assertEqual(refused["state"], "refused")
        self.assertRegex(refused["reason"], "CHANNEL_PRIVATE|Can't access the chat")
        shown = self.sync("Harbour Desk", code=1).stdout
        self.assertIn("Telegram refuses it", shown)
        job = self.ended(self.begin(self.desk, self.news))
        self.assertEqual(job["state"], "failed")
        self.assertIn("1 of 2 not fetched whole: Harbour Desk", job["error"])
        self.until_state(self.desk, "private")

    def flood(self, person, seconds):
        """Telegram lets this one wait."""
        search = self.server.methods.messages_search

        def flooded(caller, query):
            if caller.user is person and self.flooding:
                self.flooding -= 1
                raise RpcError(420, f"FLOOD_WAIT_{seconds}")
            return search(caller, query)
        self.flooding = 1
        self.do(lambda _: setattr(self.server.methods, "messages_search", flooded))

    def test_a_flood_wait_is_told_with_its_end(self):
        self.enter(self.ada)
        self.change_unseen(self.news)
        self.flood(self.ada, 400)
        job = self.begin(self.news)
        waiting = self.gateway.until(lambda: (one := self.job(job)).get("waitUntil") and one, 30, "the flood wait")
        self.assertEqual(waiting["state"], "running")
        left = self.gateway.seconds_until(waiting["waitUntil"])
        self.assertTrue(380 < left <= 401, left)
        command = subprocess.Popen([BINARY, "--data-dir", self.gateway.data_dir, "sync", str(self.news.chat_id)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("Telegram asks to wait until", command.stderr.readline())
        command.send_signal(signal.SIGINT)
        out, _ = command.communicate(timeout=20)
        self.assertEqual((command.returncode, out), (-signal.SIGINT, ""))
        self.assertEqual(self.job(job)["state"], "running")
        other = self.sync("Harbour Desk", "--no-wait", code=1)
        self.assertIn("Telegram asked it to wait until", other.stderr)

    @LONG
    def test_after_a_flood_wait_it_is_completed(self):
        self.enter(self.ada)
        self.change_unseen(self.news)
        self.flood(self.ada, 62)
        began = time.monotonic()
        self.assertEqual(self.row(self.news, "@harbournews")["state"], "done")
        self.assertGreaterEqual(time.monotonic() - began, 62)
        self.assert_found(self.news)

    def test_of_two_accounts_one_that_must_wait_holds_up_nothing_that_the_other_has_seen(self):
        self.enter(self.ada, self.ben)
        self.change_unseen(self.news)
        self.flood(self.ada, 400)
        self.assertEqual(self.row(self.news, "@harbournews")["state"], "done")
        self.assert_found(self.news)
        self.assertTrue(self.gateway.account("ada")["floodUntil"])

    def test_a_channel_that_only_one_of_the_accounts_knows(self):
        own = self.world.channel("Ben's own", self.ben)
        self.enter(self.ada, self.ben, channels=[own])
        self.change_unseen(own)
        row = self.row(own, "Ben's own")
        self.assertEqual((row["state"], row["reason"]), ("done", None))
        self.assert_found(own)

    def test_a_channel_that_no_account_has_met(self):
        secret = self.world.channel("Secret", self.ben)
        self.enter(self.ada, channels=[self.news])
        self.gateway.add(secret)
        rows = self.rows(code=3)
        self.assertEqual(rows[str(self.news.chat_id)]["state"], "done")
        row = rows[str(secret.chat_id)]
        self.assertEqual(row["state"], "refused")
        self.assertIn("no account has met it", row["reason"])

    def test_a_channel_that_leaves_the_registry_meanwhile(self):
        self.enter(self.ada)
        self.slow(1)
        job = self.begin(self.news, self.desk)
        code, _, _ = self.gateway.request("DELETE", f"/api/channels/{self.desk.chat_id}")
        self.assertEqual(code, 200)
        job = self.ended(job)
        self.assertEqual(self.channel_of(job, self.news)["state"], "done")
        left = self.channel_of(job, self.desk)
        self.assertIn((left["state"], left.get("reason")), [("not_captured", "no account captures it"), ("done", None)])
        self.assertEqual(self.row(self.desk, str(self.desk.chat_id), code=1)["state"], "not_captured")

    def test_an_account_that_is_signed_out_meanwhile(self):
        self.enter(self.ada)
        self.slow(3)
        job = self.begin(self.news)
        self.gateway.until(lambda: self.channel_of(self.job(job), self.news)["state"] == "walking", 20, "its walk")
        code, answer = self.gateway.post("/api/telegram-gateway/auth/logout", {"account": "ada"})
        self.assertEqual(code, 200, answer)
        job = self.ended(job)
        self.assertEqual((job["state"], self.channel_of(job, self.news)["state"]), ("failed", "unfinished"))
        self.assertIn("account ada was closed", job["error"])
        self.assertIn("no account is signed in", self.sync(code=1).stderr)

    def test_names_that_are_nobodys(self):
        self.enter(self.ada, channels=[self.news])
        for written, nearest in (("@harbornews", "@harbournews"), ("Harbor News", "Harbour News"),
                                 (str(self.news.chat_id)[:-1], str(self.news.chat_id))):
            said = self.sync(written, code=1).stderr
            self.assertIn(f"no channel here is called {written}. The nearest is {nearest}", said)
        self.assertNotIn("nearest", self.sync("@nobodyatall", code=1).stderr)
        self.assertIn("is no link of Telegram", self.sync("https://example.org/x", code=1).stderr)
        job = self.ended(self.begin(self.desk))
        self.assertIn("no channel here has this id", job["error"])

    def test_without_a_gateway(self):
        self.assertEqual(self.gateway.stop(), 0)
        self.assertIn("Start it: telegram-gateway run", self.sync(code=1).stderr)


if __name__ == "__main__":
    unittest.main()
