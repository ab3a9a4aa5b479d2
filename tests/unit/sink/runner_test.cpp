// A destination is fed in order and at least once, whatever becomes of it or of the program.

#include "house.h"

namespace tg::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto kQuick = std::chrono::seconds(3);  // far less than what is waited for otherwise

struct Runner : testing::Test {
  House house;
  Receiver receiver;

  bool health_is(observe::State state) {
    const auto told = house.health.dependencies();  // of nobody, until the runner has told it for the first time
    return !told.empty() && told.front().state == state;
  }
};

TEST_F(Runner, DeliversInOrderWhatComesWhileItRuns) {
  house.post(3);
  const auto runner = house.run(receiver);

  const auto news = house.post(1'200);

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), news) << "what was there before it is no news";
}

TEST_F(Runner, DeliversEverythingWhereThatIsAsked) {
  const auto before = house.post(700);

  const auto runner = house.run(receiver, House::from_oldest());

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), before);
}

TEST_F(Runner, PassesOverWhatTheSinkDoesNotWant) {
  receiver.wanted_messages = {2, 5};
  const auto runner = house.run(receiver);

  const auto news = house.post(6);

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), (std::vector{news[1], news[4]}));
}

TEST_F(Runner, GoesOnBehindTheLastThatIsDone) {
  receiver.most = 7;
  const auto runner = house.run(receiver, House::from_oldest());

  const auto news = house.post(50);

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), news) << "half a delivery is neither repeated nor lost";
  EXPECT_EQ(runner->state().last_error, "only so many");
}

TEST_F(Runner, TroubleIsSaidAndOver) {
  receiver.trouble = Error{Code::unavailable, "it is full", ""};
  const auto runner = house.run(receiver);
  const auto news = house.post(5);
  ASSERT_TRUE(house.until([&] { return runner->state().last_error == "it is full"; }));

  EXPECT_FALSE(runner->state().up);
  EXPECT_TRUE(house.until([&] { return health_is(observe::State::down); }));
  EXPECT_TRUE(receiver.got().empty());
  receiver.set([](Receiver& r) { r.trouble.reset(); });

  ASSERT_TRUE(house.all_there(*runner));
  ASSERT_TRUE(house.until([&] { return runner->state().up; }));
  EXPECT_EQ(receiver.got(), news);
  EXPECT_TRUE(house.until([&] { return health_is(observe::State::ok); }));
  EXPECT_EQ(runner->state().last_error, "it is full") << "stays for people";
  EXPECT_FALSE(runner->state().next_try_at);
}

TEST_F(Runner, FallsBehindInTheMetricsWhileItIsNotReached) {
  receiver.trouble = Error{Code::unavailable, "it is full", ""};
  house.post(2);
  const auto runner = house.run(receiver, House::from_oldest());
  const auto lag = [&] { return house.metrics.reader_lag_events(runner->name()).Value(); };

  EXPECT_TRUE(house.until([&] { return lag() == 2; }));
  house.post(5);
  EXPECT_TRUE(house.until([&] { return lag() == 7; }));
}

TEST_F(Runner, IsAsFarBehindAsBeforeWhereItIsNotReachedAfterARestart) {
  const auto news = house.post(5);
  ASSERT_TRUE(house.intake->write([&](journal::Connection& db) {
    return journal::advance(db, house.journal->id(), "memory", model::Seq{news[2]}, true);
  }));
  receiver.reachable = false;
  const auto runner = house.run(receiver);

  ASSERT_TRUE(house.until([&] { return static_cast<bool>(runner->state().next_try_at); }));
  EXPECT_TRUE(house.until([&] { return house.metrics.reader_lag_events(runner->name()).Value() == 2; }));
}

TEST_F(Runner, IsNotUpWhileOpeningWorksAndDeliveringDoesNot) {
  receiver.trouble = Error{Code::unavailable, "no", ""};
  house.post(1);
  const auto runner = house.run(receiver, House::from_oldest());

  for (std::size_t tries = 2; tries < 6; ++tries) {
    ASSERT_TRUE(receiver.until([&](const Receiver& r) { return r.opened >= tries; }));
    EXPECT_FALSE(runner->state().up);
  }
}

