#include "source/tdlib/history_holds.h"

#include <gtest/gtest.h>

#include <thread>

#include "journal/coverage.h"
#include "journal/held_histories.h"
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

  // Promised from message 1 to 50 on, and proven from 20 on.
  void begin(model::ChatId chat, model::Scope scope = {}) {
    pipeline::ChatSeen seen;
    seen.from = {model::SourceKind::tdlib, model::Origin::backfill, 1, model::Time::now()};
    seen.peer = chat;
    seen.scope = scope;
    seen.start = model::MessageId{1};
    seen.newest = model::MessageId{50};
    ASSERT_TRUE(intake.push(seen));
    ASSERT_TRUE(intake.flush());
    prove(chat, scope, {20, 50});
  }
  void end(model::ChatId chat, model::Scope scope = {}) { prove(chat, scope, {1, 19}); }
  void prove(model::ChatId chat, model::Scope scope, journal::Range range) {
    ASSERT_TRUE(intake.write(
        [=](journal::Connection& db) { return journal::add_proof(db, chat, scope, 1, range, 0, model::Time::now()); }));
  }
  model::Time after_a_restart(model::ChatId chat) {
    HistoryHolds others(*journal, intake);
    EXPECT_TRUE(others.load());
    return others.since(chat);
  }
};

TEST_F(Holds, OneThatIsHeldIsSoAfterARestartSinceTheSameTime) {
  begin(kHeld);
  ASSERT_TRUE(holds.hold(kHeld));

  EXPECT_TRUE(holds.since(kHeld));
  EXPECT_EQ(after_a_restart(kHeld), holds.since(kHeld));
  EXPECT_FALSE(holds.since(kFree));
  EXPECT_FALSE(after_a_restart(kFree));
}

TEST_F(Holds, OneThatIsHeldTwiceIsSoSinceTheFirstTime) {
  begin(kHeld);
  ASSERT_TRUE(holds.hold(kHeld));
  const auto since = holds.since(kHeld);
  const auto before = model::Time::now();
  while (model::Time::now() == before) std::this_thread::yield();

  ASSERT_TRUE(holds.hold(kHeld));

  EXPECT_EQ(holds.since(kHeld), since);
  EXPECT_EQ(after_a_restart(kHeld), since);
}

TEST_F(Holds, OneThatIsLetGoIsFreeAfterARestartToo) {
  begin(kHeld);
  begin(kFree);
  ASSERT_TRUE(holds.hold(kHeld));
  ASSERT_TRUE(holds.hold(kFree));

  ASSERT_TRUE(holds.let_go(kHeld));

  EXPECT_FALSE(holds.since(kHeld));
  EXPECT_FALSE(after_a_restart(kHeld));
  EXPECT_TRUE(after_a_restart(kFree));
}

TEST_F(Holds, OnlyWhatIsPromisedAndNotProvenDownToItsBeginningCanBeHeldOrLetGo) {
  EXPECT_FALSE(holds.hold(kHeld).value());
  EXPECT_FALSE(holds.let_go(kHeld).value());
  begin(kHeld);

  EXPECT_TRUE(holds.let_go(kHeld).value());
  EXPECT_TRUE(holds.hold(kHeld).value());
  EXPECT_FALSE(holds.hold(kFree).value());
  EXPECT_TRUE(holds.let_go(kHeld).value());
  end(kHeld);
  EXPECT_FALSE(holds.hold(kHeld).value());
  EXPECT_FALSE(after_a_restart(kHeld));
}

TEST_F(Holds, OneThatEndsWhileItIsHeldIsLetGo) {
  begin(kHeld);
  ASSERT_TRUE(holds.hold(kHeld).value());
  EXPECT_FALSE(holds.ended(kHeld).value());
  EXPECT_TRUE(holds.since(kHeld)) << "it has not ended";

  end(kHeld);
  EXPECT_TRUE(holds.ended(kHeld).value());
  EXPECT_FALSE(holds.ended(kHeld).value()) << "it was let go before";

  EXPECT_FALSE(holds.since(kHeld));
  EXPECT_FALSE(after_a_restart(kHeld));
}

TEST_F(Holds, OneThatHadEndedWhileItWasHeldIsLetGoAtAStart) {
  begin(kHeld);
  begin(kFree);
  ASSERT_TRUE(holds.hold(kHeld));
  ASSERT_TRUE(holds.hold(kFree));
  end(kHeld);

  EXPECT_FALSE(after_a_restart(kHeld));

  const auto db = journal->read().value();
  const auto left = journal::held_histories(*db).value();
  EXPECT_FALSE(left.contains(kHeld));
  EXPECT_TRUE(left.contains(kFree));
}

TEST_F(Holds, OfABasicGroupTheNumberingOfEveryAccountCounts) {
  constexpr model::ChatId kGroup{-42};
  constexpr model::Scope kOne{777000001}, kOther{777000002};
  begin(kGroup, kOne);
  begin(kGroup, kOther);
  ASSERT_TRUE(holds.hold(kGroup).value());

  end(kGroup, kOne);
  EXPECT_FALSE(holds.ended(kGroup).value());
  EXPECT_TRUE(holds.since(kGroup)) << "the other account still walks it";
  end(kGroup, kOther);
  EXPECT_TRUE(holds.ended(kGroup).value());
  EXPECT_FALSE(holds.since(kGroup));
}

}  // namespace
}  // namespace tg::tdlib
