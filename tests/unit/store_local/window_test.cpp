#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/store_local/house.h"

namespace tg::test {
namespace {

using store::PageQuery;

const std::vector<model::ChatId> kChats = {kNews, kTalk, kMusic};

// Few dates and ids, so that equal dates and the same id in several chats are common.
void fill(House& house, int count) {
  for (int i = 0; i < count; ++i) {
    const auto chat = *rc::gen::elementOf(kChats);
    const auto id = *rc::gen::inRange<std::int64_t>(1, 40);
    const auto what = *rc::gen::inRange(0, 6);
    auto m = house.message(chat, id, "text", kPosted + id % 12);
    if (what >= 3 && what < 5) {
      m.text = "edited " + std::to_string(i);
      m.edit_date = model::Time::seconds(kPosted + 1'000 + i);
    }
    if (what == 5) {
      house.erase(chat, id);
    } else {
      house.see(m);
    }
  }
  house.flush();
}

store::Page page_of(House& house, const PageQuery& query) {
  auto page = house.store->page(query);
  if (!page) RC_FAIL(page.error().to_string());
  return std::move(*page);
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

TEST(Window, PollersOfSingleChannelsAreAnsweredFromMemoryWhileMessagesCome) {
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

}  // namespace
}  // namespace tg::test