TEST_F(Runner, WaitsAsLongAsTheSinkAsks) {
  receiver.trouble = Error{Code::unavailable, "later", ""};
  receiver.pause = std::chrono::hours(1);
  house.post(1);
  const auto runner = house.run(receiver, House::from_oldest());

  ASSERT_TRUE(house.until([&] { return static_cast<bool>(runner->state().next_try_at); }));

  EXPECT_GT(runner->state().next_try_at.us, model::Time::now().us + 3'000'000'000);
}

TEST_F(Runner, APauseWithoutTroubleIsNone) {
  receiver.rests = true;
  const auto runner = house.run(receiver);
  const auto news = house.post(3);
  ASSERT_TRUE(receiver.until([](const Receiver& r) { return r.calls >= 5; }));

  EXPECT_TRUE(house.until([&] { return runner->state().up; }));
  EXPECT_EQ(runner->state().last_error, "");
  EXPECT_EQ(receiver.opened, 1U);
  EXPECT_TRUE(receiver.got().empty());
  receiver.set([](Receiver& r) { r.rests = false; });

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), news);
}

TEST_F(Runner, WhatHappensBeforeItIsReachedForTheFirstTimeIsDelivered) {
  house.post(2);
  receiver.reachable = false;
  auto runner = house.run(receiver);
  const auto first = house.post(3);
  ASSERT_TRUE(receiver.until([](const Receiver& r) { return r.opened >= 2; }));
  runner.reset();
  house.stop();
  house.start();
  receiver.set([](Receiver& r) { r.reachable = true; });

  runner = house.run(receiver);
  const auto second = house.post(1);

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), (std::vector{first[0], first[1], first[2], second[0]}));
}

TEST_F(Runner, GoesOnWhereItWasAfterARestart) {
  auto runner = house.run(receiver, House::from_oldest());
  auto all = house.post(20);
  ASSERT_TRUE(house.all_there(*runner));
  runner.reset();
  house.stop();
  house.start();

  const auto more = house.post(5);
  runner = house.run(receiver, House::from_oldest());
  ASSERT_TRUE(house.all_there(*runner));

  all.insert(all.end(), more.begin(), more.end());
  EXPECT_EQ(receiver.got(), all) << "an orderly stop writes the cursor: nothing twice";
}

TEST_F(Runner, WhatTheDestinationKeptWins) {
  const auto all = house.post(10);
  receiver.kept = sink::Position{house.journal->id(), model::Seq{all[6]}};

  const auto runner = house.run(receiver, House::from_oldest());

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), (std::vector{all[7], all[8], all[9]}));
}

