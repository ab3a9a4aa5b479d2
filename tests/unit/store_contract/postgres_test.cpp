// What only the store in PostgreSQL has to show: how seldom it is asked, what it says when the server is gone, and that
// it loses nothing while the writer is behind.

#include "store/local/local_store.h"
#include "store/postgres/detail/connection.h"
#include "store/postgres/postgres_store.h"
#include "unit/store_contract/database.h"
#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

using store::PostgresStore;
using store::postgres::Connection;

class Outage : public testing::Test {
 protected:
  void SetUp() override {
    if (!database_of_tests()) GTEST_SKIP() << "TG_TEST_POSTGRES names no database";
  }
  static std::unique_ptr<Connection> server() {
    auto opened = Connection::open(database_of_tests()->direct);
    if (!opened) throw std::runtime_error(opened.error().to_string());
    return std::move(*opened);
  }
  static PostgresStore& database(House& house) { return dynamic_cast<PostgresStore&>(*house.store); }
  static std::vector<store::Row> poll(House& house, model::ChatId chat, const std::string& consumer) {
    auto rows = house.store->unprocessed({.channel = chat, .consumer = consumer, .statuses = {}, .limit = 100});
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().to_string());
    return rows ? *rows : std::vector<store::Row>();
  }
};

TEST_F(Outage, PollsThatFindNothingNewDoNotReachTheServer) {
  House house(Backing::postgres);
  const std::vector<model::ChatId> chats{kNews, kTalk, kMusic};
  for (std::int64_t round = 1; round <= 20; ++round) {
    house.post(chats[static_cast<std::size_t>(round) % 3], round);
    house.flush();
    for (int times = 0; times < 5; ++times) {
      for (const auto chat : chats) {
        for (const auto* consumer : {"a", "b"}) {
          std::vector<store::Mark> marks;
          for (const auto& row : poll(house, chat, consumer)) marks.push_back({model::to_api_id(row.message.key)});
          if (marks.empty()) continue;
          ASSERT_EQ(house.store->mark_processed(marks, consumer)->updated, 1);
        }
      }
    }
  }

  const auto polls = database(house).polls();
  EXPECT_EQ(polls.all, 600u);
  EXPECT_LT(static_cast<double>(polls.asked) / static_cast<double>(polls.all), 0.3);
  RecordProperty("asked", static_cast<int>(polls.asked));
}

TEST_F(Outage, AServerThatIsGoneIsSaidSoonAndWithWhatToDo) {
  House house(Backing::postgres);
  auto nobody = database_of_tests()->pooled;
  nobody.port = 1;
  store::LocalStore registry(*house.journal, house.intake.get(), *house.generations, *house.metrics,
                             store::LocalStore::registry_only());
  PostgresStore gone(nobody, {*house.journal, registry, *house.generations, *house.metrics, {}}, {});

  const auto page = gone.page({});
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Code::unavailable);
  EXPECT_FALSE(page.error().fix.empty());
  EXPECT_EQ(gone.get(key(kNews, 1)).error().code, Code::unavailable);
  EXPECT_EQ(gone.mark_processed({{"1"}}, "a").error().code, Code::unavailable);
  EXPECT_EQ(gone.unprocessed({.channel = kNews, .consumer = "a", .statuses = {}, .limit = 1}).error().code,
            Code::unavailable);
  EXPECT_TRUE(gone.chats()) << "the registry is the journal's";
}

TEST_F(Outage, ConnectionsThatTheServerClosedAreReplaced) {
  House house(Backing::postgres);
  house.post(kNews, 1);
  house.flush();
  ASSERT_TRUE(house.store->page({}));

  auto closed = server()->run(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = current_user AND pid <> "
      "pg_backend_pid()");
  ASSERT_TRUE(closed) << closed.error().to_string();

  // What was lost with a connection may be said once; then all is well.
  bool answered = false;
  for (int times = 0; times < 10 && !answered; ++times) answered = house.store->page({}).ok();
  EXPECT_TRUE(answered);
}

