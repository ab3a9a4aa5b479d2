#!/usr/bin/env python3
"""What the topics of a forum are called.

TG_BINARY names the program.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram import topics  # noqa: E402
from telegram.case import Case  # noqa: E402


class TopicsTest(Case):
    def setUp(self):
        super().setUp()
        self.talk = self.server.world.channel("Harbour Talk", self.ada, megagroup=True, forum=True)

    def titles(self):
        """id → title, as the channel's row has it."""
        rows = self.gateway.get("/api/telegram-gateway/channels?px=1")[1]["data"]
        row = next((one for one in rows if one["channelId"] == str(self.talk.chat_id)), {})
        return {int(one["id"]): one["title"] for one in row.get("topics", [])}

    def said(self, world, text, topic, **more):
        return world.post(self.talk, text, reply_to=topics.within(topic), **more,
                          from_id={"_": "peerUser", "user_id": self.ada.id})

    def topic_of(self, number):
        page = self.gateway.get(f"/api/messages?channelId={self.talk.chat_id}&limit=1000")[1]["data"]
        message = next((one for one in page if one["messageId"] == number), {})
        return message.get("topicId"), message.get("topicTitle")

    def test_topics_that_were_there_before_are_listed_by_the_server(self):
        # Telegram's search leaves out service messages here: no walk shows the messages that made them.
        old = self.do(lambda world: [topics.create(world, self.talk, f"Topic {n}", told=False) for n in range(120)])
        number = self.do(lambda world: self.said(world, "low at noon", old[3], told=False))
        self.gateway.sign_in(self.ada)
        self.gateway.add(self.talk)

        expected = {topic: f"Topic {n}" for n, topic in enumerate(old)}
        self.gateway.until(lambda: self.titles() == expected, 30, "the titles of two pages")
        self.gateway.until(lambda: self.topic_of(number) == (str(old[3]), "Topic 3"), 10, "the topic of the message")

        asked = self.server.calls["messages.getForumTopics"]
        self.assertEqual(asked, 2)
        walked = self.server.calls["messages.search"]
        self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})
        self.gateway.until(lambda: self.server.calls["messages.search"] > walked, 30, "another walk")
        self.do(lambda world: self.said(world, "after it", old[3]))
        self.until_equal(self.talk)
        self.assertEqual(self.server.calls["messages.getForumTopics"], asked)

    def test_a_topic_that_is_made_and_renamed(self):
        self.gateway.sign_in(self.ada)
        self.capture(self.talk)
        topic = self.do(lambda world: topics.create(world, self.talk, "Tides"))
        number = self.do(lambda world: self.said(world, "low at noon", topic))
        self.gateway.until(lambda: self.topic_of(number) == (str(topic), "Tides"), 10, "the title")

        self.do(lambda world: topics.rename(world, self.talk, topic, "High <water>"))

        self.gateway.until(lambda: self.topic_of(number) == (str(topic), "High <water>"), 10, "the new title")
        self.assertEqual(self.titles(), {topic: "High <water>"})

        self.assertEqual(self.gateway.stop(), 0)
        self.do(lambda world: topics.rename(world, self.talk, topic, "Ebb", told=False))
        self.gateway.start()
        self.gateway.until(lambda: self.titles() == {topic: "Ebb"}, 30, "the title of meanwhile")

    def test_a_bot_asks_for_nothing(self):
        helper = self.server.world.person("Helper", bot_token="7:abc")
        self.do(lambda _: self.talk.members.add(helper))
        self.gateway.post("/api/telegram-gateway/auth/start", {"method": "bot", "token": "7:abc"})
        self.gateway.stage("ready")
        self.gateway.add(self.talk)

        topic = self.do(lambda world: topics.create(world, self.talk, "Tides"))

        self.gateway.until(lambda: self.titles() == {topic: "Tides"}, 30, "the title")
        self.assertEqual(self.server.calls["messages.getForumTopics"], 0)


if __name__ == "__main__":
    unittest.main()
