// What rows of the predecessor mean, whatever stands in them.

#include "legacy/detail/group.h"

#include <gtest/gtest.h>

#include "legacy/detail/failure_queue.h"
#include "support/temp_folder.h"

namespace tg::legacy::detail {
namespace {

constexpr auto kPosted = model::Time::seconds(1'750'000'000);

Row row(const char* text = "Hello") {
  Row made;
  made.place = "row 1";
  made.channel_id = "-1009000001000";
  made.message_id = "7";
  made.peer = -1'009'000'001'000;
  made.message = 7;
  made.text = text;
  made.status = "received";
  made.telegram_date = kPosted;
  made.received_at = made.created_at = model::Time::seconds(1'750'000'060);
  return made;
}

Group understood(std::vector<Row> rows) { return understand(rows, false); }

TEST(Channel, IsMarkedHoweverItWasWritten) {
  EXPECT_EQ(peer_of("-1009000001000"), -1'009'000'001'000);
  EXPECT_EQ(peer_of(" 9000001000 "), -1'009'000'001'000);
  EXPECT_EQ(peer_of("@name"), std::nullopt);
  EXPECT_EQ(peer_of(""), std::nullopt);
  EXPECT_EQ(peer_of("99999999999999999999"), std::nullopt);
}

TEST(Group, OfRowsThatDifferHasAllContentsAndTheEarliestDate) {
  auto later = row("Hello, mended");
  later.telegram_date = {};
  later.created_at = model::Time::seconds(1'750'086'400);

  const auto group = understood({row(), later});

  ASSERT_EQ(group.contents.size(), 2U);
  EXPECT_EQ(group.contents[0].message.text, "Hello");
  EXPECT_EQ(group.contents[1].message.text, "Hello, mended");
  EXPECT_EQ(group.contents[1].message.date, kPosted);
  EXPECT_FALSE(group.date_taken);
}

TEST(Group, WithoutADateIsOfItsArrival) {
  auto one = row();
  one.telegram_date = {};

  const auto group = understood({one});

  EXPECT_TRUE(group.date_taken);
  EXPECT_EQ(group.contents[0].message.date, one.received_at);
}

TEST(Group, IsDeletedWhenEveryRowIs) {
  auto deleted = row();
  deleted.deleted_at = model::Time::seconds(1'750'200'000);

  EXPECT_EQ(understood({deleted}).deleted_at, deleted.deleted_at);
  EXPECT_FALSE(understood({deleted, row()}).deleted_at);
}

TEST(Group, AMarkIsOfItsConsumerOrOfNobodyByName) {
  auto named = row();
  named.status = "published";
  named.metadata = R"({"processed_by":"tp-capital","processed_at":"2025-11-04T10:00:00.000Z"})";
  auto nameless = row();
  nameless.status = "published";
  nameless.published_at = model::Time::seconds(1'750'000'120);

  const auto group = understood({named, nameless});

  EXPECT_EQ(group.marks, (std::map<std::string, model::Time>{{"tp-capital", *model::parse_time("2025-11-04T10:00:00Z")},
                                                             {"predecessor", nameless.published_at}}));
  EXPECT_FALSE(group.pending);
  EXPECT_TRUE(understood({row()}).pending);
}

TEST(Group, MetadataThatIsNoObjectLeavesTheMessage) {
  for (const auto* metadata : {"[1,2]", "7", "\"words\"", "\"{torn\"", "{torn", "\"[1]\""}) {
    auto one = row();
    one.metadata = metadata;
    const auto group = understood({one});
    ASSERT_EQ(group.contents.size(), 1U) << metadata;
    EXPECT_EQ(group.contents[0].metadata, Json::bad) << metadata;
    EXPECT_EQ(group.contents[0].message.text, "Hello");
  }
}

TEST(Group, MetadataThatIsHostileIsNoFault) {
  for (const auto& metadata :
       {std::string(100'000, '['), std::string(R"({"linkPreview":{"url":["x"]},"replyTo":7,"views":-5,"fromId":{}})"),
        std::string(R"({"telegramDetails":"x","processed_by":9,"processed_at":[]})")}) {
    auto one = row();
    one.metadata = metadata;
    const auto group = understood({one});
    ASSERT_EQ(group.contents.size(), 1U);
    EXPECT_EQ(group.contents[0].message.counters.views, 0);
    EXPECT_FALSE(group.contents[0].message.link_preview);
  }
}

TEST(Group, JsonInAJsonStringIsReadAndCounted) {
  auto one = row();
  one.metadata = R"("{\"views\": 7}")";

  const auto group = understood({one});

  EXPECT_EQ(group.contents[0].metadata, Json::twice);
  EXPECT_EQ(group.contents[0].message.counters.views, 7);
}

TEST(Group, WhatIsNoMessageIsSetAsideWithItsReason) {
  auto no_channel = row();
  no_channel.channel_id = "@name";
  no_channel.peer = {};
  auto of_a_group = row();
  of_a_group.peer = -4711;
  auto too_large = row();
  too_large.message = 3'000'000'000;

  for (const auto& one : {no_channel, of_a_group, too_large}) {
    const auto group = understood({one});
    EXPECT_TRUE(group.contents.empty());
    ASSERT_EQ(group.set_aside.size(), 1U);
    EXPECT_EQ(group.set_aside[0].place, "predecessor: row 1");
    EXPECT_FALSE(group.set_aside[0].reason.empty());
  }
}

TEST(FailureQueue, GivesEachLineAndWhatIsTornHasNoChannel) {
  const test::TempFolder folder;
  folder.write("queue.jsonl",
               "{\"channelId\":-1009000001000,\"messageId\":\"9\",\"text\":\"Late\",\"timestamp\":"
               "\"2025-11-03T02:40:00.000Z\"}\n\n  \r\n{torn\n" +
                   std::string(2 << 20, 'x') + "\n{\"channelId\":\"-1009000001000\",\"messageId\":10}");
  auto queue = FailureQueue::open(folder.path() / "queue.jsonl");
  ASSERT_TRUE(queue);

  std::vector<Row> rows;
  while (auto one = queue->next()) rows.push_back(std::move(*one));

  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].peer, -1'009'000'001'000);
  EXPECT_EQ(rows[0].message, 9);
  EXPECT_EQ(rows[0].telegram_date, *model::parse_time("2025-11-03T02:40:00Z"));
  EXPECT_FALSE(rows[1].peer);
  EXPECT_EQ(rows[1].place, "queue.jsonl line 4");
  EXPECT_FALSE(rows[2].peer);
  EXPECT_EQ(rows[3].message, 10);
}

}  // namespace
}  // namespace tg::legacy::detail
