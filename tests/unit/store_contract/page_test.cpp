#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

using store::PageQuery;

STORE_SUITE(Page)
STORE_SUITE(Removal)
STORE_SUITE(Restoring)
STORE_SUITE(Versions)

TEST_P(Page, ABadCursorOrTooLargeAnOffsetIsTheCallersMistake) {
  House house(GetParam());

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

TEST_P(Page, OfOneKindOfMedia) {
  House house(GetParam());
  for (const auto& [id, type] :
       {std::pair{1, model::MediaType::photo}, {2, model::MediaType::voice}, {3, model::MediaType::none}}) {
    auto message = house.message(kNews, id, "text");
    message.media.type = type;
    house.see(std::move(message));
  }
  house.flush();

  PageQuery query;
  query.media_types = {model::MediaType::photo};
  EXPECT_EQ(ids(house.store->page(query)->rows), (std::vector<std::int64_t>{1}));
  query.media_types.push_back(model::MediaType::voice);
  EXPECT_EQ(house.store->page(query)->rows.size(), 2u);
  EXPECT_EQ(house.store->page(query)->total, 2);
}

TEST_P(Page, NewestCountersReplaceThoseOfTheMessage) {
  House house(GetParam());
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

TEST_P(Removal, LeavesATombstoneThatPagesShowOnlyWhenAsked) {
  House house(GetParam());
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

TEST_P(Page, OfAForumSayWhatItsTopicsAreCalledNow) {
  House house(GetParam());
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

TEST_P(Page, OfATopicHoldNothingElse) {
  House house(GetParam());
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

TEST_P(Restoring, IsSaidUntilTheMessageChangesAgain) {
  House house(GetParam());
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

TEST_P(Versions, AreThereOldestFirstWithTheCurrentOneMarked) {
  House house(GetParam());
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
