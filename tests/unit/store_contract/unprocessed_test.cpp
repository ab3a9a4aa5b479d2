#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

using Ids = std::vector<std::int64_t>;

Ids poll(House& house, model::ChatId chat, const std::string& consumer, std::size_t limit = 100) {
  auto rows = house.store->unprocessed({.channel = chat, .consumer = consumer, .statuses = {}, .limit = limit});
  EXPECT_TRUE(rows) << (rows ? "" : rows.error().to_string());
  return rows ? ids(*rows) : Ids{};
}

std::int64_t mark(House& house, const std::string& consumer, const std::vector<std::string>& names) {
  std::vector<store::Mark> marks;
  for (const auto& name : names) marks.push_back({name});
  auto marked = house.store->mark_processed(marks, consumer);
  EXPECT_TRUE(marked) << (marked ? "" : marked.error().to_string());
  return marked ? marked->updated : -1;
}

void want_edits(House& house, const std::string& name) {
  store::Consumer consumer;
  consumer.name = name;
  consumer.redeliver_edits = true;
  ASSERT_TRUE(house.store->put_consumer(consumer));
}

std::string api(model::ChatId chat, std::int64_t id) { return model::to_api_id(key(chat, id)); }

STORE_SUITE(Unprocessed)
STORE_SUITE(Marks)

TEST_P(Unprocessed, ComesInOrderOfArrivalAndEachConsumerHasItsOwn) {
  House house(GetParam());
  for (const auto id : {5, 3, 9}) house.post(kNews, id);
  house.post(kTalk, 4);
  house.flush();

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{5, 3, 9}));
  EXPECT_EQ(mark(house, "a", {api(kNews, 3), api(kNews, 3), api(kNews, 77)}), 1);

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{5, 9}));
  EXPECT_EQ(poll(house, kNews, "b"), (Ids{5, 3, 9}));
  EXPECT_EQ(poll(house, kNews, ""), (Ids{5, 9}));  // marked by nobody
}

TEST_P(Unprocessed, LeavesOutHistoryAndDeletedMessages) {
  House house(GetParam());
  house.post(kNews, 1);
  house.see(house.message(kNews, 2, "old"), model::Origin::backfill, pipeline::Freshness::page);
  house.post(kNews, 3);
  house.erase(kNews, 3);
  house.flush();

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{1}));
}

TEST_P(Unprocessed, OneNobodyMarksStaysBeforeTheOthersUntilItWasServedTenTimes) {
  House house(GetParam());
  for (int id = 1; id <= 3; ++id) house.post(kNews, id);
  house.flush();

  for (int times = 0; times < 10; ++times) ASSERT_EQ(poll(house, kNews, "a", 1), (Ids{1})) << times;

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{2, 3, 1}));
  EXPECT_EQ(mark(house, "a", {"2", "3"}), 2);
  EXPECT_EQ(poll(house, kNews, "a"), (Ids{1}));
  house.restart();
  EXPECT_EQ(poll(house, kNews, "a"), (Ids{1}));
}

TEST_P(Unprocessed, ParkedOnesTakeTurnsSoThatTheFirstCannotKeepTheOthersBack) {
  House house(GetParam());
  for (int id = 1; id <= 4; ++id) house.post(kNews, id);
  house.flush();
  for (int times = 0; times < 10; ++times) ASSERT_EQ(poll(house, kNews, "a", 2), (Ids{1, 2})) << times;
  for (int times = 0; times < 10; ++times) ASSERT_EQ(poll(house, kNews, "a", 2), (Ids{3, 4})) << times;

  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_EQ(poll(house, kNews, "a", 2), (Ids{1, 2})) << turn;
    EXPECT_EQ(poll(house, kNews, "a", 2), (Ids{3, 4})) << turn;
  }
}

