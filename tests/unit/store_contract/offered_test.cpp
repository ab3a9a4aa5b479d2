// What is offered to consumers where status, serves, restarts and several hands at once come into it.

#include <thread>

#include "journal/cursors.h"
#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

using Ids = std::vector<std::int64_t>;
using store::Status;

std::vector<store::Row> poll_rows(House& house, model::ChatId chat, const std::string& consumer,
                                  std::size_t limit = 100, std::vector<Status> statuses = {}) {
  auto rows = house.store->unprocessed(
      {.channel = chat, .consumer = consumer, .statuses = std::move(statuses), .limit = limit});
  EXPECT_TRUE(rows) << (rows ? "" : rows.error().to_string());
  return rows ? *rows : std::vector<store::Row>();
}
Ids poll(House& house, model::ChatId chat, std::size_t limit = 100, std::vector<Status> statuses = {}) {
  return ids(poll_rows(house, chat, "a", limit, std::move(statuses)));
}
std::int64_t mark(House& house, const std::string& consumer, const std::vector<std::string>& names) {
  std::vector<store::Mark> marks;
  for (const auto& name : names) marks.push_back({name});
  auto marked = house.store->mark_processed(marks, consumer);
  EXPECT_TRUE(marked) << (marked ? "" : marked.error().to_string());
  return marked ? marked->updated : -1;
}
std::int64_t mark(House& house, const Ids& bare) {
  std::vector<std::string> names;
  for (const auto id : bare) names.push_back(std::to_string(id));
  return mark(house, "a", names);
}
Ids range(std::int64_t first, std::int64_t last) {
  Ids all;
  for (auto id = first; id <= last; ++id) all.push_back(id);
  return all;
}
std::string api(std::int64_t id) { return model::to_api_id(key(kNews, id)); }

void post(House& house, std::int64_t first, std::int64_t last) {
  for (const auto id : range(first, last)) house.post(kNews, id);
  house.flush();
}

// The broker has everything up to this message.
void broker(House& house, std::int64_t id) {
  const auto seq = (*house.store->get(key(kNews, id)))->arrival;
  auto done = house.intake->write([seq, journal = house.journal->id()](journal::Connection& db) {
    return journal::advance(db, journal, "rabbitmq", seq, true);
  });
  ASSERT_TRUE(done);
  house.restart();  // what is known of the broker may be a second old
  house.flush();
}

void quarantine(House& house, std::int64_t id, int tries) {
  house.write(fmt::format(
      "INSERT INTO quarantine (reader, seq, place, reason, payload, tries, first_at, last_at, peer, message) "
      "VALUES ('webhook', {0}, '', 'refused', '', {1}, 1, 1, {2}, {0})",
      id, tries, kNews.value));
}

std::map<Status, std::int64_t> statuses(House& house) {
  auto counts = house.store->by_status();
  EXPECT_TRUE(counts);
  return {counts->begin(), counts->end()};
}

STORE_SUITE(Offered)

TEST_P(Offered, AStatusThatIsAskedForIsFoundBehindOthers) {
  House house(GetParam());
  post(house, 1, 30);
  broker(house, 20);

  EXPECT_EQ(poll(house, kNews, 5, {Status::received}), range(21, 25));
  EXPECT_EQ(poll(house, kNews, 3, {Status::queued}), range(1, 3));
  EXPECT_EQ(poll(house, kNews, 100), range(1, 30)) << "nothing was passed over for good";
  EXPECT_EQ(mark(house, range(21, 25)), 5);
  EXPECT_EQ(poll(house, kNews, 5, {Status::received}), range(26, 30));
  EXPECT_EQ(poll(house, kNews, 100, {Status::published, Status::deleted}), (Ids{}));
}

TEST_P(Offered, TheStatusIsTheOneTheConsumerSees) {
  House house(GetParam());
  post(house, 1, 2);
  ASSERT_EQ(mark(house, "other", {api(1)}), 1);

  const auto rows = poll_rows(house, kNews, "a");

  ASSERT_EQ(ids(rows), range(1, 2));
  EXPECT_EQ(rows[0].status, Status::received);
  EXPECT_EQ((*house.store->get(key(kNews, 1)))->status, Status::published);
  EXPECT_EQ(ids(poll_rows(house, kNews, "")), (Ids{2})) << "without a consumer: marked by nobody";
}

TEST_P(Offered, WhatASinkHoldsBackIsOfferedAllTheSame) {
  House house(GetParam());
  post(house, 1, 3);
  quarantine(house, 1, 1);
  quarantine(house, 2, 10);

  const auto rows = poll_rows(house, kNews, "a");

  ASSERT_EQ(ids(rows), range(1, 3));
  EXPECT_EQ(rows[0].status, Status::retrying);
  EXPECT_EQ(rows[1].status, Status::failed);
  EXPECT_EQ(poll(house, kNews, 10, {Status::failed}), (Ids{2}));
  EXPECT_EQ(poll(house, kNews, 10, {Status::received}), range(1, 3));
}

