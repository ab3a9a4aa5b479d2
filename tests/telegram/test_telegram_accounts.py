#!/usr/bin/env python3
"""Two accounts at one channel or group: each message once, and what the first missed the second fills in.

TG_BINARY names the program.
"""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import run  # noqa: E402
from telegram.scene import Scene  # noqa: E402


class ChannelTest(Scene):
    def setUp(self):
        super().setUp()
        self.news = self.world.channel("Harbour News", self.ada, self.ben)

    def texts(self):
        return {number: one["text"] for number, one in self.messages(self.news).items() if number != 1}

    def truth(self):
        return {number: one["message"] for number, one in self.news.messages.items() if one["_"] == "message"}

    def until_equal(self, patience=40):
        self.gateway.until(lambda: self.texts() == self.truth(), patience, "the same messages")

    def test_each_message_is_stored_once(self):
        self.post(self.news, 5, "before")
        for person in (self.ada, self.ben):
            self.gateway.sign_in(person, person.name.lower())
        self.gateway.add(self.news)
        self.until_equal()
        ids = self.post(self.news, 60)
        self.until_stored(self.news, ids)

        def change(world):
            world.edit(self.news, ids[0], "changed")
            world.edit(self.news, ids[0], "changed again")
            world.edit(self.news, ids[1], "changed without a date", hidden=True)
            world.delete(self.news, ids[2])
        self.do(change)
        self.gateway.until(lambda: "deletedAt" in self.messages(self.news)[ids[2]], 30, "the deletion")
        self.walked(4)
        stored = self.messages(self.news)
        self.assertEqual({ids[0]: ("changed again", 3), ids[1]: ("changed without a date", 2)},
                         {number: (one["text"], one["versions"]) for number, one in stored.items()
                          if one["versions"] > 1})
        created = [event["id"] for event in self.events("new")]
        self.assertEqual(sorted(created), sorted(set(created)))
        self.assertEqual(len(self.events("deleted")), 1)
        self.until_state(self.news, "complete")
        self.verified()

    def outlived(self, error):
        self.post(self.news, 5, "before")
        for person in (self.ada, self.ben):
            self.gateway.sign_in(person, person.name.lower())
        self.gateway.add(self.news)
        self.until_equal()
        self.until_state(self.news, "complete")
        self.server.revoke(self.ada, error)
        self.post(self.news, 20, "after")
        self.walk(lambda: self.gateway.account("ada")["stage"] == "closed", "the end of the first account")
        self.assertTrue(self.gateway.account("ada")["revoked"])
        self.post(self.news, 20, "alone")
        self.until_equal()
        self.walked(2)
        self.until_state(self.news, "complete")
        self.assertEqual({one["versions"] for one in self.messages(self.news).values()}, {1})
        self.assertEqual(self.gateway.account("ben")["stage"], "ready")

    def test_one_is_banned_and_the_other_goes_on(self):
        self.outlived("USER_DEACTIVATED_BAN")
        self.verified()

    def test_one_is_signed_out_and_the_other_goes_on(self):
        self.outlived("AUTH_KEY_UNREGISTERED")
        # Now the other as well: nobody looks any more.
        self.server.revoke(self.ben)
        self.walk(lambda: self.gateway.account("ben")["stage"] == "closed", "the end of the second account")
        self.assertEqual(self.until_state(self.news, "private")["code"], "private")
        self.assertEqual(self.overview()["verdict"]["code"], "sign_in")

    def test_the_second_fills_what_the_first_left(self):
        self.post(self.news, 5, "before")
        self.gateway.sign_in(self.ada, "ada")
        self.gateway.add(self.news)
        self.until_equal()
        self.until_state(self.news, "complete")
        self.assertEqual(self.gateway.stop(), 0)
        self.server.revoke(self.ada, "USER_DEACTIVATED_BAN")
        self.post(self.news, 450, "missed", told=False)
        self.gateway.start()
        self.walk(lambda: self.gateway.account("ada")["stage"] == "closed", "the end of the first account")
        self.assertNotEqual(self.state(self.news)["code"], "complete")
        self.gateway.sign_in(self.ben, "ben")
        self.until_equal()
        self.until_state(self.news, "complete")
        self.assertEqual({one["origin"] for number, one in self.messages(self.news).items() if number > 6}, {"catchup"})
        self.verified()


