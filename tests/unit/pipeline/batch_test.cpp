#include "pipeline/batch.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <future>

#include "journal/coverage.h"
#include "journal/topics.h"
#include "pipeline/heads.h"
#include "pipeline/intake.h"
#include "pipeline/manual.h"
#include "pipeline/verify.h"
#include "support/temp_folder.h"
#include "unit/pipeline/journal_fixture.h"
#include "unit/pipeline/world.h"

namespace tg::pipeline {
namespace {

using test::chat;
using test::JournalFixture;
using test::kNow;
using test::kPeer;
using test::kSecond;
using test::message;
using test::proof;

RC_GTEST_PROP(Batch, HeadsAreTheFoldOfEventsAfterAnyInterleaving, ()) {
  JournalFixture fixture;
  std::vector<Observation> all;
  for (int i = 1; i <= 4; ++i) {
    const auto world = *test::a_world();
    for (auto sight : *test::sights_of(world)) {
      std::visit(
          [&](auto& o) {
            if constexpr (requires { o.message.key; }) o.message.key.message = model::MessageId{i};
            if constexpr (requires { o.key; }) o.key.message = model::MessageId{i};
          },
          sight);
      all.push_back(std::move(sight));
    }
  }
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[*rc::gen::inRange<std::size_t>(0, i)]);

  fixture.push_all(all);

  RC_ASSERT(fixture.problems() == std::vector<std::string>{});
}

TEST(Batch, AnOlderExportDoesNotRenameAChat) {
  const auto title = [](JournalFixture& fixture) {
    auto& row = fixture.journal->writer().prepared("SELECT title || '/' || username FROM chats");
    EXPECT_TRUE(*row.step());
    std::string text(row.text(0));
    row.reset();
    return text;
  };
  JournalFixture fixture;
  fixture.push_all({chat(0, 1)});
  ChatSeen old = chat(0, 1);
  old.from = {model::SourceKind::export_file, model::Origin::import_, 0, model::Time{kNow.us - 1'000'000}};
  old.title = "Old name";
  old.username = "desk";

  fixture.push_all({old});
  EXPECT_EQ(title(fixture), "Desk/desk");

  old.from.observed_at = model::Time{kNow.us + 1'000'000};
  fixture.push_all({old});
  EXPECT_EQ(title(fixture), "Old name/desk");
}

TEST(Batch, TheServersWordOnTwoExportsLeavesOneVersion) {
  JournalFixture fixture;
  auto one = message(1, "an old export", Freshness::cached);
  one.from = {model::SourceKind::export_file, model::Origin::import_, 0, kNow};
  auto other = one;
  other.message.text = "another export";
  other.from.observed_at.us += 1;
  fixture.push_all({one, other});
  const auto listed = [&] { return *(*fixture.journal->read())->scalar("SELECT count(*) FROM versions"); };
  ASSERT_EQ(listed(), 2);

  fixture.push_all({message(1, "the server")});

  EXPECT_EQ(fixture.state(one.message.key).versions.size(), 1U);
  EXPECT_EQ(listed(), 0);
  EXPECT_TRUE(fixture.problems().empty());

  ASSERT_TRUE(fixture.journal->writer().execute(
      "INSERT INTO versions SELECT peer, message, scope, edit_date, hash, 1, 0, observed_at, 0, seq FROM heads"));
  EXPECT_EQ(fixture.problems().size(), 1U) << "a version that is left over";
}

TEST(Batch, VerifyNoticesAHeadThatIsNotTheFold) {
  JournalFixture fixture;
  fixture.push_all({message(1, "a"), message(2, "b")});
  ASSERT_TRUE(fixture.problems().empty());

  ASSERT_TRUE(fixture.journal->writer().execute("UPDATE heads SET hash = hash + 1 WHERE message = 2"));
  EXPECT_EQ(fixture.problems().size(), 1U);
  ASSERT_TRUE(fixture.journal->writer().execute("DELETE FROM heads WHERE message = 2"));
  EXPECT_GE(fixture.problems().size(), 2U);  // an event without its head, and counts that are off
}

TEST(Batch, ConsecutiveLiveIdsAreComplete) {
  JournalFixture fixture;
  fixture.push_all({chat(10, 0), proof(ProofKind::live, 10, 10), message(10, "a"), proof(ProofKind::live, 10, 11),
                    message(11, "b")});

  const auto coverage = fixture.coverage(kPeer);

  EXPECT_EQ(coverage.expected, 2);
  EXPECT_EQ(coverage.accounted, 2);
  EXPECT_EQ(coverage.stored, 2);
  EXPECT_EQ(coverage.missing, 0);
}

TEST(Batch, AHoleIsSaidUntilAPageProvesIt) {
  JournalFixture fixture;
  fixture.push_all({chat(10, 0), message(10, "a"), proof(ProofKind::live, 10, 10), chat(10, 14)});
  auto coverage = fixture.coverage(kPeer);
  EXPECT_EQ(coverage.missing, 4);
  ASSERT_EQ(coverage.open_holes.size(), 1U);
  EXPECT_EQ(coverage.open_holes[0].cause, "connection lost");

  fixture.push_all(
      {message(11, "b", Freshness::page), message(14, "c", Freshness::page), proof(ProofKind::walk, 11, 14, {11, 14})});
  coverage = fixture.coverage(kPeer);

  EXPECT_EQ(coverage.missing, 0);
  EXPECT_EQ(coverage.stored, 3);
  EXPECT_EQ(coverage.empty, 2);
  EXPECT_TRUE(coverage.open_holes.empty());
  auto db = fixture.journal->read();
  EXPECT_EQ(*(*db)->scalar("SELECT count(*) FROM holes WHERE closed_at > 0"), 1);
}

TEST(Batch, AChatIsPrivateOnceNoAccountSeesIt) {
  const auto told = [](std::int64_t account, bool sees, std::int64_t after_s) {
    AccessSeen seen;
    seen.from = {model::SourceKind::tdlib, model::Origin::live, account, model::Time{kNow.us + after_s * kSecond}};
    seen.peer = kPeer;
    seen.sees = sees;
    if (!sees) seen.reason = "CHANNEL_PRIVATE";
    return seen;
  };
  JournalFixture fixture;
  fixture.push_all({chat(10, 0), message(10, "a"), proof(ProofKind::live, 10, 10), told(1, true, 0), told(2, true, 0)});
  fixture.push_all({told(1, false, 5)});
  EXPECT_FALSE(fixture.coverage(kPeer).no_access);

  fixture.push_all({told(2, false, 9), told(2, false, 12)});
  const auto lost = fixture.coverage(kPeer).no_access;
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->since, (model::Time{kNow.us + 9 * kSecond}));
  EXPECT_EQ(lost->reason, "CHANNEL_PRIVATE");

