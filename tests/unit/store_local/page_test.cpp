#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/store_local/house.h"

namespace tg::test {
namespace {

using store::PageQuery;

// What the pages are compared with: the messages in a list.
struct Known {
  model::MessageKey key;
  std::int64_t date_s = 0;
  bool deleted = false;
  bool edited = false;
  bool media = false;
  std::string text;
};

using Archive = std::map<model::MessageKey, Known>;

const std::vector<model::ChatId> kChats = {kNews, kTalk, kMusic};

// Few dates and ids, so that equal dates and the same id in several chats are common.
Archive fill(House& house, int count) {
  Archive archive;
  for (int i = 0; i < count; ++i) {
    const auto chat = *rc::gen::elementOf(kChats);
    const auto id = *rc::gen::inRange<std::int64_t>(1, 40);
    auto& known = archive[key(chat, id)];
    const auto what = *rc::gen::inRange(0, 6);
    if (!known.key.message || what < 3) {
      if (known.key.message) continue;
      known = {
          key(chat, id), kPosted + *rc::gen::inRange<std::int64_t>(0, 12), false, false, *rc::gen::arbitrary<bool>(),
          "text"};
      auto m = house.message(chat, id, known.text, known.date_s);
      if (known.media) m.media.type = model::MediaType::photo;
      house.see(m);
    } else if (what < 5 && !known.deleted) {
      auto m = house.message(chat, id, known.text = "edited " + std::to_string(i), known.date_s);
      m.edit_date = model::Time::seconds(kPosted + 1'000 + i);
      if (known.media) m.media.type = model::MediaType::photo;
      known.edited = true;
      house.see(m);
    } else {
      known.deleted = true;
      house.erase(chat, id);
    }
  }
  house.flush();
  return archive;
}

PageQuery any_query() {
  PageQuery query;
  for (const auto chat : kChats) {
    if (*rc::gen::inRange(0, 3) == 0) query.channels.push_back(chat);
  }
  query.include_deleted = *rc::gen::arbitrary<bool>();
  query.only_deleted = *rc::gen::inRange(0, 6) == 0;
  query.only_edited = *rc::gen::inRange(0, 6) == 0;
  query.newest_first = *rc::gen::arbitrary<bool>();
  query.limit = *rc::gen::inRange<std::size_t>(1, 9);
  if (*rc::gen::inRange(0, 3) == 0) query.has_media = *rc::gen::arbitrary<bool>();
  if (*rc::gen::inRange(0, 3) == 0) query.from = model::Time::seconds(kPosted + *rc::gen::inRange(0, 8));
  if (*rc::gen::inRange(0, 3) == 0) query.to = model::Time::seconds(kPosted + *rc::gen::inRange(4, 12));
  if (*rc::gen::inRange(0, 8) == 0) query.message = model::MessageId{*rc::gen::inRange<std::int64_t>(1, 40)};
  return query;
}

std::vector<model::MessageKey> expected(const Archive& archive, const PageQuery& query) {
  std::vector<const Known*> found;
  for (const auto& [id, known] : archive) {
    const auto date = model::Time::seconds(known.date_s);
    const auto& channels = query.channels;
    if (!channels.empty() && std::find(channels.begin(), channels.end(), id.peer) == channels.end()) continue;
    if (known.deleted ? !query.include_deleted && !query.only_deleted : query.only_deleted) continue;
    if (query.only_edited && !known.edited) continue;
    if (query.has_media && *query.has_media != known.media) continue;
    if ((query.from && date < *query.from) || (query.to && date > *query.to)) continue;
    if (query.message && id.message != *query.message) continue;
    found.push_back(&known);
  }
  std::sort(found.begin(), found.end(), [](const Known* a, const Known* b) {
    return std::tuple(a->date_s, a->key.scope, a->key.peer, a->key.message) <
           std::tuple(b->date_s, b->key.scope, b->key.peer, b->key.message);
  });
  std::vector<model::MessageKey> keys;
  for (const auto* known : found) keys.push_back(known->key);
  if (query.newest_first) std::reverse(keys.begin(), keys.end());
  return keys;
}

std::vector<model::MessageKey> keys_of(const store::Page& page) {
  std::vector<model::MessageKey> keys;
  for (const auto& row : page.rows) keys.push_back(row.message.key);
  return keys;
}

store::Page page_of(House& house, const PageQuery& query) {
  auto page = house.store->page(query);
  if (!page) RC_FAIL(page.error().to_string());
  return std::move(*page);
}

void check_walks(House& house, const Archive& archive) {
  PageQuery query = any_query();
  const auto all = expected(archive, query);

  std::vector<model::MessageKey> walked;
  std::string last_previous;
  for (int pages = 0; pages < 300; ++pages) {
    const auto page = page_of(house, query);
    if (page.total_exact) RC_ASSERT(page.total == static_cast<std::int64_t>(all.size()));
    for (const auto& found : keys_of(page)) walked.push_back(found);
    RC_ASSERT(page.has_more == !page.next_cursor.empty());
    last_previous = page.prev_cursor;
    if (!page.has_more) break;
    query.cursor = page.next_cursor;
  }
  RC_ASSERT(walked == all);

  // And back: the pages before the last one, in turn.
  const auto last = page_of(house, query);
  std::vector<model::MessageKey> back = keys_of(last);
  query.cursor = last_previous;
  for (int pages = 0; pages < 300 && !query.cursor.empty(); ++pages) {
    const auto page = page_of(house, query);
    const auto keys = keys_of(page);
    back.insert(back.begin(), keys.begin(), keys.end());
    query.cursor = page.prev_cursor;
  }
  RC_ASSERT(back == all);
}

void check_offset(House& house, const Archive& archive) {
  PageQuery query = any_query();
  const auto all = expected(archive, query);
  query.offset = *rc::gen::inRange<std::int64_t>(0, 40);

  const auto page = page_of(house, query);

  const auto begin = all.begin() + std::min<std::ptrdiff_t>(query.offset, std::ssize(all));
  const auto end = begin + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(query.limit), all.end() - begin);
  RC_ASSERT(keys_of(page) == std::vector<model::MessageKey>(begin, end));
}

// What the budget did not reach in a page comes in the pages behind it, and nothing of what was to be skipped.
void check_offset_by_cursors(House& house, const Archive& archive) {
  PageQuery query = any_query();
  const auto all = expected(archive, query);
  query.offset = *rc::gen::inRange<std::int64_t>(0, 40);

  std::vector<model::MessageKey> walked;
  std::set<std::string> seen;
  for (bool more = true; more;) {
    const auto page = page_of(house, query);
    for (const auto& found : keys_of(page)) walked.push_back(found);
    query.cursor = page.next_cursor;
    more = page.has_more;
    RC_ASSERT(!more || seen.insert(query.cursor).second);
  }

  const auto begin = all.begin() + std::min<std::ptrdiff_t>(query.offset, std::ssize(all));
  RC_ASSERT(walked == std::vector<model::MessageKey>(begin, all.end()));
}

void check_around(House& house, const Archive& archive) {
  PageQuery query;
  query.include_deleted = true;
  query.newest_first = *rc::gen::arbitrary<bool>();
  const auto all = expected(archive, query);
  if (all.empty()) return;
  query.limit = *rc::gen::inRange<std::size_t>(1, 9);
  const auto centre = *rc::gen::elementOf(all);
  query.around = centre;

  const auto page = page_of(house, query);

  const auto keys = keys_of(page);
  RC_ASSERT(std::find(keys.begin(), keys.end(), centre) != keys.end());
  const auto at = std::search(all.begin(), all.end(), keys.begin(), keys.end());
  RC_ASSERT(at != all.end());
  RC_ASSERT(page.prev_cursor.empty() == (at == all.begin()));
  RC_ASSERT(page.next_cursor.empty() == (at + std::ssize(keys) == all.end()));
}

RC_GTEST_PROP(Pages, WalkedByCursorsBothWaysGiveEveryRowOnceAndInOrder, ()) {
  House house({.search = false});
  const auto archive = fill(house, *rc::gen::inRange(0, 120));
  for (int i = 0; i < 8; ++i) {
    check_walks(house, archive);
    check_offset(house, archive);
    check_around(house, archive);
  }
}

RC_GTEST_PROP(Pages, GiveTheSameWhenTheBudgetOfAPageIsSmall, ()) {
  House house({.search = false, .window_rows_overall = 0, .scan_budget = 7});
  const auto archive = fill(house, *rc::gen::inRange(0, 120));
  for (int i = 0; i < 8; ++i) {
    check_walks(house, archive);
    check_offset_by_cursors(house, archive);
  }
}

// Memory and file must be told apart by nothing but speed.
RC_GTEST_PROP(Window, GivesExactlyThePageOfTheFile, ()) {
  House house({.search = false, .window_rows_overall = 40, .window_rows_a_chat = 12});
  store::LocalStore file(*house.journal, house.intake.get(), *house.generations, *house.metrics,
                         {.search = false, .window_rows_overall = 0});
  double hits = 0;
  for (int round = 0; round < 6; ++round) {
    fill(house, *rc::gen::inRange(1, 30));
    if (*rc::gen::inRange(0, 3) == 0) {
      (void)house.store->mark_processed({{model::to_api_id(key(kNews, *rc::gen::inRange<std::int64_t>(1, 40)))}}, "a");
    }
    for (int i = 0; i < 12; ++i) {
      PageQuery query;
      query.limit = *rc::gen::inRange<std::size_t>(1, 12);
      if (i % 4 != 0) query.channels = {*rc::gen::elementOf(kChats)};
      RC_ASSERT(described(page_of(house, query)) == described(*file.page(query)));
      if (i == 6) RC_ASSERT(house.store->wait_caught_up(std::chrono::minutes(1)));
    }
    hits = house.metrics->memory_hits.Value();
  }
  RC_CLASSIFY(hits > 0);
}

// A commit is known to whoever waits for it a moment before memory is told.
TEST(Window, IsNotBelievedBeforeItHasHeardOfTheCommit) {
  House house({.search = false});
  store::Store* asked = nullptr;
  std::size_t rows = 0;
  const auto first_to_hear = house.journal->on_commit([&](const std::vector<model::Event>& events) {
    if (!events.empty()) rows = asked->page({})->rows.size();
  });
  store::LocalStore store(*house.journal, house.intake.get(), *house.generations, *house.metrics, {.search = false});
  asked = &store;
  house.post(kNews, 1);
  house.flush();
  ASSERT_TRUE(store.page({}));
  ASSERT_TRUE(store.wait_caught_up(std::chrono::minutes(1)));
  const double hits = house.metrics->memory_hits.Value();
  ASSERT_TRUE(store.page({}));
  ASSERT_GT(house.metrics->memory_hits.Value(), hits) << "the page is in memory";

  house.post(kNews, 2);
  house.flush();

  EXPECT_EQ(rows, 2u);
}

TEST(Pages, ABadCursorOrTooLargeAnOffsetIsTheCallersMistake) {
  House house;

  PageQuery query;
  for (const auto* text :
       {"x", "rubbish!", "MW8x", "AAAAAAAA", "MW8xLzIvMy80LzUvNg", "MW8xLzIvMy80LzUv", "MW8xLzIvMy80Ly01"}) {
    query.cursor = text;
    auto page = house.store->page(query);
    ASSERT_FALSE(page) << text;
    EXPECT_EQ(page.error().code, Code::invalid_input);
  }
  query.cursor.clear();
  query.offset = 100'001;
  auto page = house.store->page(query);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Code::invalid_input);
  EXPECT_NE(page.error().fix.find("cursor"), std::string::npos);
}

TEST(Pages, NewestCountersReplaceThoseOfTheMessage) {
  House house;
  auto m = house.message(kNews, 1, "text");
  m.counters.views = 10;
  house.see(m);
  pipeline::CountersSeen seen{house.from_server(), key(kNews, 1), {}};
  seen.counters.views = 25;
  seen.counters.reactions = {{"👍", 3}};
  house.push(seen);
  house.flush();

  auto row = house.store->get(key(kNews, 1));

  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->message.counters.views, 25);
  EXPECT_EQ((*row)->message.counters.reactions.size(), 1u);
}