TEST_P(Unprocessed, NothingIsPassedOverWhenLaterOnesAreMarkedFirst) {
  House house(GetParam());
  for (int id = 1; id <= 50; ++id) house.post(kNews, id);
  house.flush();
  ASSERT_EQ(poll(house, kNews, "a", 20).size(), 20u);
  std::vector<std::string> later;
  for (int id = 2; id <= 50; ++id) later.push_back(api(kNews, id));

  EXPECT_EQ(mark(house, "a", later), 49);
  house.post(kNews, 51);
  house.flush();

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{1, 51}));
}

TEST_P(Unprocessed, ARestoredMessageIsOfferedThoughTheFloorHasPassedIt) {
  House house(GetParam());
  for (int id = 1; id <= 3; ++id) house.post(kNews, id);
  house.erase(kNews, 2);
  house.flush();
  ASSERT_EQ(poll(house, kNews, "a"), (Ids{1, 3}));
  ASSERT_EQ(mark(house, "a", {"1", "3"}), 2);
  ASSERT_EQ(poll(house, kNews, "a"), (Ids{}));

  house.see(house.message(kNews, 2, "text"), model::Origin::catchup, pipeline::Freshness::page);
  house.flush();

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{2}));
}

TEST_P(Unprocessed, AnEditComesAgainOnlyToThoseWhoAskForEdits) {
  House house(GetParam());
  want_edits(house, "edits");
  house.post(kNews, 1);
  house.post(kNews, 2);
  house.flush();
  for (const auto* consumer : {"edits", "plain"}) {
    ASSERT_EQ(poll(house, kNews, consumer), (Ids{1, 2}));
    ASSERT_EQ(mark(house, consumer, {"1", "2"}), 2);
  }

  house.edit(kNews, 1, "other", kPosted + 100);
  house.flush();

  EXPECT_EQ(poll(house, kNews, "edits"), (Ids{1}));
  EXPECT_EQ(poll(house, kNews, "plain"), (Ids{}));
  EXPECT_EQ(mark(house, "edits", {"1"}), 1);
  EXPECT_EQ(poll(house, kNews, "edits"), (Ids{}));
}

TEST_P(Unprocessed, AMarkSpeaksForTheVersionThatWasServed) {
  House house(GetParam());
  want_edits(house, "edits");
  house.post(kNews, 1);
  house.flush();
  ASSERT_EQ(poll(house, kNews, "edits"), (Ids{1}));
  house.edit(kNews, 1, "other", kPosted + 100);
  house.flush();

  EXPECT_EQ(mark(house, "edits", {"1"}), 1);

  EXPECT_EQ(poll(house, kNews, "edits"), (Ids{1}));
}

TEST_P(Unprocessed, APeekServesNothing) {
  House house(GetParam());
  for (int id = 1; id <= 2; ++id) house.post(kNews, id);
  house.flush();
  ASSERT_EQ(poll(house, kNews, "a", 1), (Ids{1}));

  for (int times = 0; times < 12; ++times) {
    auto rows = house.store->unprocessed({.channel = kNews, .consumer = "a", .statuses = {}, .limit = 1, .peek = true});
    ASSERT_TRUE(rows);
    ASSERT_EQ(ids(*rows), (Ids{1}));
  }

  EXPECT_EQ(poll(house, kNews, "a", 1), (Ids{1})) << "not parked";
  EXPECT_EQ(mark(house, "a", {"2"}), 0) << "never served";
}

TEST_P(Unprocessed, WhoMarksNothingIsServedABoundedNumber) {
  House house(GetParam(), {.most_unmarked = 3});
  for (int id = 1; id <= 6; ++id) house.post(kNews, id);
  house.post(kTalk, 9);
  house.flush();

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{1, 2, 3}));
  EXPECT_EQ(poll(house, kNews, "a"), (Ids{1, 2, 3}));
  EXPECT_EQ(poll(house, kTalk, "a"), (Ids{}));
  EXPECT_EQ(poll(house, kTalk, "b"), (Ids{9}));

  EXPECT_EQ(mark(house, "a", {"2"}), 1);
  EXPECT_EQ(poll(house, kNews, "a"), (Ids{1, 3, 4})) << "nothing was passed over";
  house.erase(kNews, 1);
  house.erase(kNews, 3);
  house.flush();
  EXPECT_EQ(poll(house, kNews, "a"), (Ids{4, 5, 6})) << "what was deleted makes room";
  EXPECT_EQ(mark(house, "a", {"4", "5", "6"}), 3);
  EXPECT_EQ(poll(house, kTalk, "a"), (Ids{9}));
}