TEST_F(Runner, PlaceOfAnotherJournalOrAheadOfThisOneStartsFromTheOldest) {
  const auto all = house.post(4);
  for (const auto& kept : {sink::Position{"another", model::Seq{all[2]}},
                           sink::Position{house.journal->id(), model::Seq{all[3] + 1'000}}}) {
    receiver.seqs.clear();
    receiver.kept = kept;

    const auto runner = house.run(receiver);

    ASSERT_TRUE(house.all_there(*runner));
    EXPECT_EQ(receiver.got(), all);
  }
}

TEST_F(Runner, CursorOfAnotherJournalOrAheadOfThisOneStartsFromTheOldest) {
  const auto all = house.post(4);
  const auto ahead = fmt::format("'{}', {}", house.journal->id(), all[3] + 1'000);
  for (const std::string& cursor : {fmt::format("'another', {}", all[2]), ahead}) {
    receiver.seqs.clear();
    house.write(fmt::format("INSERT OR REPLACE INTO cursors VALUES ('memory', {}, 0, 0)", cursor));

    auto runner = house.run(receiver);

    ASSERT_TRUE(house.all_there(*runner));
    EXPECT_EQ(receiver.got(), all) << cursor;
  }
}

TEST_F(Runner, WhatItLostIsSentAgain) {
  const auto old = house.post(3);
  house.write("UPDATE events SET recorded_at = recorded_at - 10000000000");
  const auto young = house.post(3);
  auto runner = house.run(receiver, House::from_oldest());
  ASSERT_TRUE(house.all_there(*runner));
  receiver.set([](Receiver& r) {
    r.rewind = std::chrono::hours(2);
    r.trouble = Error{Code::unavailable, "another master", ""};
  });
  const auto next = house.post(1);
  ASSERT_TRUE(receiver.until([](const Receiver& r) { return r.rewind.count() == 0; }));
  receiver.set([](Receiver& r) {
    r.most = 2;  // and trouble again in the middle of it
    r.trouble.reset();
    r.seqs.clear();
  });

  ASSERT_TRUE(receiver.until([](const Receiver& r) { return r.seqs.size() >= 4; }));
  EXPECT_EQ(receiver.got(), (std::vector{young[0], young[1], young[2], next[0]}));
}

TEST_F(Runner, WhatItLostIsSentAgainAlsoAfterARestart) {
  const auto all = house.post(5);
  auto runner = house.run(receiver, House::from_oldest());
  ASSERT_TRUE(house.all_there(*runner));
  runner.reset();
  receiver.set([](Receiver& r) {
    r.rewind = std::chrono::hours(2);
    r.most = 0;  // it is reached, and takes nothing yet
    r.seqs.clear();
  });
  runner = house.run(receiver, House::from_oldest());
  ASSERT_TRUE(receiver.until([](const Receiver& r) { return r.calls >= 3 && r.rewind.count() == 0; }));
  runner.reset();
  house.stop();
  house.start();
  receiver.set([](Receiver& r) { r.most.reset(); });

  runner = house.run(receiver, House::from_oldest());

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), all);
}

TEST_F(Runner, WhatWasTrimmedBeforeIsSaidAndPassed) {
  const auto all = house.post(10);
  house.write(fmt::format("INSERT INTO cursors VALUES ('memory', '{}', {}, 0, 0)", house.journal->id(), all[1]));
  house.write(fmt::format("INSERT INTO cursors VALUES ('quick', '{}', {}, 1, 0)", house.journal->id(), all[4]));
  const auto next_year = model::Time{model::Time::now().us + 365LL * 86'400 * 1'000'000};
  ASSERT_TRUE(house.intake->write([&](journal::Connection& db) -> Result<void> {
    const auto gone = journal::trim(db, next_year, std::chrono::hours(1), 100);
    return gone ? Result<void>() : gone.error();
  }));

  const auto runner = house.run(receiver);

  ASSERT_TRUE(house.all_there(*runner));
  ASSERT_TRUE(runner->state().missed);
  EXPECT_EQ(runner->state().missed->after.value, all[1]);
  EXPECT_EQ(receiver.got(), (std::vector<std::int64_t>(all.begin() + 5, all.end())));
}

TEST_F(Runner, WhatItMissedIsRememberedUntilAPersonAcceptsIt) {
  const auto all = house.post(3);
  const journal::Missed missed{model::Seq{all[0]}, model::Seq{all[1]}, model::Time::now()};
  ASSERT_TRUE(house.intake->write([&](journal::Connection& db) { return journal::mark_missed(db, "memory", missed); }));
  auto runner = house.run(receiver);
  ASSERT_TRUE(runner->state().missed);
  EXPECT_EQ(runner->state().missed->until.value, all[1]);

  ASSERT_TRUE(runner->accept_missed());

  EXPECT_FALSE(runner->state().missed);
  runner.reset();
  runner = house.run(receiver);
  EXPECT_FALSE(runner->state().missed);
}

TEST_F(Runner, TryNowEndsTheRestAndNoLaterOne) {
  receiver.trouble = Error{Code::unavailable, "later", ""};
  receiver.pause = std::chrono::hours(1);
  const auto news = house.post(2);
  const auto runner = house.run(receiver, House::from_oldest());
  ASSERT_TRUE(house.until([&] { return static_cast<bool>(runner->state().next_try_at); }));

  receiver.set([](Receiver& r) { r.trouble.reset(); });
  ASSERT_TRUE(house.until([&] {
    runner->try_now();
    return runner->state().delivered.value == news.back();
  }));

  EXPECT_EQ(receiver.got(), news);
}

TEST_F(Runner, ParkedDeliversNothingUntilItIsResumedAlsoAfterARestart) {
  auto options = House::from_oldest();
  options.may_park = true;
  auto runner = house.run(receiver, options);
  auto all = house.post(2);
  ASSERT_TRUE(house.all_there(*runner));
  ASSERT_TRUE(runner->park());
  ASSERT_TRUE(house.until([&] { return !runner->state().up; }));

  auto more = house.post(3);
  EXPECT_TRUE(house.until([&] { return house.metrics.reader_lag_events(runner->name()).Value() == 3; }));
  runner.reset();
  house.stop();
  house.start();
  runner = house.run(receiver, options);
  EXPECT_TRUE(runner->state().parked_at);
  EXPECT_FALSE(runner->wait_delivered(house.journal->head(), std::chrono::milliseconds(100)));
  EXPECT_EQ(receiver.got(), all);
  EXPECT_TRUE(house.until([&] { return health_is(observe::State::degraded); }));

  ASSERT_TRUE(runner->resume());
  ASSERT_TRUE(house.all_there(*runner));
  all.insert(all.end(), more.begin(), more.end());
  EXPECT_EQ(receiver.got(), all);
  EXPECT_TRUE(house.until([&] { return runner->state().up; }));
}

TEST_F(Runner, IsNeitherParkedNorSentAgainUnlessItMayBe) {
  const auto runner = house.run(receiver);
  EXPECT_EQ(runner->park().error().code, Code::conflict);
  EXPECT_EQ(runner->resend({}).error().code, Code::conflict);
  EXPECT_FALSE(runner->state().parked_at);
}

TEST_F(Runner, SendsAgainWhatIsBehindAPlaceWithTheSameKeys) {
  auto options = House::from_oldest();
  options.may_resend = true;
  const auto runner = house.run(receiver, options);
  auto all = house.post(5);
  ASSERT_TRUE(house.all_there(*runner));
  const auto keys = receiver.keys;

  ASSERT_TRUE(runner->resend(model::Seq{all[2]}));

  ASSERT_TRUE(receiver.until([](const Receiver& r) { return r.seqs.size() == 7; }));
  EXPECT_EQ(receiver.got(), (std::vector{all[0], all[1], all[2], all[3], all[4], all[3], all[4]}));
  EXPECT_EQ(receiver.keys[5], keys[3]);
  house.post(1);
  EXPECT_TRUE(house.all_there(*runner));
}

TEST_F(Runner, WhatIsRefusedIsSetAsideAndTheRestFlowsOn) {
  receiver.poison = {3, 4};
  const auto runner = house.run(receiver, House::from_oldest());

  const auto all = house.post(6);

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), (std::vector{all[0], all[1], all[4], all[5]}));
  EXPECT_EQ(house.number("SELECT count(*) FROM quarantine WHERE reader = 'memory' AND reason = 'poison' AND tries = 1"),
            2);
  EXPECT_EQ(house.number("SELECT seq FROM quarantine WHERE message = 3"), all[2]);
}

TEST_F(Runner, AnEventIsSetAsideOnceAndOnlyWhenItIsDone) {
  receiver.poison = {1};
  receiver.refuses_twice = true;
  const auto runner = house.run(receiver);

  house.post(3);

  ASSERT_TRUE(house.all_there(*runner));
  ASSERT_TRUE(house.until([&] { return house.metrics.delivered("memory").Value() == 2; }));
  EXPECT_EQ(house.number("SELECT count(*) FROM quarantine"), 1);
  EXPECT_EQ(house.metrics.refused("memory").Value(), 1);
}

TEST_F(Runner, WhatTheSinkHasSetAsideIsCountedAndNotSetAsideAgain) {
  receiver.poison = {1};
  receiver.sets_aside = true;
  const auto runner = house.run(receiver);

  house.post(2);

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_TRUE(house.until([&] { return house.metrics.refused("memory").Value() == 1; }));
  EXPECT_EQ(house.number("SELECT count(*) FROM quarantine"), 0);
}

struct Refused : Runner {
  std::vector<std::int64_t> all;
  std::unique_ptr<sink::Runner> runner;

  Refused() {
    receiver.poison = {2, 4};
    runner = house.run(receiver, House::from_oldest());
    all = house.post(5);
    EXPECT_TRUE(house.all_there(*runner));
  }
  std::int64_t entry(int message) {
    return house.number(fmt::format("SELECT id FROM quarantine WHERE message = {}", message));
  }
};

TEST_F(Refused, OnlyWhatWasAskedForIsTriedAgain) {
  receiver.set([](Receiver& r) { r.poison.clear(); });

  runner->retry_refused({entry(4), 999});

  ASSERT_TRUE(house.until([&] { return house.number("SELECT count(*) FROM quarantine") == 1; }));
  EXPECT_EQ(receiver.got(), (std::vector{all[0], all[2], all[4], all[3]}));
  EXPECT_EQ(house.number("SELECT message FROM quarantine"), 2);
}

TEST_F(Refused, WhatIsRefusedOnceMoreCountsATry) {
  runner->retry_refused({entry(2)});

  ASSERT_TRUE(house.until([&] { return house.number("SELECT tries FROM quarantine WHERE message = 2") == 2; }));
  EXPECT_EQ(house.number("SELECT count(*) FROM quarantine"), 2);
  EXPECT_EQ(house.number("SELECT tries FROM quarantine WHERE message = 4"), 1);
}

TEST_F(Refused, ARetryInTroubleHoldsNothingUp) {
  receiver.set([](Receiver& r) { r.trouble = Error{Code::unavailable, "gone", ""}; });
  runner->retry_refused({entry(2)});
  ASSERT_TRUE(house.until([&] { return runner->state().last_error == "gone"; }));
  receiver.set([](Receiver& r) { r.trouble.reset(); });

  const auto news = house.post(1);

  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got().back(), news[0]);
  EXPECT_EQ(house.number("SELECT tries FROM quarantine WHERE message = 2"), 1);
}