class GroupTest(Scene):
    """A basic group: both accounts number its messages for themselves. Then it becomes a supergroup."""

    def setUp(self):
        super().setUp()
        self.crew = self.world.group("Crew", self.ada, self.ben)
        self.crew.shift[self.ben] = 1_000

    def ids(self, channel):
        page = self.gateway.get(f"/api/messages?channelId={channel.chat_id}&includeDeleted=true&limit=1000")[1]["data"]
        return sorted(one["id"] for one in page)

    def wanted(self, numbers):
        chat = self.crew.chat_id
        return sorted([f"{chat}:{one}:{self.ada.id}" for one in numbers] +
                      [f"{chat}:{one + 1_000}:{self.ben.id}" for one in numbers])

    def say(self, count, word):
        return self.do(lambda world: [world.group_post(self.crew, f"{word} {n}") for n in range(count)])

    def test_a_group_of_two_accounts_becomes_a_supergroup(self):
        before = self.say(5, "early")
        for person in (self.ada, self.ben):
            self.gateway.sign_in(person, person.name.lower())
        self.gateway.add(self.crew)
        self.gateway.until(lambda: self.ids(self.crew) == self.wanted(before), 30, "the group's messages of both")
        before += self.say(5, "live")
        self.gateway.until(lambda: self.ids(self.crew) == self.wanted(before), 30, "the group's messages of both")
        self.assertGreater(self.gateway.coverage(self.crew)["expected"], 0)
        self.assertEqual(self.gateway.coverage(self.crew)["missing"], 0)

        channel = self.do(lambda world: world.migrate(self.crew))
        ids = self.do(lambda world: [world.post(channel, f"in the supergroup {n}",
                                                from_id={"_": "peerUser", "user_id": self.ben.id}) for n in range(5)])
        self.until_stored(channel, ids)

        def of(chat):
            return self.gateway.get(f"/api/channels/{chat.chat_id}")[1]["data"]
        self.assertEqual(of(self.crew)["migratedTo"], str(channel.chat_id))
        self.assertEqual(of(channel)["migratedFrom"], str(self.crew.chat_id))
        self.assertTrue(of(channel)["registered"])
        # The old id covers both; nothing is there twice.
        def everything():
            found = self.ids(self.crew)
            new = {f"{channel.chat_id}:{one}" for one in ids}
            return new | set(self.wanted(before)) <= set(found) and found
        found = self.gateway.until(everything, 30, "both under the old id")
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual(len(self.events("channel_migrated")), 1)
        self.until_state(channel, "complete")
        more = self.do(lambda world: world.post(channel, "later"))
        self.until_stored(channel, [more])
        self.walked(4)
        self.assertEqual([one for one in self.messages(channel).values() if "deletedAt" in one], [])
        self.verified()
        self.exported_and_imported(channel)

    def exported_and_imported(self, channel):
        """Another archive learns from an export that the two are one, and promises nothing of them."""
        written, other = (pathlib.Path(self.folder.name) / name for name in ("all.ndjson", "other"))
        run("export", "-o", written, data_dir=self.gateway.data_dir, check=0)
        report = json.loads(run("--json", "import", written, data_dir=other, check=0).stdout)["imports"][0]
        self.assertEqual((report["refused"], report["reasons"]), (0, []))
        asked = run("--json", "messages", "--channel", self.crew.chat_id, "--limit", "1000", data_dir=other, check=0)
        channels = {one["channelId"] for one in json.loads(asked.stdout)["messages"]}
        self.assertEqual(channels, {str(self.crew.chat_id), str(channel.chat_id)})
        coverage = json.loads(run("--json", "coverage", channel.chat_id, data_dir=other, check=0).stdout)
        self.assertFalse(coverage["promised"])


if __name__ == "__main__":
    unittest.main()
