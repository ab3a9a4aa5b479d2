#include "source/tdlib/history_holds.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/temp_folder.h"

namespace tg::tdlib {
namespace {

constexpr model::ChatId kHeld{-1001000000001}, kFree{-1001000000002};

struct Holds : testing::Test {
  test::TempFolder folder;
  std::unique_ptr<journal::Journal> journal =
      std::move(journal::Journal::open(folder / "journal", journal::Access::write).value());
  observe::Metrics metrics;
  pipeline::Intake intake{*journal, metrics, {}};
  HistoryHolds holds{*journal, intake};

  model::Time after_a_restart(model::ChatId chat) {
    HistoryHolds others(*journal, intake);
    EXPECT_TRUE(others.load());
    return others.since(chat);
  }
};

TEST_F(Holds, OneThatIsHeldIsSoAfterARestartSinceTheSameTime) {
  ASSERT_TRUE(holds.hold(kHeld));

  EXPECT_TRUE(holds.since(kHeld));
  EXPECT_EQ(after_a_restart(kHeld), holds.since(kHeld));
  EXPECT_FALSE(holds.since(kFree));
  EXPECT_FALSE(after_a_restart(kFree));
}

TEST_F(Holds, OneThatIsHeldTwiceIsSoSinceTheFirstTime) {
  ASSERT_TRUE(holds.hold(kHeld));
  const auto since = holds.since(kHeld);
  const auto before = model::Time::now();
  while (model::Time::now() == before) std::this_thread::yield();

  ASSERT_TRUE(holds.hold(kHeld));

  EXPECT_EQ(holds.since(kHeld), since);
  EXPECT_EQ(after_a_restart(kHeld), since);
}

TEST_F(Holds, OneThatIsLetGoIsFreeAfterARestartToo) {
  ASSERT_TRUE(holds.hold(kHeld));
  ASSERT_TRUE(holds.hold(kFree));

  ASSERT_TRUE(holds.let_go(kHeld));

  EXPECT_FALSE(holds.since(kHeld));
  EXPECT_FALSE(after_a_restart(kHeld));
  EXPECT_TRUE(after_a_restart(kFree));
}

}  // namespace
}  // namespace tg::tdlib
