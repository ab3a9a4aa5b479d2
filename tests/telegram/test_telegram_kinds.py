#!/usr/bin/env python3
"""Every kind of content, from the real TDLib to the API: what a reader needs of it is there, live and by a walk alike.

TG_BINARY names the program.
"""

import pathlib
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram import kinds  # noqa: E402
from telegram.scene import Scene  # noqa: E402

TEXT = ("bold italic under struck spoiler code pre link @harbour #gates $TIDE https://harbour.example "
        "desk@harbour.example +5511999990000 5555555555554444 Ben 🚢 quote")
PARTS = [("Bold", "bold", {}), ("Italic", "italic", {}), ("Underline", "under", {}), ("Strike", "struck", {}),
         ("Spoiler", "spoiler", {}), ("Code", "code", {}), ("Pre", "pre", {"language": "c"}),
         ("TextUrl", "link", {"url": "https://harbour.example/plan"}), ("Mention", "@harbour", {}),
         ("Hashtag", "#gates", {}), ("Cashtag", "$TIDE", {}), ("Url", "https://harbour.example", {}), ("Email", "desk@harbour.example", {}),
         ("Phone", "+5511999990000", {}), ("BankCard", "5555555555554444", {}), ("MentionName", "Ben", {}),
         ("CustomEmoji", "🚢", {"document_id": 77}), ("Blockquote", "quote", {})]
ENTITIES = ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "mention", "hashtag",
            "cashtag", "link", "email", "phone", "bank_card", "mention_name", "custom_emoji", "blockquote"]