TEST_P(Unprocessed, TheBoundIsOfWhatIsHeldNotOfWhatWasServed) {
  House house(GetParam(), {.most_unmarked = 8});
  for (int id = 1; id <= 40; ++id) house.post(kNews, id);
  house.flush();

  for (int id = 1; id <= 20; ++id) {
    ASSERT_EQ(poll(house, kNews, "a", 1), (Ids{id}));
    ASSERT_EQ(mark(house, "a", {std::to_string(id)}), 1);
  }
  for (std::size_t held = 1; held <= 8; ++held) ASSERT_EQ(poll(house, kNews, "a", held).size(), held);

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{21, 22, 23, 24, 25, 26, 27, 28}));
  ASSERT_TRUE(house.store->remove_consumer("a"));
  EXPECT_EQ(poll(house, kNews, "a").size(), 8u);
}

TEST_P(Unprocessed, NamesThatPollAreBounded) {
  House house(GetParam(), {.most_consumers = 2});
  house.post(kNews, 1);
  house.flush();
  for (const auto* known : {"a", "b", "", "a"}) EXPECT_EQ(poll(house, kNews, known), (Ids{1})) << known;

  const store::UnprocessedQuery third{.channel = kNews, .consumer = "c", .statuses = {}, .limit = 1};
  EXPECT_EQ(house.store->unprocessed(third).error().code, Code::conflict);

  ASSERT_TRUE(house.store->remove_consumer("a"));
  EXPECT_EQ(poll(house, kNews, "c"), (Ids{1}));
}

TEST_P(Unprocessed, AskedForAgainItComesToEveryone) {
  House house(GetParam());
  for (int id = 1; id <= 2; ++id) house.post(kNews, id);
  house.flush();
  for (const auto* consumer : {"a", "b"}) {
    ASSERT_EQ(poll(house, kNews, consumer).size(), 2u);
    ASSERT_EQ(mark(house, consumer, {"1", "2"}), 2);
  }

  auto row = house.store->reprocess(key(kNews, 1), "me");
  ASSERT_TRUE(row);

  EXPECT_EQ(row->status, store::Status::reprocess_pending);
  EXPECT_EQ(poll(house, kNews, "a"), (Ids{1}));
  EXPECT_EQ(poll(house, kNews, "b"), (Ids{1}));
  EXPECT_EQ(mark(house, "a", {"1"}), 1);
  EXPECT_EQ((*house.store->get(key(kNews, 1)))->status, store::Status::reprocessed);
}

TEST_P(Marks, ABareIdMeansWhatTheConsumerWasServedLast) {
  House house(GetParam());
  house.post(kNews, 7);
  house.post(kTalk, 7);
  house.post(kMusic, 7);
  house.flush();
  poll(house, kTalk, "a");
  poll(house, kNews, "a");
  poll(house, kMusic, "b");

  EXPECT_EQ(mark(house, "a", {"7", "7"}), 1);

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{}));
  EXPECT_EQ(poll(house, kTalk, "a"), (Ids{7}));
  EXPECT_EQ(poll(house, kMusic, "a"), (Ids{7}));
}

TEST_P(Marks, ARepeatedRequestDoesNotHitAnotherChannel) {
  House house(GetParam());
  house.post(kNews, 7);
  house.post(kTalk, 7);
  house.flush();
  poll(house, kTalk, "a");
  poll(house, kNews, "a");
  ASSERT_EQ(mark(house, "a", {"7"}), 1);

  EXPECT_EQ(mark(house, "a", {"7"}), 0);
  EXPECT_EQ(poll(house, kTalk, "a"), (Ids{7}));

  // Served again since: now it can be meant.
  EXPECT_EQ(mark(house, "a", {"7"}), 1);
  EXPECT_EQ(poll(house, kTalk, "a"), (Ids{}));
}

