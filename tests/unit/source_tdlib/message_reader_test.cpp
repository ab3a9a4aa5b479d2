#include "source/tdlib/detail/message_reader.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace tg::tdlib {
namespace {

constexpr std::int64_t kAccount = 5'000'001;

Names names() {
  Names known;
  known.learn_chat(model::ChatId{-1001234}, "Harbour News");
  known.learn_user(
      boost::json::parse(R"({"id":77,"first_name":"Ada","last_name":"L","usernames":{"active_usernames":["ada"]}})")
          .as_object());
  return known;
}

std::optional<Read> read(const std::string& json) {
  return read_message(boost::json::parse(json).as_object(), names(), kAccount);
}

TEST(MessageReader, ReadsAPostWithWhatSurroundsIt) {
  const auto post = read(R"({"id":9437184,"chat_id":-1000000001234,"date":1700000000,"edit_date":1700000100,
    "sender_id":{"@type":"messageSenderUser","user_id":77},"author_signature":"desk","media_album_id":"42",
    "topic_id":{"@type":"messageTopicForum","forum_topic_id":3},"via_bot_user_id":77,
    "reply_to":{"@type":"messageReplyToMessage","chat_id":-1000000001234,"message_id":8388608,
      "quote":{"text":{"text":"earlier"}}},
    "forward_info":{"origin":{"@type":"messageOriginHiddenUser","sender_name":"someone"},"date":1600000000},
    "interaction_info":{"view_count":5,"forward_count":2,"reactions":{"reactions":[
      {"type":{"@type":"reactionTypeEmoji","emoji":"👍"},"total_count":3}]}},
    "content":{"@type":"messageText","text":{"text":"gold up","entities":[
      {"offset":0,"length":4,"type":{"@type":"textEntityTypeTextUrl","url":"https://example.org"}}]}}})");

  ASSERT_TRUE(post);
  const auto& m = post->message;
  EXPECT_EQ(m.key, (model::MessageKey{{}, model::ChatId{-1'000'000'001'234}, model::MessageId{9}}));
  EXPECT_EQ(m.edit_date, model::Time::seconds(1'700'000'100));
  EXPECT_EQ(m.sender, "Ada L");
  EXPECT_EQ(m.signature, "desk");
  EXPECT_EQ(m.album, "42");
  EXPECT_EQ(m.topic, model::MessageId{3});
  EXPECT_EQ(m.via_bot, "@ada");
  EXPECT_EQ(m.reply, (model::Reply{model::MessageId{8}, {}, "earlier", ""}));
  EXPECT_EQ(m.forward->name, "someone");
  EXPECT_EQ(m.counters.views, 5);
  EXPECT_EQ(m.counters.reactions, (std::vector<model::Reaction>{{"👍", 3}}));
  EXPECT_EQ(m.text, "gold up");
  EXPECT_EQ(m.entities, (std::vector<model::Entity>{{model::EntityType::text_link, 0, 4, "https://example.org"}}));
}

TEST(MessageReader, AGroupsMessagesAreNumberedByTheAccount) {
  const auto one =
      read(R"({"id":1048576,"chat_id":-50,"date":1,"content":{"@type":"messageText","text":{"text":"x"}}})");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->message.key.scope, model::Scope{kAccount});
}

TEST(MessageReader, WhatHasNoServerIdIsNoMessage) {
  EXPECT_FALSE(read(R"({"id":1048577,"chat_id":-50,"content":{"@type":"messageText"}})"));
  EXPECT_FALSE(read(R"({"chat_id":-50})"));
}

TEST(MessageReader, TheLargestSizeOfAPhotoNamesItsFile) {
  const auto photo = read(R"({"id":1048576,"chat_id":-1000000001234,"content":{"@type":"messagePhoto",
    "caption":{"text":"look"},"photo":{"minithumbnail":{"data":"AAA="},"sizes":[
      {"width":90,"height":60,"photo":{"size":10,"remote":{"unique_id":"small"}}},
      {"width":900,"height":600,"photo":{"size":0,"expected_size":99,"remote":{"unique_id":"large"}}}]}}})");
  ASSERT_TRUE(photo);
  const auto& media = photo->message.media;
  EXPECT_EQ(media.unique_id, "large");
  EXPECT_EQ(media.size, 99);
  EXPECT_EQ(media.width, 900);
  EXPECT_EQ(media.miniature, "AAA=");
  EXPECT_EQ(photo->message.text, "look");
}

TEST(MessageReader, WhatDestroysItselfIsNotKept) {
  const auto secret = read(R"({"id":1048576,"chat_id":50,"self_destruct_type":{"@type":"messageSelfDestructTypeTimer"},
    "content":{"@type":"messageText","text":{"text":"for a minute"}}})");
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->message.text, "");
  EXPECT_EQ(secret->message.media.absent, "destroys_itself");
}

TEST(MessageReader, WhatNoFieldHoldsIsKeptWholeWithoutWhatChangesByItself) {
  const auto venue =
      read(R"({"id":1048576,"chat_id":-50,"content":{"@type":"messageVenue","venue":{"title":"Pier","address":"4",
    "location":{"latitude":1.5}},"expires_in":7}})");
  ASSERT_TRUE(venue);
  EXPECT_EQ(venue->message.media.file_name, "Pier 4");
  EXPECT_NE(venue->message.raw.find("latitude"), std::string::npos);
  EXPECT_EQ(venue->message.raw.find("expires_in"), std::string::npos);
}

TEST(MessageReader, WhatIsKeptWholeIsTheSameForEveryAccount) {
  const auto told = [](const std::string& file) {
    return read(R"({"id":1048576,"chat_id":-50,"content":{"@type":"messageInvoice","paid_media_caption":{"text":"x"},
      "photo":{"sizes":[{"photo":{"@type":"file","id":)" +
                file + R"(,"size":9,"local":{},"remote":{"@type":"remoteFile","id":"r)" + file +
                R"(","unique_id":"u"}}}]}}})");
  };
  ASSERT_TRUE(told("5"));
  EXPECT_EQ(told("5")->message.raw, told("17")->message.raw);
  EXPECT_NE(told("5")->message.raw.find(R"("unique_id":"u")"), std::string::npos);

  const auto dice = [](const std::string& state) {
    return read(R"({"id":1048576,"chat_id":-50,"content":{"@type":"messageDice","emoji":"🎲","value":5)" + state + "}}");
  };
  EXPECT_EQ(dice("")->message.raw, dice(R"(,"final_state":{"@type":"diceStickersRegular"})")->message.raw);
  EXPECT_NE(dice("")->message.raw.find(R"("value":5)"), std::string::npos);
}

TEST(MessageReader, AGroupThatBecameASupergroupNamesIt) {
  const auto old =
      read(R"({"id":1048576,"chat_id":-50,"content":{"@type":"messageChatUpgradeTo","supergroup_id":1234}})");
  ASSERT_TRUE(old);
  EXPECT_EQ(old->message.service, "migrate_to_supergroup");
  EXPECT_EQ(old->migrated_to, model::ChatId{-1'000'000'001'234});
}

TEST(MessageReader, HostileJsonIsNoMessageOrAnEmptyOne) {
  for (const auto* json :
       {R"({"id":"1048576","chat_id":[]})", R"({"id":1048576,"chat_id":-50,"content":7})",
        R"({"id":1048576,"chat_id":-50,"reply_to":[],"content":{"@type":5,"text":{"entities":[1,{}]}}})"}) {
    const auto one = read(json);
    EXPECT_TRUE(!one || one->message.text.empty());
  }
}

}  // namespace
}  // namespace tg::tdlib
