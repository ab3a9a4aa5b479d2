#include "sink/redis/detail/commands.h"

#include <gtest/gtest.h>

#include "sink/redis/keys.h"

namespace tg::redis {
namespace {

constexpr model::ChatId kNews{-1001000000001};
constexpr model::Time kNow{1'700'000'000'000'000};
constexpr std::chrono::hours kHour{1};

model::Event event(std::int64_t seq, std::int64_t id, model::Kind kind = model::Kind::created) {
  model::Event made;
  made.seq = model::Seq{seq};
  made.key = {{}, kNews, model::MessageId{id}};
  made.kind = kind;
  made.recorded_at = kNow;
  made.message = R"({"peer":-1001000000001,"text":"hello"})";
  return made;
}

model::Time before_now(std::int64_t seconds) { return {kNow.us - seconds * 1'000'000}; }

const Command* find(const std::vector<Command>& commands, std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(), [&](const auto& one) { return one[0] == name; });
  return found == commands.end() ? nullptr : &*found;
}

TEST(Commands, AMessageStaysForTheTtlAfterItsArrival) {
  const auto made = event(7, 42);

  const auto commands = commands_for(std::vector<Change>{{&made, before_now(600)}}, kNow, kHour);

  const auto* set = find(commands, "SET");
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(*set, (Command{"SET", "telegram:msg:-1001000000001:42", model::to_json(made), "PX", "3000000"}));
  EXPECT_EQ(*find(commands, "ZADD"),
            (Command{"ZADD", "telegram:channel:-1001000000001:recent", "1699999400000", "-1001000000001:42"}));
}

TEST(Commands, WhatExpiredIsNotSentAgain) {
  const auto made = event(7, 42);

  const auto commands = commands_for(std::vector<Change>{{&made, before_now(3'600)}}, kNow, kHour);

  EXPECT_EQ(find(commands, "SET"), nullptr);
  EXPECT_EQ(find(commands, "ZADD"), nullptr);
}

TEST(Commands, AClockThatStoodAheadProlongsNothing) {
  const auto made = event(7, 42);

  const auto commands = commands_for(std::vector<Change>{{&made, before_now(-100)}}, kNow, kHour);

  EXPECT_EQ(find(commands, "SET")->back(), "3600000");
}

TEST(Commands, OnlyTheNewestStateOfAMessageGoes) {
  const auto first = event(7, 42);
  const auto second = event(8, 42, model::Kind::edited);

  const auto commands = commands_for(std::vector<Change>{{&first, kNow}, {&second, kNow}}, kNow, kHour);

  const auto sets = std::count_if(commands.begin(), commands.end(), [](const auto& one) { return one[0] == "SET"; });
  EXPECT_EQ(sets, 1);
  EXPECT_EQ(seq_of_state((*find(commands, "SET"))[2]), model::Seq{8});
}

TEST(Commands, ADeletedMessageSaysSoAndLeavesRecent) {
  const auto gone = event(9, 42, model::Kind::deleted);

  const auto commands = commands_for(std::vector<Change>{{&gone, kNow}}, kNow, kHour);

  EXPECT_NE((*find(commands, "SET"))[2].find(R"("kind":"deleted")"), std::string::npos);
  EXPECT_EQ(*find(commands, "ZREM"), (Command{"ZREM", "telegram:channel:-1001000000001:recent", "-1001000000001:42"}));
  EXPECT_EQ(find(commands, "ZADD"), nullptr);
}

TEST(Commands, AChannelIsTrimmedAndExpiresAsAWhole) {
  const auto first = event(7, 42);
  const auto second = event(8, 43);

  const auto commands = commands_for(std::vector<Change>{{&first, kNow}, {&second, kNow}}, kNow, kHour);

  ASSERT_EQ(commands.size(), 5U);
  EXPECT_EQ(commands[2].size(), 6U);  // one ZADD for both
  EXPECT_EQ(commands[3],
            (Command{"ZREMRANGEBYSCORE", "telegram:channel:-1001000000001:recent", "-inf", "1699996400000"}));
  EXPECT_EQ(commands[4], (Command{"PEXPIRE", "telegram:channel:-1001000000001:recent", "3600000"}));
}

TEST(Commands, TheSeqOfAStateIsInItsFirstBytes) {
  const auto json = model::to_json(event(9'007'199'254'740'991, 42));
  const auto last = model::parse_int(kBytesWithSeq);

  EXPECT_EQ(seq_of_state(std::string_view(json).substr(0, static_cast<std::size_t>(*last) + 1)),
            model::Seq{9'007'199'254'740'991});
  EXPECT_EQ(seq_of_state(""), model::Seq{});
  EXPECT_EQ(seq_of_state("not ours"), model::Seq{});
}

TEST(Keys, AMessageOutsideChannelsHasItsAccountBehind) {
  EXPECT_EQ(message_key({model::Scope{77}, model::ChatId{5}, model::MessageId{1}}), "telegram:msg:5:1:77");
}

// Names of consumers come from outside.
TEST(Keys, NoTwoConsumersShareADedupKey) {
  const auto one = dedup_key("a", {model::Scope{3}, model::ChatId{1}, model::MessageId{2}});
  const auto other = dedup_key("a:1", {{}, model::ChatId{2}, model::MessageId{3}});

  EXPECT_EQ(one, "telegram:dedup:a:1:2:3");
  EXPECT_NE(one, other);
  EXPECT_NE(dedup_key("a:b", {}), dedup_key("a%3Ab", {}));
}

}  // namespace
}  // namespace tg::redis