TEST_P(Marks, BareIdsOfOneRequestBelongToTheChannelThatWasServedMostOfThem) {
  House house(GetParam());
  for (const auto id : {1, 2, 3}) house.post(kNews, id);
  for (const auto id : {3, 4}) house.post(kTalk, id);
  house.flush();
  poll(house, kNews, "a");
  poll(house, kTalk, "a");

  EXPECT_EQ(mark(house, "a", {"1", "2", "3"}), 3);

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{}));
  EXPECT_EQ(poll(house, kTalk, "a"), (Ids{3, 4}));
}

TEST_P(Marks, WhatWasServedIsKnownAfterARestart) {
  House house(GetParam());
  house.post(kNews, 7);
  house.flush();
  poll(house, kNews, "a");

  house.restart();

  EXPECT_EQ(mark(house, "a", {"7"}), 1);
  house.restart();
  EXPECT_EQ(poll(house, kNews, "a"), (Ids{}));
}

TEST_P(Marks, ABareIdMeansWhatWasServedToWhoeverGaveNoName) {
  House house(GetParam());
  house.post(kNews, 7);
  house.post(kTalk, 8);
  house.flush();
  ASSERT_EQ(poll(house, kNews, ""), (Ids{7}));

  EXPECT_EQ(mark(house, "a", {"7", "8"}), 1) << "8 was served to nobody";

  EXPECT_EQ(poll(house, kNews, ""), (Ids{}));
  EXPECT_EQ((*house.store->get(key(kNews, 7)))->processed_by, (std::vector<std::string>{"a"}));
}

TEST_P(Marks, WhatTheConsumerWasServedIsMeantBeforeWhatOthersWere) {
  House house(GetParam());
  house.post(kNews, 7);
  house.post(kTalk, 7);
  house.flush();
  ASSERT_EQ(poll(house, kNews, "a"), (Ids{7}));
  ASSERT_EQ(poll(house, kTalk, ""), (Ids{7}));

  EXPECT_EQ(mark(house, "a", {"7"}), 1);
  EXPECT_EQ(mark(house, "a", {"7"}), 0) << "the same request again";

  EXPECT_EQ(poll(house, kNews, "a"), (Ids{}));
  EXPECT_EQ(poll(house, kTalk, "a"), (Ids{7}));
}

TEST_P(Marks, RepeatedDoNotReachWhatOthersWereServedMeanwhile) {
  House house(GetParam());
  house.post(kNews, 7);
  house.post(kTalk, 7);
  house.flush();
  ASSERT_EQ(poll(house, kNews, "a"), (Ids{7}));
  ASSERT_EQ(mark(house, "a", {"7"}), 1);
  ASSERT_EQ(poll(house, kTalk, ""), (Ids{7}));

  EXPECT_EQ(mark(house, "a", {"7"}), 0) << "the same request again";

  EXPECT_EQ(poll(house, kTalk, "a"), (Ids{7}));
}

TEST_P(Marks, ShowInTheRowAtOnceAndNameTheConsumer) {
  House house(GetParam());
  house.post(kNews, 1);
  house.flush();
  const auto before = house.generations->of(kNews);

  ASSERT_EQ(mark(house, "a", {api(kNews, 1)}), 1);

  auto row = house.store->get(key(kNews, 1));
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->status, store::Status::published);
  EXPECT_EQ((*row)->processed_by, (std::vector<std::string>{"a"}));
  EXPECT_NE(house.generations->of(kNews), before);
}

TEST_P(Marks, WithoutAConsumerOrIdsAreRefused) {
  House house(GetParam());

  EXPECT_EQ(house.store->mark_processed({{"1"}}, "").error().code, Code::invalid_input);
  EXPECT_EQ(house.store->mark_processed({}, "a").error().code, Code::invalid_input);
  EXPECT_EQ(mark(house, "a", {"rubbish", "-5", "", "1:2:3:4"}), 0);
}

}  // namespace
}  // namespace tg::test
