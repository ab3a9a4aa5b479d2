#include "hot/generations.h"

#include <gtest/gtest.h>

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