TEST_P(Offered, StatusesAreCountedAsRowsShowThem) {
  House house(GetParam());
  post(house, 1, 9);
  quarantine(house, 8, 1);
  quarantine(house, 9, 10);
  broker(house, 2);
  ASSERT_EQ(mark(house, "a", {api(3), api(4)}), 2);
  ASSERT_TRUE(house.store->reprocess(key(kNews, 4), "me"));
  ASSERT_TRUE(house.store->reprocess(key(kNews, 5), "me"));
  ASSERT_EQ(mark(house, "b", {api(5)}), 1);
  ASSERT_TRUE(house.store->remove(key(kNews, 6), "asked for"));

  std::map<Status, std::int64_t> of_rows;
  store::PageQuery all;
  all.include_deleted = true;
  const auto page = house.store->page(all);
  for (const auto& row : page->rows) ++of_rows[row.status];

  EXPECT_EQ(of_rows.size(), 8u) << "one of each";
  EXPECT_EQ(statuses(house), of_rows);
  ASSERT_EQ(mark(house, "a", {api(7)}), 1);
  EXPECT_EQ(statuses(house)[Status::published], 2);
}

TEST_P(Offered, ABatchThatNobodyMarksMakesWayForTheOthers) {
  House house(GetParam());
  post(house, 1, 30);

  for (int times = 0; times < 10; ++times) ASSERT_EQ(poll(house, kNews, 10), range(1, 10)) << times;

  EXPECT_EQ(poll(house, kNews, 10), range(11, 20));
  EXPECT_EQ(mark(house, range(11, 20)), 10);
  EXPECT_EQ(poll(house, kNews, 15), (Ids{21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 1, 2, 3, 4, 5}));
  EXPECT_EQ(mark(house, range(1, 5)), 5);
  EXPECT_EQ(mark(house, range(21, 30)), 10);
  EXPECT_EQ(poll(house, kNews, 15), range(6, 10));
}

TEST_P(Offered, WhatWasServedLastIsKnownAfterARestart) {
  House house(GetParam());
  house.post(kNews, 7);
  house.post(kTalk, 7);
  house.flush();
  poll(house, kNews);
  poll(house, kTalk);
  poll(house, kNews);

  house.restart();

  EXPECT_EQ(mark(house, {7}), 1);
  EXPECT_EQ(poll(house, kNews), (Ids{}));
  EXPECT_EQ(poll(house, kTalk), (Ids{7}));
}

TEST_P(Offered, AnEditBeforeARestartComesAgainAfterIt) {
  House house(GetParam());
  store::Consumer consumer;
  consumer.name = "a";
  consumer.redeliver_edits = true;
  ASSERT_TRUE(house.store->put_consumer(consumer));
  post(house, 1, 1);
  ASSERT_EQ(poll(house, kNews), (Ids{1}));
  ASSERT_EQ(mark(house, {1}), 1);
  house.edit(kNews, 1, "other", kPosted + 100);
  house.flush();

  house.restart();

  EXPECT_EQ(poll(house, kNews), (Ids{1}));
}

TEST_P(Offered, ARemovedMessageIsNotOffered) {
  House house(GetParam());
  post(house, 1, 3);
  ASSERT_EQ(poll(house, kNews), range(1, 3));

  ASSERT_TRUE(house.store->remove(key(kNews, 2), "asked for"));

  EXPECT_EQ(poll(house, kNews), (Ids{1, 3}));
}

TEST_P(Offered, AChatThatBecameAnotherIsAskedForByEitherId) {
  House house(GetParam());
  constexpr model::ChatId kGroup{-4242};
  auto old = house.message(kGroup, 1, "before");
  old.key.scope = model::Scope{77};
  house.see(old);
  post(house, 1, 1);
  house.write(fmt::format(
      "UPDATE chats SET migrated_to = {0} WHERE peer = {1}; UPDATE chats SET migrated_from = {1} WHERE peer = {0}",
      kNews.value, kGroup.value));

  for (const auto chat : {kGroup, kNews}) {
    EXPECT_EQ(poll(house, chat).size(), 2u);
    store::PageQuery query;
    query.channels = {chat};
    EXPECT_EQ(house.store->page(query)->rows.size(), 2u);
    EXPECT_EQ(house.store->page(query)->total, 2);
  }
  EXPECT_EQ(mark(house, "a", {"-4242:1"}), 1) << "named without its account, it is the one that was served";
  EXPECT_EQ(poll(house, kGroup), (Ids{1}));
}

// Several workers under one name while messages come: each message is marked exactly once, and none is left.
TEST_P(Offered, ManyHandsAtOnceLoseNothing) {
  constexpr std::int64_t kMessages = 200;
  House house(GetParam());
  std::atomic<std::int64_t> marked{0};
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      while (marked < kMessages && std::chrono::steady_clock::now() < until) {
        auto rows = house.store->unprocessed({.channel = kNews, .consumer = "a", .statuses = {}, .limit = 7});
        if (!rows || rows->empty()) continue;
        std::vector<store::Mark> marks;
        for (const auto& row : *rows) marks.push_back({model::to_api_id(row.message.key)});
        if (auto done = house.store->mark_processed(marks, "a")) marked += done->updated;
      }
    });
  }
  post(house, 1, kMessages);
  for (auto& worker : workers) worker.join();

  EXPECT_EQ(marked, kMessages);
  EXPECT_EQ(poll(house, kNews), (Ids{}));
}

}  // namespace
}  // namespace tg::test