class KindsTest(Scene):
    def setUp(self):
        super().setUp()
        self.group = self.world.channel("Harbour Desk", self.ada, self.ben, megagroup=True, forum=True)
        self.far = self.world.channel("Far Shore", self.ada, username="farshore")
        self.media = kinds.Media(self.world)
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.group)

    def everything(self, world):
        """name → id of a message of each kind, all by Ben."""
        group, media, when = self.group, self.media, int(time.time()) - 3_600

        def said(text="", **more):
            return world.post(group, text, when=when, from_id=kinds.user(self.ben), **more)
        parts = [(kind, piece, {**more, "user_id": self.ben.id} if kind == "MentionName" else more)
                 for kind, piece, more in PARTS]
        ids = {"text": said(TEXT, entities=kinds.entities(TEXT, *parts))}
        ids["photo"] = said("fog at the mole", media=world.photo())
        for name in ("video", "video_note", "animation", "audio", "voice", "sticker"):
            ids[name] = said(media=getattr(media, name)())
        ids["document"] = said("the plan", media=media.named("plan.pdf", "application/pdf"))
        ids["contact"] = said(media={"_": "messageMediaContact", "phone_number": "5511999990000", "first_name": "Ilse",
                                     "last_name": "Moor", "vcard": "", "user_id": 0})
        ids["location"] = said(media={"_": "messageMediaGeo", "geo": kinds.geo()})
        ids["venue"] = said(media={"_": "messageMediaVenue", "geo": kinds.geo(), "title": "Pier 4", "address": "Mole",
                                   "provider": "", "venue_id": "", "venue_type": ""})
        ids["poll"] = said(media=media.poll("When?", "at six", "at nine"))
        ids["dice"] = said(media={"_": "messageMediaDice", "value": 5, "emoticon": "🎲"})
        ids["preview"] = said("see https://harbour.example/news", media=kinds.preview(next(world._numbers)))
        ids["forward"] = said("from afar", fwd_from=kinds.forwarded(self.far, 5, when - 60))
        ids["reply"] = said("that one", reply_to=kinds.quoting(ids["text"], "bold italic"))
        ids["topic"] = world.service(group, {"_": "messageActionTopicCreate", "title": "Tides", "icon_color": 0x6FB9F0})
        ids["in_topic"] = said("low at noon", reply_to={"_": "messageReplyHeader", "forum_topic": True,
                                                        "reply_to_msg_id": ids["topic"]})
        ids["one"], ids["two"] = world.album(group, ["first", "second"])
        ids["title"] = world.service(group, {"_": "messageActionChatEditTitle", "title": "Harbour Office"})
        ids["joined"] = world.service(group, {"_": "messageActionChatAddUser", "users": [self.ben.id]})
        return ids

    def test_what_a_reader_needs_of_each_is_stored(self):
        self.do(lambda world: world.post(self.group, "the first"))
        self.until_stored(self.group, [2])
        ids = self.do(self.everything)
        stored = self.until_stored(self.group, ids.values())
        told = {name: stored[number] for name, number in ids.items()}

        self.assertEqual([one["type"] for one in told["text"]["entities"]], ENTITIES)
        by_type = {one["type"]: one for one in told["text"]["entities"]}
        self.assertEqual(by_type["text_link"]["url"], "https://harbour.example/plan")
        self.assertEqual(by_type["pre"]["language"], "c")
        self.assertEqual(by_type["mention_name"]["userId"], str(self.ben.id))
        self.assertEqual(by_type["custom_emoji"], {"type": "custom_emoji", "offset": TEXT.index("🚢"), "length": 2,
                                                   "emojiId": "77"})
        self.assertEqual((told["text"]["sender"], told["text"]["senderId"]), ("Ben", str(self.ben.id)))

        def media(name, *fields):
            return tuple(told[name]["media"].get(field) for field in ("type", *fields))
        self.assertEqual(media("photo", "width", "height", "size"), ("photo", 800, 600, 40_000))
        self.assertEqual(told["photo"]["text"], "fog at the mole")
        self.assertEqual(media("video", "fileName", "mimeType", "duration", "width"),
                         ("video", "clip.mp4", "video/mp4", 12, 640))
        self.assertEqual(media("video_note", "duration", "width", "height"), ("video_note", 5, 240, 240))
        self.assertEqual(media("animation", "fileName", "width"), ("animation", "laugh.mp4", 100))
        self.assertEqual(media("audio", "fileName", "duration"), ("audio", "tide.mp3", 180))
        self.assertEqual(media("voice", "mimeType", "duration"), ("voice", "audio/ogg", 4))
        self.assertEqual(media("sticker", "width", "height"), ("sticker", 512, 400))
        self.assertEqual(media("document", "fileName", "mimeType", "size"),
                         ("document", "plan.pdf", "application/pdf", 12_345))
        for name in ("photo", "video", "video_note", "animation", "audio", "voice", "sticker", "document"):
            self.assertTrue(told[name]["media"]["uniqueId"], name)
        self.assertEqual(media("contact", "fileName"), ("contact", "Ilse Moor"))
        self.assertEqual(media("location"), ("location",))
        self.assertEqual(media("venue", "fileName"), ("location", "Pier 4 Mole"))
        self.assertEqual((media("dice"), told["dice"]["text"]), (("other",), "🎲"))
        self.assertEqual(told["poll"]["poll"]["question"], "When?")
        self.assertEqual([one["text"] for one in told["poll"]["poll"]["options"]], ["at six", "at nine"])
        self.assertEqual(told["preview"]["linkPreview"]["title"], "Gates open")
        self.assertEqual(told["preview"]["linkPreview"]["description"], "From six on.")
        self.assertEqual(told["forward"]["forward"]["channelId"], str(self.far.chat_id))
        self.assertEqual(told["forward"]["forward"]["messageId"], 5)
        self.assertEqual(told["forward"]["forward"]["name"], "Far Shore")
        self.assertEqual(told["reply"]["replyTo"], {"messageId": ids["text"], "text": "bold italic"})
        self.assertEqual((told["topic"]["service"], told["topic"]["text"]), ("topic_created", "Tides"))
        self.assertEqual(told["in_topic"]["topicId"], str(ids["topic"]))
        self.assertEqual(told["one"]["albumId"], told["two"]["albumId"])
        self.assertEqual((told["title"]["service"], told["title"]["text"]), ("edit_group_title", "Harbour Office"))
        self.assertEqual(told["joined"]["service"], "invite_members")

        # What no field holds is kept as TDLib told it.
        payloads = self.payloads()
        self.assertEqual({name for name, number in ids.items() if number in payloads},
                         {"contact", "location", "venue", "dice"})

        # A walk sees the same: nothing is an edit, nothing is gone.
        before = len(self.events("edited"))
        self.walked(2)
        self.walked(2)
        again = self.messages(self.group)
        self.assertEqual([(number, one["versions"]) for number, one in again.items() if one["versions"] != 1], [])
        self.assertEqual([number for number, one in again.items() if "deletedAt" in one], [])
        self.assertEqual(len(self.events("edited")), before)
        self.verified()

    def payloads(self):
        """message → whether its raw payload is kept."""
        with sqlite3.connect(pathlib.Path(self.gateway.data_dir) / "journal.db") as db:
            return {number for number, in db.execute("SELECT message FROM events WHERE raw IS NOT NULL AND peer = ?",
                                                     (self.group.chat_id,))}

    def test_edits_of_all_sorts(self):
        self.do(lambda world: world.post(self.group, "the first"))
        self.until_stored(self.group, [2])
        one, two = self.do(lambda world: world.album(self.group, ["first", "second"]))
        poll = self.do(lambda world: world.post(self.group, "", media=self.media.poll("When?", "at six", "at nine")))
        self.until_stored(self.group, [one, two, poll])

        def change(world):
            world.edit(self.group, two, "second, corrected")
            for votes in range(1, 30):
                kinds.vote(world, self.group, poll, [votes, 1], closed=votes == 29)
            kinds.react(world, self.group, one, **{"👍": 3})
        self.do(change)
        self.gateway.until(lambda: self.messages(self.group)[two]["text"] == "second, corrected", 30, "the edit")
        stored = self.messages(self.group)
        self.assertEqual((stored[one]["versions"], stored[two]["versions"]), (1, 2))
        self.assertEqual(stored[one]["albumId"], stored[two]["albumId"])
        # Thirty votes are no thirty events: the last one wins, and nothing is an edit.
        def votes():
            told = self.messages(self.group)[poll]["poll"]
            return told["closed"] and [one["voters"] for one in told["options"]] == [29, 1]
        self.walk(votes, "the votes")
        self.walk(lambda: self.messages(self.group)[one].get("reactions") == [{"emoji": "👍", "count": 3}], "the reaction")
        self.assertEqual(self.messages(self.group)[poll]["versions"], 1)
        counters = [event for event in self.events("counters") if event["id"] == poll]
        self.assertLessEqual(len(counters), 3)
        self.verified()

    def test_what_destroys_itself_is_not_kept(self):
        secret = self.do(lambda world: world.post(self.group, "look once", media={
            **world.photo(), "ttl_seconds": 10}))
        gone = self.do(lambda world: world.post(self.group, "", media={"_": "messageMediaPhoto", "ttl_seconds": 10}))
        stored = self.until_stored(self.group, [gone])
        self.assertEqual(stored[gone]["media"].get("absent"), "destroys_itself")
        self.assertEqual((stored[secret]["media"].get("absent"), stored[secret]["text"]), ("destroys_itself", ""))
        self.verified()
        for file in pathlib.Path(self.gateway.data_dir).glob("journal.db*"):
            self.assertEqual(file.read_bytes().count(b"look once"), 0, file)


if __name__ == "__main__":
    unittest.main()