TEST(Pages, PollersOfSingleChannelsAreAnsweredFromMemoryWhileMessagesCome) {
  House house({.search = false});
  for (int id = 1; id <= 300; ++id) house.post(id % 2 ? kNews : kTalk, id);
  house.flush();
  PageQuery query;
  query.limit = 50;

  for (int i = 0; i < 100; ++i) {
    house.post(i % 2 ? kNews : kTalk, 1'000 + i);
    house.flush();
    ASSERT_TRUE(house.store->wait_caught_up(std::chrono::minutes(1)));
    query.channels = {i % 3 ? kNews : kTalk};
    auto page = house.store->page(query);
    ASSERT_TRUE(page);
    ASSERT_EQ(page->rows.size(), 50u);
  }

  const double hits = house.metrics->memory_hits.Value();
  EXPECT_GT(hits / (hits + house.metrics->memory_misses.Value()), 0.7);
}

TEST(Removal, LeavesATombstoneThatPagesShowOnlyWhenAsked) {
  House house;
  house.post(kNews, 1);
  house.flush();
  ASSERT_EQ(house.store->page({})->rows.size(), 1u);

  auto row = house.store->remove(key(kNews, 1), "asked for");

  ASSERT_TRUE(row) << row.error().to_string();
  EXPECT_EQ(row->status, store::Status::deleted);
  EXPECT_TRUE(house.store->page({})->rows.empty());
  PageQuery with_deleted;
  with_deleted.include_deleted = true;
  EXPECT_EQ(house.store->page(with_deleted)->rows.size(), 1u);
  EXPECT_EQ(house.store->remove(key(kNews, 2), "").error().code, Code::not_found);
}

TEST(Pages, OfAForumSayWhatItsTopicsAreCalledNow) {
  House house;
  auto name = [&](std::string title, std::int64_t at) {
    house.push(pipeline::TopicSeen{house.from_server(), kTalk, model::MessageId{100}, std::move(title),
                                   model::Time::seconds(kPosted + at)});
  };
  auto m = house.message(kTalk, 101, "low at noon");
  m.topic = model::MessageId{100};
  house.see(std::move(m));
  house.post(kTalk, 102, "of no topic");
  name("Tides", 1);
  PageQuery query;
  query.channels = {kTalk};
  auto titles = [&] {
    house.index();
    const auto page = house.store->page(query);
    std::vector<std::string> found;
    for (const auto& row : page->rows) found.push_back(row.topic_title);
    return found;
  };
  EXPECT_EQ(titles(), (std::vector<std::string>{"", "Tides"}));
  EXPECT_EQ(titles(), (std::vector<std::string>{"", "Tides"})) << "from memory";

  name("High water", 2);

  EXPECT_EQ(titles(), (std::vector<std::string>{"", "High water"}));
  const auto chat = **house.store->chat(kTalk);
  ASSERT_EQ(chat.topics.size(), 1u);
  EXPECT_EQ(chat.topics[0].id, model::MessageId{100});
  EXPECT_EQ(chat.topics[0].title, "High water");
  EXPECT_EQ(house.store->chats()->front().topics.size(), 1u);
}

TEST(Pages, OfATopicHoldNothingElse) {
  House house;
  for (int id = 1; id <= 9; ++id) {
    auto m = house.message(kTalk, id, "text");
    if (id % 3 == 0) m.topic = model::MessageId{100};
    if (id % 3 == 1) m.topic = model::MessageId{200};
    house.see(std::move(m));
  }
  house.flush();
  PageQuery query;
  query.channels = {kTalk};
  query.topic = model::MessageId{100};
  query.newest_first = false;

  const auto page = house.store->page(query);

  ASSERT_TRUE(page) << page.error().to_string();
  EXPECT_EQ(ids(page->rows), (std::vector<std::int64_t>{3, 6, 9}));
  EXPECT_EQ(page->total, 3);
}

TEST(Restoring, IsSaidUntilTheMessageChangesAgain) {
  House house;
  house.post(kNews, 1);
  house.post(kNews, 2);
  house.erase(kNews, 1);
  house.flush();
  ASSERT_TRUE(house.store->get(key(kNews, 1))->value().deleted_at);

  house.see(house.message(kNews, 1, "text"), model::Origin::catchup, pipeline::Freshness::page);
  house.flush();

  const auto back = house.store->get(key(kNews, 1));
  ASSERT_TRUE(back && *back);
  EXPECT_FALSE((*back)->deleted_at);
  EXPECT_GT((*back)->restored_at, (*back)->received_at);
  EXPECT_FALSE(house.store->get(key(kNews, 2))->value().restored_at) << "it was never gone";

  house.erase(kNews, 1);
  house.flush();
  EXPECT_FALSE(house.store->get(key(kNews, 1))->value().restored_at) << "gone again";
}

TEST(Versions, AreThereOldestFirstWithTheCurrentOneMarked) {
  House house;
  house.post(kNews, 1, "one");
  house.edit(kNews, 1, "two", kPosted + 10);
  house.edit(kNews, 1, "three", kPosted + 20);
  house.post(kNews, 2, "alone");
  house.flush();

  auto versions = house.store->versions(key(kNews, 1));
  ASSERT_TRUE(versions);

  ASSERT_EQ(versions->size(), 3u);
  EXPECT_NE((*versions)[0].event.message.find("one"), std::string::npos);
  EXPECT_NE((*versions)[2].event.message.find("three"), std::string::npos);
  EXPECT_TRUE((*versions)[2].current);
  EXPECT_FALSE((*versions)[0].current);
  EXPECT_EQ(house.store->versions(key(kNews, 2))->size(), 1u);
}

}  // namespace
}  // namespace tg::test
