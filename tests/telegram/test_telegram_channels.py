#!/usr/bin/env python3
"""Adds channels by name, link, id, invite, folder and list to a gateway whose TDLib is the real one.

TG_BINARY names the program.
"""

import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import BINARY  # noqa: E402
from telegram.naming import folder, invite, picture  # noqa: E402
from telegram.case import Case as TelegramCase  # noqa: E402


class Case(TelegramCase):
    def setUp(self):
        super().setUp()
        self.far = self.server.world.channel("Far Away", username="faraway")
        self.far.photo = picture()
        self.server.do(lambda world: [world.post(self.far, f"post {n}") for n in range(249)])
        self.prepare(self.server.world)
        self.gateway.sign_in(self.ada)

    def prepare(self, world):
        """Before the sign-in."""

    def named(self, path, status=200, **body):
        code, answer = self.gateway.post(path, body, timeout=60)
        self.assertEqual(code, status, answer)
        return answer["data"]

    def preview(self, *channels, **body):
        if channels:
            body["channels"] = list(channels)
        return self.named("/api/channels/preview", **body)

    def row(self, *channels, **body):
        row, = self.preview(*channels, **body)["rows"]
        return row

    def add(self, *channels, **body):
        if channels:
            body["channels"] = list(channels)
        return self.named("/api/channels", 201, **body)

    def registered(self):
        return {one["channelId"] for one in self.gateway.get("/api/channels")[1]["data"] if one["registered"]}


class LookTest(Case):
    def test_every_way_of_naming_finds_the_same(self):
        number = str(self.far.chat_id)
        names = ["@faraway", "FarAway", "https://t.me/faraway", "t.me/faraway/17", "tg://resolve?domain=faraway", number,
                 f"https://t.me/c/{self.far.id}/3"]
        rows = self.preview(*names)["rows"]
        self.assertEqual([row.get("channelId") for row in rows], [number] * len(names), rows)
        first = rows[0]
        self.assertEqual({key: first[key] for key in ("title", "username", "kind", "members", "messages", "newestId",
                                                      "requests", "member", "registered", "added")},
                         {"title": "Far Away", "username": "faraway", "kind": "channel", "members": 1000, "messages": 250,
                          "newestId": 250, "requests": 3, "member": False, "registered": False, "added": False})
        self.assertTrue(first["picture"].startswith("data:image/jpeg;base64,/9j/"))
        self.assertIn("not a member", first["note"])
        self.assertEqual(self.registered(), set())
        self.assertNotIn(self.ada, self.far.members)
        self.assertEqual(self.server.calls["channels.joinChannel"], 0)

    def test_a_member_sees_no_warning(self):
        row = self.row("@harbournews")
        self.assertEqual((row["member"], "note" in row), (True, False))

    def test_each_wrong_name_is_told_on_its_own_row(self):
        self.server.world.person("Bob", username="bobbob")
        secret = self.server.world.channel("Secret")
        answer = self.preview("@nobodyhere", "https://example.org/x", "1487851422", "@bobbob", str(secret.chat_id),
                              "https://t.me/+0123456789abcdef", "@faraway")
        rows = answer["rows"]
        self.assertEqual([row["state"] for row in rows],
                         ["unknown", "invalid", "invalid", "invalid", "unknown", "unknown", "found"], rows)
        self.assertEqual((answer["found"], answer["refused"], answer["waiting"]), (1, 6, 0))
        for row in rows[:-1]:
            self.assertTrue(row["reason"] and row["fix"], row)

    def test_wrong_bodies(self):
        for body in ({}, {"channels": []}, {"channels": "x"}, {"channels": [{}]}, {"channels": ["@aaa"] * 1001},
                     {"csv": ""}, {"channels": ["@aaa"], "join": "yes"}):
            code, answer = self.gateway.post("/api/channels/preview", body)
            self.assertEqual(code, 400, answer)
        self.assertEqual(self.gateway.post("/api/channels/preview", {"channels": ["@aaa"], "account": "other"})[0], 404)
        self.assertEqual(self.gateway.post("/api/channels", {"channelId": "not a name"})[0], 400)
        self.assertEqual(self.gateway.post("/api/channels", {"channelId": "@nobodyhere"})[0], 404)

    def test_a_list_with_mistakes(self):
        csv = "\ufefftitle;link;id\r\nFar;t.me/faraway;\r\n\"Odd \"\"one\"\"\";;\r\n;;-1000\r\n\r\nNews;@harbournews;5\r\n;\"@x\"y;\r\n"
        rows = self.preview(csv=csv)["rows"]
        self.assertEqual([(row["line"], row["state"]) for row in rows],
                         [(2, "found"), (3, "invalid"), (4, "unknown"), (6, "found"), (7, "invalid")], rows)