TEST_F(Runner, StopsAtOnceInAPause) {
  receiver.reachable = false;
  auto options = House::quick();
  options.first_pause = options.longest_pause = std::chrono::hours(1);
  auto runner = house.run(receiver, options);
  ASSERT_TRUE(house.until([&] { return static_cast<bool>(runner->state().next_try_at); }));

  const auto began = steady_clock::now();
  runner->stop();

  EXPECT_LT(steady_clock::now() - began, kQuick);
  EXPECT_GE(receiver.closed, 1u);
}

TEST_F(Runner, StopsAtOnceInADelivery) {
  receiver.blocks = true;
  auto runner = house.run(receiver);
  const auto news = house.post(3);
  ASSERT_TRUE(receiver.until([](const Receiver& r) { return r.calls > 0; }));

  const auto began = steady_clock::now();
  runner->stop();
  EXPECT_LT(steady_clock::now() - began, kQuick);
  runner.reset();
  receiver.set([](Receiver& r) { r.blocks = false; });

  runner = house.run(receiver);
  ASSERT_TRUE(house.all_there(*runner));
  EXPECT_EQ(receiver.got(), news);
}

TEST_F(Runner, OneThatHangsOrFailsHoldsBackNoOther) {
  Receiver failing, fine;
  failing.trouble = Error{Code::unavailable, "no", ""};
  receiver.blocks = true;
  const auto hangs = house.run(receiver, House::quick(), "hangs");
  const auto fails = house.run(failing, House::quick(), "fails");
  const auto works = house.run(fine, House::quick(), "works");

  const auto news = house.post(300);

  ASSERT_TRUE(house.all_there(*works));
  EXPECT_EQ(fine.got(), news);
  EXPECT_TRUE(receiver.got().empty());
  EXPECT_TRUE(failing.got().empty());
}

TEST_F(Runner, CursorsAreApart) {
  Receiver other;
  auto runner = house.run(receiver, House::from_oldest(), "one");
  house.post(4);
  ASSERT_TRUE(house.all_there(*runner));
  runner.reset();

  EXPECT_EQ(house.number("SELECT seq FROM cursors WHERE name = 'one'"), house.journal->head().value);
  EXPECT_EQ(house.number("SELECT required FROM cursors WHERE name = 'one'"), 0);
  EXPECT_EQ(house.number("SELECT count(*) FROM cursors WHERE name = 'other'"), 0);
}

}  // namespace
}  // namespace tg::test