  fixture.push_all({told(1, true, 20)});
  EXPECT_FALSE(fixture.coverage(kPeer).no_access);
}

TEST(Batch, AGroupThatBecameASupergroupIsLinkedOnceAndCapturedOn) {
  const model::ChatId successor{-1'000'000'000'077};
  const auto told = [&](std::int64_t account) {
    ChatSeen group;
    group.from = {model::SourceKind::tdlib, model::Origin::live, account, kNow};
    group.peer = model::ChatId{-77};
    group.scope = model::Scope{account};
    group.title = "Crew";
    group.successor = successor;
    return group;
  };
  JournalFixture fixture;
  {
    auto writer = fixture.intake();
    auto registered = writer->write([](journal::Connection& db) {
      return db.execute("INSERT INTO chats (peer, scope, registered, created_at, updated_at) VALUES (-77, 0, 1, 1, 1)");
    });
    ASSERT_TRUE(registered);
  }
  fixture.push_all({told(5), told(6), told(5)});

  auto db = fixture.journal->read();
  EXPECT_EQ(*(*db)->scalar("SELECT count(*) FROM chats WHERE peer = -77 AND migrated_to = -1000000000077"), 3);
  EXPECT_EQ(*(*db)->scalar("SELECT registered + active + start FROM chats WHERE peer = -1000000000077"), 3);
  EXPECT_EQ(*(*db)->scalar("SELECT migrated_from FROM chats WHERE peer = -1000000000077"), -77);
  EXPECT_EQ(*(*db)->scalar("SELECT count(*) FROM events WHERE kind = 7"), 1);
  EXPECT_EQ(fixture.problems(), std::vector<std::string>{});
}

