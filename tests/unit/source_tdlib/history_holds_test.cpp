#include "source/tdlib/history_holds.h"

#include <gtest/gtest.h>

#include <thread>

#include "journal/coverage.h"
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

TEST_F(Holds, OneIsBegunFromItsPromiseUntilItIsProvenDownToItsBeginning) {
  const auto prove = [&](std::int64_t first, std::int64_t last) {
    return intake.write([=](journal::Connection& db) {
      return journal::add_proof(db, kHeld, model::Scope{}, 1, {first, last}, 0, model::Time::now());
    });
  };
  ASSERT_FALSE(holds.is_begun(kHeld).value());
  pipeline::ChatSeen seen;
  seen.from = {model::SourceKind::tdlib, model::Origin::backfill, 1, model::Time::now()};
  seen.peer = kHeld;
  seen.start = model::MessageId{1};
  seen.newest = model::MessageId{50};
  ASSERT_TRUE(intake.push(seen));
  ASSERT_TRUE(intake.flush());
  ASSERT_TRUE(prove(20, 50));

  EXPECT_TRUE(holds.is_begun(kHeld).value());
  EXPECT_FALSE(holds.is_begun(kFree).value());
  ASSERT_TRUE(prove(1, 19));
  EXPECT_FALSE(holds.is_begun(kHeld).value());
  ASSERT_TRUE(holds.hold(kHeld));
  EXPECT_TRUE(holds.is_begun(kHeld).value());
}

}  // namespace
}  // namespace tg::tdlib