TEST_F(Outage, AMarkWaitsForAMessageThatIsNotStoredYet) {
  House house(Backing::postgres);
  house.post(kNews, 1);
  ASSERT_TRUE(house.intake->flush());  // and nothing is written to the database

  const auto marked = house.store->mark_processed({{model::to_api_id(key(kNews, 1))}}, "a");

  ASSERT_TRUE(marked) << marked.error().to_string();
  EXPECT_EQ(marked->updated, 1);
  EXPECT_TRUE(poll(house, kNews, "a").empty());
}

TEST_F(Outage, AFloorNeverPassesWhatTheWriterHasStored) {
  House house(Backing::postgres);
  for (int id = 1; id <= 3; ++id) house.post(kNews, id);
  house.flush();
  const auto second = (*house.store->get(key(kNews, 2)))->arrival;
  auto behind = server()->run("UPDATE telegram_gateway.cursors SET seq = $1 WHERE name = 'postgres'",
                              store::postgres::Params().add(second));
  ASSERT_TRUE(behind) << behind.error().to_string();

  ASSERT_EQ(poll(house, kNews, "a").size(), 3u);

  auto floor = server()->run("SELECT floor FROM telegram_gateway.floors WHERE consumer = 'a'");
  ASSERT_TRUE(floor) << floor.error().to_string();
  ASSERT_EQ(floor->size(), 1);
  EXPECT_EQ(floor->integer(0, 0), second.value);
}

// The writer may tell again what it has told: what was marked since stays so.
TEST_F(Outage, WhatIsToldTwiceOpensNothingAgain) {
  House house(Backing::postgres);
  house.post(kNews, 1);
  house.flush();
  ASSERT_TRUE(house.store->reprocess(key(kNews, 1), "me"));
  const auto events = house.journal->read_after({}, 10);
  ASSERT_EQ(poll(house, kNews, "a").size(), 1u);
  ASSERT_EQ(house.store->mark_processed({{"1"}}, "a")->updated, 1);

  store::PostgresWriter again(*house.journal, database_of_tests()->writing());
  ASSERT_TRUE(again.open({}));
  ASSERT_FALSE(again.deliver(*events, {}).trouble);

  EXPECT_TRUE(poll(house, kNews, "a").empty());
  EXPECT_EQ((*house.store->get(key(kNews, 1)))->status, store::Status::reprocessed);
}

// Between the two, the program may end.
TEST_F(Outage, WhatIsRefusedIsSetAsideBeforeTheCursorPassesIt) {
  House house(Backing::postgres);
  house.post(kNews, 1);
  ASSERT_TRUE(house.intake->flush());
  const auto events = *house.journal->read_after({}, 10);
  ASSERT_TRUE(server()->execute("ALTER TABLE telegram_gateway.messages ADD CONSTRAINT none CHECK (false) NOT VALID"));
  auto options = database_of_tests()->writing();
  bool fails = true;
  std::vector<model::Seq> kept;
  options.set_aside = [&](const model::Event& event, const std::string&) -> Result<void> {
    if (fails) return Error{Code::out_of_space, "the disk is full", ""};
    kept.push_back(event.seq);
    return {};
  };
  store::PostgresWriter writer(*house.journal, options);
  const auto before = writer.open({});

  const auto failed = writer.deliver(events, {});
  const auto between = writer.open({});
  fails = false;
  const auto refused = writer.deliver(events, {});
  const auto after = writer.open({});
  EXPECT_TRUE(server()->execute("ALTER TABLE telegram_gateway.messages DROP CONSTRAINT none"));

  ASSERT_TRUE(before && between && after);
  ASSERT_TRUE(failed.trouble);
  EXPECT_EQ(failed.trouble->code, Code::out_of_space);
  EXPECT_EQ(failed.done, 0U);
  EXPECT_EQ(between->seq, before->seq);
  ASSERT_EQ(refused.refused.size(), events.size());
  EXPECT_TRUE(refused.refused.front().set_aside);
  EXPECT_EQ(kept.size(), events.size());
  EXPECT_EQ(after->seq, events.back().seq);
}

}  // namespace
}  // namespace tg::test