TEST(Batch, AMessageAbsentFromAProvenPageBecomesATombstone) {
  JournalFixture fixture;
  const model::Time later{kNow.us + 120 * kSecond};
  fixture.push_all(
      {chat(1, 3), message(1, "a"), message(2, "b"), message(3, "c"), proof(ProofKind::walk, 1, 3, {1, 3}, later)});

  EXPECT_TRUE(fixture.state({{}, kPeer, model::MessageId{2}}).deleted());
  EXPECT_FALSE(fixture.state({{}, kPeer, model::MessageId{3}}).deleted());
  const auto coverage = fixture.coverage(kPeer);
  EXPECT_EQ(coverage.deleted, 1);
  EXPECT_EQ(coverage.stored, 2);
  EXPECT_TRUE(fixture.problems().empty());
}

TEST(Batch, AYoungMessageAbsentFromAPageStays) {
  JournalFixture fixture;
  const model::Time soon{test::kPosted.us + 30 * kSecond};
  fixture.push_all({chat(1, 1), message(1, "a"), proof(ProofKind::walk, 1, 1, {}, soon)});

  EXPECT_FALSE(fixture.state({{}, kPeer, model::MessageId{1}}).deleted());
}

TEST(Batch, HistoryIsNotOfferedLiveAndYoungCatchUpAre) {
  JournalFixture fixture;
  auto old_catchup = message(2, "b", Freshness::page);
  old_catchup.from.origin = model::Origin::catchup;
  auto young_catchup = message(3, "c", Freshness::page);
  young_catchup.from.origin = model::Origin::catchup;
  young_catchup.message.date = model::Time::now();
  auto as_live = message(4, "d", Freshness::cached);
  as_live.from.origin = model::Origin::import_;
  as_live.as_live = true;
  fixture.push_all({message(1, "a"), old_catchup, young_catchup, as_live, message(5, "e", Freshness::page)});

  auto offered = [&](std::int64_t id) { return fixture.state({{}, kPeer, model::MessageId{id}}).offered; };
  EXPECT_TRUE(offered(1));
  EXPECT_FALSE(offered(2));
  EXPECT_TRUE(offered(3));
  EXPECT_TRUE(offered(4));
  EXPECT_FALSE(offered(5));
}

