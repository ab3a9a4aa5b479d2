#include "model/message_json.h"

#include <gtest/gtest.h>

#include "model/event.h"

namespace tg::model {
namespace {

Message full_message() {
  Message m;
  m.key = {Scope{5}, ChatId{-1001}, MessageId{7}};
  m.date = Time{1'700'000'000'000'000};
  m.edit_date = Time::seconds(1'700'000'100);
  m.chat_title = "Mesa \"Norte\"";
  m.sender = "Ana";
  m.sender_id = 42;
  m.signature = "A.";
  m.text = "línea\n\x01 ✅ \\";
  m.entities = {{EntityType::text_link, 0, 5, "https://example.org"}, {EntityType::bold, 2, 1, ""}};
  m.media.type = MediaType::photo;
  m.media.unique_id = "u";
  m.media.size = 10;
  m.media.miniature = "AAAA";
  m.album = "9";
  m.topic = MessageId{3};
  m.reply = Reply{MessageId{6}, ChatId{-1002}, "quote", "Bia"};
  m.forward = Forward{"Desk", ChatId{-1003}, MessageId{1}, Time{5}};
  m.link_preview = LinkPreview{"https://a", "t", "d", "s", "a", "i", "generic"};
  m.poll = Poll{"?", {{"yes", 2}, {"no", 0}}, 2, true};
  m.via_bot = "gif";
  m.counters = {3, 2, {{"👍", 1}}, Votes{Time{7}, {2, 0}, 2, true}};
  m.sanitised = true;
  return m;
}

TEST(MessageJson, ReadsWhatItWrites) {
  const Message m = full_message();

  const auto read = message_from_json(to_json(m));

  ASSERT_TRUE(read);
  EXPECT_EQ(*read, m);
  EXPECT_EQ(to_json(*read), to_json(m));
}

TEST(MessageJson, IgnoresWhatItDoesNotKnow) {
  const auto read = message_from_json(R"({"peer":-1001,"id":7,"text":"a","later":{"x":[1]},"media":"not an object"})");

  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, "a");
}

TEST(MessageJson, WhatIsNoObjectIsAnError) {
  EXPECT_FALSE(message_from_json("[1]"));
  EXPECT_FALSE(message_from_json("{\"text\":"));
}

TEST(EventJson, HasItsKeyAndMessage) {
  Event event;
  event.seq = Seq{12};
  event.key = {{}, ChatId{-1001}, MessageId{7}};
  event.kind = Kind::edited;
  event.edit_date = Time::seconds(9);
  event.n = 1;
  event.message = R"({"text":"a"})";

  const auto json = boost::json::parse(to_json(event)).as_object();

  EXPECT_EQ(json.at("v"), 1);
  EXPECT_EQ(json.at("key"), "0:-1001:7:edited:9:1");
  EXPECT_EQ(json.at("message").at("text"), "a");
}

}  // namespace
}  // namespace tg::model