class FolderTest(Case):
    def prepare(self, world):
        self.group = world.group("Crew", self.ada)
        self.server.do(lambda _: world.group_post(self.group, "hello"))  # without a message no list shows it
        self.shop = world.channel("Shop", self.ada)
        self.ada.folders = [folder(2, "News", self.news, self.group), folder(3, "All", broadcasts=True)]

    def test_folders(self):
        def names():
            return [one["name"] for one in self.gateway.get("/api/telegram-gateway/folders")[1]["data"]]
        self.gateway.until(lambda: names() == ["News", "All"], 20, "the folders")
        rows = self.preview(folder="News")["rows"]
        self.assertEqual({row["title"]: row["kind"] for row in rows}, {"Harbour News": "channel", "Crew": "group"})
        self.assertEqual({row["title"] for row in self.preview(folder="All")["rows"]}, {"Harbour News", "Shop"})
        code, answer = self.gateway.post("/api/channels/preview", {"folder": "Nwes"})
        self.assertEqual(code, 404)
        self.assertIn("News, All", answer["message"])
        self.assertEqual(self.add(folder="All")["added"], 2)
        self.assertEqual(self.registered(), {str(self.news.chat_id), str(self.shop.chat_id)})


class AddTest(Case):
    def test_a_member_s_channel_is_captured(self):
        answer = self.add("https://t.me/harbournews")
        self.assertEqual((answer["added"], answer["rows"][0]["state"]), (1, "found"))
        self.do(lambda world: [world.post(self.news, f"post {n}") for n in range(3)])
        self.until_equal(self.news)
        self.do(lambda world: world.post(self.news, "live"))
        self.until_equal(self.news)
        again = self.add("https://t.me/harbournews")
        self.assertEqual((again["added"], again["rows"][0]["registered"]), (0, True))

    def test_one_by_name_as_channel_id(self):
        code, answer = self.gateway.post("/api/channels", {"channelId": "@faraway", "label": "Far"})
        self.assertEqual((code, answer["data"]["channelId"], answer["data"]["label"]), (201, str(self.far.chat_id), "Far"))

    def test_a_public_channel_is_read_without_joining_also_after_a_restart(self):
        self.assertEqual(self.add("@faraway")["added"], 1)
        post = self.do(lambda world: world.post(self.far, "one"))
        self.gateway.until(lambda: post in self.gateway.messages(self.far), 60, "the first")
        # Nothing is pushed to one who is no member: it comes by asking for the difference of an open chat.
        post = self.do(lambda world: world.post(self.far, "two"))
        self.gateway.until(lambda: post in self.gateway.messages(self.far), 60, "a live post")
        self.assertEqual(self.gateway.stop(), 0)
        post = self.do(lambda world: world.post(self.far, "while away"))
        self.gateway.start()
        self.gateway.until(lambda: post in self.gateway.messages(self.far), 60, "what was missed")
        self.assertNotIn(self.ada, self.far.members)
        self.assertEqual(self.server.calls["channels.joinChannel"], 0)

    def test_a_channel_is_found_again_by_its_name_when_the_session_is_new(self):
        self.add("@faraway")
        post = self.do(lambda world: world.post(self.far, "one"))
        self.gateway.until(lambda: post in self.gateway.messages(self.far), 60, "the first")
        self.server.revoke(self.ada)  # TDLib deletes its database
        self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})
        self.gateway.until(lambda: self.gateway.account()["revoked"], 60, "the end of the session")
        self.gateway.sign_in(self.ada)
        post = self.do(lambda world: world.post(self.far, "two"))
        self.gateway.until(lambda: post in self.gateway.messages(self.far), 60, "what came since")

    def test_joining_is_asked_for(self):
        answer = self.add("@faraway", join=True)
        self.assertEqual((answer["added"], answer["rows"][0]["member"]), (1, True))
        self.assertIn(self.ada, self.far.members)
        post = self.do(lambda world: world.post(self.far, "live"))
        self.gateway.until(lambda: post in self.gateway.messages(self.far), 60, "a live post")

    def test_a_private_invite(self):
        secret = self.server.world.channel("Secret")
        link = self.do(lambda world: invite(world, secret))
        row = self.row(link)
        self.assertEqual((row["state"], row["title"], row["members"], row["member"], "channelId" in row),
                         ("found", "Secret", 1000, False, False))
        refused = self.add(link)["rows"][0]
        self.assertEqual((refused["state"], refused["added"]), ("closed", False))
        self.assertIn("--join", refused["fix"])
        self.assertNotIn(self.ada, secret.members)
        joined = self.add(link, join=True)["rows"][0]
        self.assertEqual((joined["state"], joined["added"], joined["channelId"]), ("found", True, str(secret.chat_id)))
        post = self.do(lambda world: world.post(secret, "live"))
        self.gateway.until(lambda: post in self.gateway.messages(secret), 60, "a live post")

    def test_an_invite_that_an_administrator_decides_on(self):
        secret = self.server.world.channel("Secret")
        link = self.do(lambda world: invite(world, secret, asks=True))
        self.assertTrue(self.row(link)["asksToJoin"])
        row = self.add(link, join=True)["rows"][0]
        self.assertEqual((row["state"], row["added"]), ("refused", False))
        self.assertIn("administrator", row["reason"])