TEST(Batch, WhatAnImportNamedBeforeItCameIsOfferedOnceItComes) {
  JournalFixture fixture;
  const auto now = model::Time::now();
  const auto at = [&](std::int64_t id, const std::string& text, model::Time date, model::Origin origin) {
    auto one = message(id, text, origin == model::Origin::import_ ? Freshness::cached : Freshness::update);
    one.message.date = date;
    one.from.origin = origin;
    if (origin == model::Origin::import_) one.from.source = model::SourceKind::export_file;
    return one;
  };
  using enum model::Origin;
  const model::Time old{now.us - 86'400 * kSecond};
  fixture.push_all({at(1, "a", now, import_), at(2, "b", now, import_), at(3, "c", now, import_),
                    at(4, "d", old, import_), at(5, "e", now, import_)});
  const auto told = [&] {
    auto db = fixture.journal->read();
    return *(*db)->scalar("SELECT count(*) FROM events WHERE kind = 8");
  };
  ASSERT_EQ(told(), 0);

  fixture.push_all({at(1, "a", now, live), at(2, "B", now, live), at(3, "c", now, catchup), at(4, "d", old, catchup),
                    at(5, "e", now, backfill)});
  fixture.push_all({at(1, "a", now, live), at(1, "a", now, import_)});

  auto offered = [&](std::int64_t id) { return fixture.state({{}, kPeer, model::MessageId{id}}).offered; };
  EXPECT_TRUE(offered(1));
  EXPECT_TRUE(offered(2)) << "with other words";
  EXPECT_TRUE(offered(3)) << "young enough to be news";
  EXPECT_FALSE(offered(4)) << "missed for a day";
  EXPECT_FALSE(offered(5)) << "history is no news";
  EXPECT_EQ(told(), 3) << "once";
  EXPECT_EQ(fixture.problems(), std::vector<std::string>{});
}

TEST(Batch, WhatIsNoMessageIsSetAsideAndTheRestFlowsOn) {
  JournalFixture fixture;
  auto without_date = message(2, "b");
  without_date.message.date = {};
  without_date.place = "result.json: message 2";
  fixture.push_all({message(-1, "x"), without_date, message(3, "c")});

  auto db = fixture.journal->read();
  EXPECT_EQ(*(*db)->scalar("SELECT count(*) FROM quarantine"), 2);
  EXPECT_EQ(*(*db)->scalar("SELECT count(*) FROM heads"), 1);
}

TEST(Batch, CountersAreTheLastValueAndNoVersion) {
  JournalFixture fixture;
  auto first = CountersSeen{{model::SourceKind::tdlib, model::Origin::live, 1, model::Time{kNow.us + 1}},
                            {{}, kPeer, model::MessageId{1}},
                            {.views = 5, .forwards = 0, .reactions = {}, .votes = {}},
                            {}};
  auto second = first;
  second.from.observed_at.us += 5;
  second.counters.views = 9;
  fixture.push_all({message(1, "a"), second, first});

  const auto state = fixture.state({{}, kPeer, model::MessageId{1}});
  EXPECT_EQ(state.counters, R"({"views":9})");
  EXPECT_EQ(state.versions.size(), 1U);
  EXPECT_TRUE(fixture.problems().empty());
}

TEST(Batch, ReactionsThatAreAllTakenBackAreToldAsSuch) {
  JournalFixture fixture;
  auto group = message(1, "a");
  group.message.counters.reactions.push_back({"🔥", 2});
  const CountersSeen none{
      {model::SourceKind::tdlib, model::Origin::live, 1, model::Time{kNow.us + 1}}, group.message.key, {}, {}};
  fixture.push_all({group, none});

  EXPECT_EQ(fixture.state(group.message.key).counters, "{}");
  auto db = fixture.journal->read();
  EXPECT_EQ(*(*db)->scalar(R"(SELECT count(*) FROM events WHERE body = '{"counters":{}}')"), 1);
  EXPECT_TRUE(fixture.problems().empty());
}

TEST(Intake, CountersWaitForNoMoreThanABatchOfOthers) {
  JournalFixture fixture;
  Intake::Options options;
  options.counters_every = std::chrono::hours(1);
  options.max_batch = 3;
  Intake intake(*fixture.journal, fixture.metrics, options);
  std::promise<void> third;
  int counted = 0;
  auto subscription = fixture.journal->on_commit([&](const std::vector<model::Event>& events) {
    for (const auto& event : events) {
      if (event.kind == model::Kind::counters && ++counted == 3) third.set_value();
    }
  });

  for (std::int64_t id = 1; id <= 3; ++id) {
    auto seen = message(id, "a");
    ASSERT_TRUE(intake.push(seen));
    ASSERT_TRUE(intake.push(CountersSeen{seen.from, seen.message.key, {.views = 5, .reactions = {}, .votes = {}}, {}}));
  }

  EXPECT_EQ(third.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST(Intake, TheBoundOnMemoryCountsAllThatAMessageHolds) {
  JournalFixture fixture;
  Intake::Options options;
  options.max_waiting_bytes = 50'000;
  auto intake = fixture.intake(options);
  std::promise<void> writing, go_on;
  intake->write_later([&](journal::Connection&) -> Result<void> {
    writing.set_value();
    go_on.get_future().wait();
    return {};
  });
  writing.get_future().wait();
  auto poll = message(1, "");
  poll.message.poll.emplace().options.assign(10, {std::string(10'000, 'o'), 0});

  ASSERT_TRUE(intake->push(poll));
  const auto next = intake->push(message(2, "a"), std::chrono::milliseconds(0));
  go_on.set_value();

  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, Code::timeout);
}

TEST(Intake, AWriteThatFailsIsUndoneAlone) {
  JournalFixture fixture;
  auto intake = fixture.intake();
  ASSERT_TRUE(intake->push(message(1, "a")));

  const auto failed = intake->write([](journal::Connection& db) -> Result<void> {
    if (auto done = db.execute("DELETE FROM heads"); !done) return done;
    return Error{Code::invalid_input, "no", ""};
  });

  EXPECT_FALSE(failed);
  ASSERT_TRUE(intake->flush());
  auto db = fixture.journal->read();
  EXPECT_EQ(*(*db)->scalar("SELECT count(*) FROM heads"), 1);
}

TEST(Batch, ACopyThatKnowsNewerMessagesShowsTheHoleBeforeThem) {
  JournalFixture fixture;
  fixture.push_all({chat(1, 10), proof(ProofKind::live, 1, 10)});
  ASSERT_EQ(fixture.coverage(kPeer).missing, 0);

  fixture.push_all({message(100, "from an export", Freshness::cached)});

  const auto coverage = fixture.coverage(kPeer);
  EXPECT_EQ(coverage.newest.value, 100);
  EXPECT_EQ(coverage.missing, 90);
  EXPECT_GE(coverage.empty, 0);
  EXPECT_TRUE(fixture.problems().empty());
}

TEST(Batch, AnUploadedFileOpensNoHole) {
  JournalFixture fixture;
  fixture.push_all({chat(1, 10), proof(ProofKind::live, 1, 10)});
  auto forged = message(2'147'483'647, "from anybody's file", Freshness::cached);
  forged.uploaded = true;

  fixture.push_all({forged});

  const auto coverage = fixture.coverage(kPeer);
  EXPECT_EQ(coverage.newest.value, 10);
  EXPECT_EQ(coverage.missing, 0);
  EXPECT_TRUE(fixture.problems().empty());
}

TEST(Batch, NoEditIsOfAYearThatNobodyWillSee) {
  JournalFixture fixture;
  auto forged = message(1, "for ever");
  forged.message.edit_date = model::Time::seconds(253'402'300'799);

  fixture.push_all({forged});

  auto db = fixture.journal->read();
  EXPECT_EQ(*(*db)->scalar("SELECT count(*) FROM heads"), 0);
}

TEST(Intake, AnnouncesEventsInOrderWithThoseOfTheApi) {
  JournalFixture fixture;
  std::vector<std::int64_t> seqs;
  auto subscription = fixture.journal->on_commit([&](const std::vector<model::Event>& events) {
    for (const auto& event : events) seqs.push_back(event.seq.value);
  });
  auto intake = fixture.intake();
  ASSERT_TRUE(intake->push(message(1, "a")));
  ASSERT_TRUE(intake->write([](journal::Connection& db) -> Result<void> {
    auto event = append_manual(db, {{}, kPeer, model::MessageId{1}}, model::Kind::reprocess, kNow);
    return event ? Result<void>() : event.error();
  }));
  ASSERT_TRUE(intake->push(message(2, "b")));
  ASSERT_TRUE(intake->flush());
  intake.reset();

  ASSERT_EQ(seqs.size(), 3U);
  EXPECT_TRUE(std::is_sorted(seqs.begin(), seqs.end()));
  EXPECT_TRUE(fixture.problems().empty());
}

TEST(Intake, AnnouncesAnEventOfTheApiThatAnObservationFollowsInTheSameCommit) {
  JournalFixture fixture;
  std::vector<std::int64_t> announced;
  std::size_t most_at_once = 0;
  auto subscription = fixture.journal->on_commit([&](const std::vector<model::Event>& events) {
    most_at_once = std::max(most_at_once, events.size());
    for (const auto& event : events) announced.push_back(event.seq.value);
  });
  auto intake = fixture.intake();
  ASSERT_TRUE(intake->push(message(1, "a")));
  ASSERT_TRUE(intake->flush());

  std::promise<void> writing, queued;
  intake->write_later([&](journal::Connection&) -> Result<void> {
    writing.set_value();
    queued.get_future().wait();
    return {};
  });
  writing.get_future().wait();
  intake->write_later([](journal::Connection& db) -> Result<void> {
    auto event = append_manual(db, {{}, kPeer, model::MessageId{1}}, model::Kind::reprocess, kNow);
    return event ? Result<void>() : event.error();
  });
  ASSERT_TRUE(intake->push(message(2, "b")));
  queued.set_value();
  ASSERT_TRUE(intake->flush());
  intake.reset();

  EXPECT_EQ(announced.size(), 3U);
  EXPECT_TRUE(std::is_sorted(announced.begin(), announced.end()));
  EXPECT_GE(most_at_once, 2U) << "they were not in one commit: this shows nothing";
}

TEST(Intake, SaysWhyWhenTheDiskReserveIsReachedAndGoesOnAfterwards) {
  JournalFixture fixture;
  journal::Limits limits;
  limits.disk_reserve_bytes = std::numeric_limits<std::int64_t>::max();
  fixture.journal.reset();
  fixture.journal = std::move(*journal::Journal::open(fixture.folder.path() / "data", journal::Access::write, limits));
  Intake::Options options;
  options.give_up_on_failure = true;
  auto intake = fixture.intake(options);

  ASSERT_TRUE(intake->push(message(1, "a")));
  const auto flushed = intake->flush();

  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code, Code::out_of_space);
  EXPECT_FALSE(intake->push(message(2, "b")));
}

TEST(Journal, SeqGrowsOverARestart) {
  JournalFixture fixture;
  fixture.push_all({message(1, "a")});
  const auto before = fixture.journal->head();
  fixture.journal.reset();
  fixture.journal = std::move(
      *journal::Journal::open(fixture.folder.path() / "data", journal::Access::write, JournalFixture::small()));

  fixture.push_all({message(2, "b")});

  EXPECT_GT(fixture.journal->head(), before);
  EXPECT_GT(before.value, 1'700'000'000'000'000);
}

// What the lost file had told to readers is told again under greater numbers.
TEST(Journal, SeqGrowsOverACopyThatIsPutBack) {
  JournalFixture fixture;
  const auto folder = fixture.folder.path() / "data";
  fixture.push_all({message(1, "a")});
  fixture.journal.reset();
  std::filesystem::copy_file(folder / "journal.db", folder / "copy.db");
  const auto reopened = [&] {
    fixture.journal = std::move(*journal::Journal::open(folder, journal::Access::write, JournalFixture::small()));
  };
  reopened();
  fixture.push_all({message(2, "b")});
  const auto told = fixture.journal->head();
  fixture.journal.reset();
  for (const auto* name : {"journal.db", "journal.db-wal", "journal.db-shm"}) std::filesystem::remove(folder / name);
  std::filesystem::rename(folder / "copy.db", folder / "journal.db");

  reopened();
  fixture.push_all({message(2, "b")});

  EXPECT_GT(fixture.journal->head(), told);
}

TEST(Journal, OneProcessAtATime) {
  JournalFixture fixture;

  const auto second = journal::Journal::open(fixture.folder.path() / "data", journal::Access::write);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
}

TEST(Topics, AreCalledAsTheMessagesThatMakeAndRenameThemSay) {
  JournalFixture fixture;
  auto titled = [](std::int64_t id, std::string service, std::string title, std::int64_t topic, std::int64_t at) {
    auto seen = message(id, std::move(title));
    seen.message.service = std::move(service);
    seen.message.topic = model::MessageId{topic};
    seen.message.date = model::Time{test::kPosted.us + at * kSecond};
    return seen;
  };
  auto title = [&] { return journal::topic_title(**fixture.journal->read(), kPeer, model::MessageId{17}).value(); };

  fixture.push_all({titled(17, "topic_created", "Tides", 0, 0), titled(18, "", "no title", 17, 1),
                    titled(19, "topic_edit", "", 17, 2)});
  EXPECT_EQ(title(), "Tides");
  fixture.push_all({titled(20, "topic_edit", "High water", 17, 10)});
  EXPECT_EQ(title(), "High water");
  fixture.push_all({TopicSeen{{}, kPeer, model::MessageId{17}, "Ebb", model::Time{test::kPosted.us + 5 * kSecond}},
                    TopicSeen{{}, kPeer, model::MessageId{1}, std::string("Gen\0eral", 8), kNow}});

  EXPECT_EQ(title(), "High water") << "the later one";
  EXPECT_EQ(journal::topic_title(**fixture.journal->read(), kPeer, model::MessageId{1}).value(), "General");
  EXPECT_EQ(fixture.problems(), std::vector<std::string>{});
  const auto events = fixture.journal->read_after({}, 100).value();
  EXPECT_EQ(std::count_if(events.begin(), events.end(),
                          [](const model::Event& event) { return event.kind == model::Kind::channel; }),
            3);
  EXPECT_EQ(events.back().message, R"({"topic":1,"title":"General"})");
}

TEST(Intake, TellsTheLagOfNewMessagesWhoseChatWasListenedTo) {
  JournalFixture fixture;
  observe::Lag lag;
  auto writer = fixture.intake({.lag = &lag});
  const auto posted = model::Time::seconds(model::Time::now().to_seconds() - 30);
  auto push = [&](std::int64_t id, bool listened, model::Time date) {
    auto seen = message(id, "text");
    seen.message.date = date;
    seen.listened = listened;
    ASSERT_TRUE(writer->push(seen));
    ASSERT_TRUE(writer->flush());
  };

  push(1, false, posted);
  EXPECT_TRUE(lag.worst(model::Time::now()).empty());
  push(1, true, posted);
  EXPECT_TRUE(lag.worst(model::Time::now()).empty()) << "known before";
  push(2, true, posted);

  const auto late = lag.worst(model::Time::now()).at(kPeer);
  EXPECT_GE(late.seconds, 30);
  EXPECT_LT(late.seconds, 90);
}

}  // namespace
}  // namespace tg::pipeline
