#include <gtest/gtest.h>

#include "journal/journal.h"
#include "support/temp_folder.h"

namespace tg::journal {
namespace {

TEST(Room, WhatIsToComeCountsAgainstTheJournalsLimitToo) {
  const test::TempFolder folder;
  const auto journal =
      Journal::open(folder.path(), Access::write, {.max_bytes = 100 << 20, .disk_reserve_bytes = 0}).value();
  const auto left = (100 << 20) - journal->bytes();

  EXPECT_TRUE(journal->room());
  EXPECT_TRUE(journal->room(left));
  const auto refused = journal->room(left + 1);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::out_of_space);
  EXPECT_NE(refused.error().what.find("at most 100 MB by journal.max_bytes, 99 MB are needed"), std::string::npos)
      << refused.error().what;
}

TEST(Room, ItsWordsDoNotTellWhereTheDataLies) {
  const test::TempFolder folder;
  const auto journal = Journal::open(folder.path(), Access::write, {.disk_reserve_bytes = 1LL << 60}).value();

  const auto refused = journal->room();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().to_string().find(folder.path().string()), std::string::npos) << refused.error().what;
}

}  // namespace
}  // namespace tg::journal