class CrowdTest(Case):
    """More channels than are kept open."""

    def prepare(self, world):
        self.crowd = [world.channel(f"Crowd {n}", self.ada) for n in range(60)]
        for channel in self.crowd:
            self.server.do(lambda _, channel=channel: world.post(channel, "hello"))

    def test_one_that_the_account_is_no_member_of_stays_open(self):
        self.add("@faraway")
        self.gateway.until(lambda: self.gateway.messages(self.far), 60, "its messages")
        answer = self.add(*[str(one.chat_id) for one in self.crowd])
        self.assertEqual(answer["added"], 60, answer)
        for channel in self.crowd:
            self.gateway.until(lambda: self.gateway.messages(channel), 60, "its messages")
        post = self.do(lambda world: world.post(self.far, "live"))
        self.gateway.until(lambda: post in self.gateway.messages(self.far), 60, "a live post")


class ManyTest(Case):
    def prepare(self, world):
        self.many = [world.channel(f"Channel {n}", username=f"channel{n}") for n in range(400)]

    def names(self):
        return [f"@{one.username}" for one in self.many]

    def until_all(self, path, **body):
        """Asks again as a client does: what was found is remembered."""
        answers = []
        def done():
            answers.append(self.named(path, 201 if path == "/api/channels" else 200, **body))
            return answers[-1]["waiting"] == 0
        self.gateway.until(done, 120, "every row")
        return answers[-1]

    def test_short_waits_are_waited_for(self):
        self.server.fail("contacts.resolveUsername", *[(420, "FLOOD_WAIT_1")] * 3)
        answer = self.until_all("/api/channels/preview", channels=self.names())
        self.assertEqual(answer["found"], 400)
        self.assertEqual(self.server.calls["contacts.resolveUsername"], 403)

    def test_a_long_wait_is_told_and_nothing_is_asked_before_its_end(self):
        self.assertEqual(self.preview(*self.names()[:3])["found"], 3)
        self.server.fail("contacts.resolveUsername", (420, "FLOOD_WAIT_4000"))
        answer = self.preview(*self.names())
        self.assertEqual((answer["found"], answer["waiting"]), (3, 397))
        self.assertTrue(answer["waitUntil"])
        self.assertIn("asks to wait until", answer["rows"][3]["reason"])
        calls = self.server.calls["contacts.resolveUsername"]
        self.assertEqual(self.preview(*self.names())["found"], 3)
        self.assertEqual(self.server.calls["contacts.resolveUsername"], calls)


class CommandTest(Case):
    def run_(self, *arguments, code=0):
        done = subprocess.run([BINARY, "--data-dir", self.gateway.data_dir, *map(str, arguments)], capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done

    def test_add_and_remove(self):
        csv = pathlib.Path(self.folder.name) / "list.csv"
        csv.write_text("name,title\n@faraway,Far\nnot a name,x\n")
        dry = json.loads(self.run_("channels", "add", "@harbournews", "--csv", csv, "--dry-run", "--json", code=3).stdout)
        self.assertEqual([row["state"] for row in dry["channels"]], ["found", "found", "invalid"])
        self.assertEqual(self.registered(), set())
        shown = self.run_("channels", "add", "@harbournews", "--csv", csv, code=3).stdout
        for words in ("Harbour News", "added", "line 3: 'not a name'", "not a member", "2 of 3 channels"):
            self.assertIn(words, shown)
        self.assertEqual(self.registered(), {str(self.news.chat_id), str(self.far.chat_id)})
        self.assertIn("added before", self.run_("channels", "add", "t.me/faraway").stdout)
        self.run_("channels", "remove", self.far.chat_id)
        self.assertEqual(self.registered(), {str(self.news.chat_id)})
        self.run_("channels", "remove", "@HarbourNews")
        self.assertEqual(self.registered(), set())
        self.assertIn("no channel here", self.run_("channels", "remove", "@faraway9", code=1).stderr)

    def test_without_a_gateway(self):
        self.assertEqual(self.gateway.stop(), 0)
        self.assertIn("Start it", self.run_("channels", "add", "@faraway", code=1).stderr)
        self.run_("channels", "add", code=2)
        self.gateway.start()


if __name__ == "__main__":
    unittest.main()
