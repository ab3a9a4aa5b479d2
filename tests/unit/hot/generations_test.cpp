#include "hot/generations.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/temp_folder.h"

namespace tg::hot {
namespace {

constexpr model::ChatId kOne{-1001000000001}, kOther{-1001000000002};

class GenerationsTest : public testing::Test {
 protected:
  test::TempFolder folder;
  std::unique_ptr<journal::Journal> journal =
      std::move(*journal::Journal::open(folder.path(), journal::Access::write, {.disk_reserve_bytes = 0}));
};

TEST_F(GenerationsTest, ACommitTouchesItsChatAndTheWhole) {
  Generations generations(*journal);
  const auto one = generations.of(kOne), other = generations.of(kOther), all = generations.all();
  model::Event event;
  event.key = {{}, kOne, model::MessageId{1}};

  journal->announce({event});

  EXPECT_NE(generations.of(kOne), one);
  EXPECT_EQ(generations.of(kOther), other);
  EXPECT_NE(generations.all(), all);
}

TEST_F(GenerationsTest, ACommitWithoutEventsLeavesAllAsItWas) {
  Generations generations(*journal);
  const auto one = generations.of(kOne), all = generations.all();

  journal->announce({});

  EXPECT_EQ(generations.of(kOne), one);
  EXPECT_EQ(generations.all(), all);
}

TEST_F(GenerationsTest, ChangesByManyHandsAreAllCounted) {
  Generations generations(*journal);
  const auto one = generations.of(kOne), all = generations.all();

  std::vector<std::thread> hands;
  for (int i = 0; i < 4; ++i) {
    hands.emplace_back([&] {
      for (int change = 0; change < 1'000; ++change) generations.bump(kOne);
    });
  }
  for (auto& hand : hands) hand.join();

  EXPECT_EQ(generations.of(kOne) - one, 4'000u);
  EXPECT_EQ(generations.all() - all, 4'000u);
}

TEST_F(GenerationsTest, OneThatIsGoneIsNotCalledAnyMore) {
  { const Generations gone(*journal); }
  Generations generations(*journal);
  model::Event event;
  event.key = {{}, kOne, model::MessageId{1}};

  journal->announce({event});

  EXPECT_EQ(generations.of(kOne), 1u);
}

TEST_F(GenerationsTest, WhatTouchesEveryChatMakesAllOlder) {
  Generations generations(*journal);
  const auto one = generations.of(kOne), other = generations.of(kOther), all = generations.all();

  generations.bump_all();

  EXPECT_NE(generations.of(kOne), one);
  EXPECT_NE(generations.of(kOther), other);
  EXPECT_NE(generations.all(), all);
}

}  // namespace
}  // namespace tg::hot
