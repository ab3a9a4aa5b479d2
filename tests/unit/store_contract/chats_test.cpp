#include <numeric>

#include "store/chat_list.h"
#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

store::Chat chat_of(model::ChatId peer, std::string label = "") {
  store::Chat chat;
  chat.peer = peer;
  chat.label = std::move(label);
  return chat;
}

STORE_SUITE(Chats)
STORE_SUITE(Statistics)

TEST_P(Chats, OnesThatAPersonAddsAreThereOnceAndCanBeChanged) {
  House house(GetParam());
  house.post(kNews, 1);
  house.flush();
  ASSERT_FALSE((*house.store->chat(kNews))->registered) << "only seen";

  auto added = house.store->add_chat(chat_of(kNews, "my news"));
  ASSERT_TRUE(added) << added.error().to_string();
  EXPECT_TRUE(added->registered);
  EXPECT_EQ(added->label, "my news");
  EXPECT_EQ(added->total, 1) << "what was counted stays";
  EXPECT_EQ(house.store->add_chat(chat_of(kNews)).error().code, Code::conflict);

  auto changed = house.store->change_chat(kNews, std::nullopt, "all of it", false);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->label, "my news");
  EXPECT_EQ(changed->description, "all of it");
  EXPECT_FALSE(changed->active);
  house.restart();
  EXPECT_EQ((*house.store->chat(kNews))->description, "all of it");
}

TEST_P(Chats, OneThatIsAddedIsCalledAsItWasFoundUntilASourceSaysMore) {
  House house(GetParam());
  auto found = chat_of(kNews);
  found.title = "Harbour News";
  found.username = "harbournews";
  found.kind = "channel";

  const auto added = house.store->add_chat(found);

  ASSERT_TRUE(added) << added.error().to_string();
  EXPECT_EQ(added->title, "Harbour News");
  EXPECT_EQ(added->username, "harbournews");
  EXPECT_EQ(added->kind, "channel");
}

TEST_P(Chats, OneThatIsRemovedLeavesItsMessagesAndCanComeBack) {
  House house(GetParam());
  house.post(kNews, 1);
  house.flush();
  ASSERT_TRUE(house.store->add_chat(chat_of(kNews)));

  ASSERT_TRUE(house.store->remove_chat(kNews));

  EXPECT_FALSE((*house.store->chat(kNews))->registered);
  EXPECT_EQ(house.store->page({})->rows.size(), 1u);
  EXPECT_TRUE(house.store->add_chat(chat_of(kNews)));
}

TEST_P(Chats, ThatShareAnIdAreOneForPeople) {
  House house(GetParam());
  house.post(kNews, 1);
  auto before = house.message(kNews, 1, "from the group before");
  before.key.scope = model::Scope{7};
  house.see(std::move(before));
  house.flush();

  const auto stored = *house.store->chats();
  ASSERT_EQ(stored.size(), 2u);
  const auto list = store::one_an_id(stored);

  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].scope.value, 0);
  EXPECT_EQ(list[0].total, 2);
  EXPECT_EQ((*house.store->chat(kNews))->total, 2);
  EXPECT_EQ(house.store->statistics(kNews)->total, 2);
}

TEST_P(Chats, UnknownOnesAreNotFound) {
  House house(GetParam());

  ASSERT_TRUE(house.store->chat(kNews));
  EXPECT_FALSE(house.store->chat(kNews)->has_value());
  EXPECT_EQ(house.store->change_chat(kNews, "label", std::nullopt, std::nullopt).error().code, Code::not_found);
  EXPECT_EQ(house.store->remove_chat(kNews).error().code, Code::not_found);
  EXPECT_EQ(house.store->statistics(kNews).error().code, Code::not_found);
}

TEST_P(Chats, ChangesMakeWhatWasRememberedOfThemOlder) {
  House house(GetParam());
  house.post(kNews, 1);
  house.flush();
  const auto change = [&](auto&& what) {
    const auto before = house.generations->of(kNews);
    what();
    EXPECT_NE(house.generations->of(kNews), before);
  };

  change([&] { ASSERT_TRUE(house.store->add_chat(chat_of(kNews))); });
  change([&] { ASSERT_TRUE(house.store->change_chat(kNews, "label", std::nullopt, std::nullopt)); });
  change([&] { ASSERT_TRUE(house.store->remove_chat(kNews)); });
  change([&] { ASSERT_TRUE(house.store->reprocess(key(kNews, 1), "me")); });
  change([&] { ASSERT_TRUE(house.store->remove(key(kNews, 1), "")); });
}

TEST_P(Chats, CountMessagesDeletedOnesAndMedia) {
  House house(GetParam());
  for (int id = 1; id <= 5; ++id) {
    auto m = house.message(kNews, id, "text");
    if (id % 2 == 0) m.media.type = model::MediaType::photo;
    house.see(m);
  }
  house.post(kTalk, 1);
  house.erase(kNews, 5);
  house.flush();

  auto chats = house.store->chats();
  ASSERT_TRUE(chats);
  ASSERT_EQ(chats->size(), 2u);
  const auto& news = chats->front();  // the one with the newest message
  EXPECT_EQ(news.peer, kNews);
  EXPECT_EQ(news.total, 5);
  EXPECT_EQ(news.deleted, 1);
  EXPECT_EQ(news.media, 2);
  EXPECT_EQ(news.last_date, model::Time::seconds(kPosted + 5));
}

TEST_P(Statistics, CountWithinTimeAndBySender) {
  House house(GetParam());
  constexpr std::int64_t kDay = 86'400;
  const auto now = model::Time::now().to_seconds();
  const auto at = [&](std::int64_t id, std::int64_t seconds_ago, std::string sender) {
    auto m = house.message(kNews, id, "text", now - seconds_ago);
    m.sender = std::move(sender);
    if (id == 1) m.media.type = model::MediaType::photo;
    house.see(m);
  };
  at(1, 1, "Ada");
  at(2, 2 * 3'600, "Ada");
  at(3, 3 * kDay, "Bob");
  at(4, 20 * kDay, "Ada");
  at(5, 100 * kDay, "");
  house.post(kTalk, 1);
  house.flush();

  auto statistics = house.store->statistics(kNews);
  ASSERT_TRUE(statistics) << statistics.error().to_string();

  EXPECT_EQ(statistics->total, 5);
  EXPECT_EQ(statistics->last_24h, 2);
  EXPECT_EQ(statistics->last_7d, 3);
  EXPECT_EQ(statistics->last_30d, 4);
  EXPECT_EQ(statistics->with_media, 1);
  EXPECT_NEAR(statistics->average_per_day, 5.0 / 100.0, 0.001);
  EXPECT_EQ(statistics->top_senders, (std::vector<std::pair<std::string, std::int64_t>>{{"Ada", 3}, {"Bob", 1}}));
  const auto& days = statistics->messages_by_date;
  ASSERT_GE(days.size(), 4u);
  EXPECT_TRUE(std::is_sorted(days.begin(), days.end()));
  EXPECT_EQ(days.front().first, model::to_rfc3339(model::Time::seconds(now - 100 * kDay)).substr(0, 10));
  EXPECT_EQ(days.front().second, 1);
}

TEST_P(Statistics, OfTheLastDayAreByHourOldestFirst) {
  House house(GetParam());
  const auto now = model::Time::now().to_seconds();
  for (int id = 1; id <= 3; ++id) house.see(house.message(kNews, id, "text", now - 5 * 3'600));
  house.see(house.message(kNews, 4, "text", now - 3 * 3'600));
  house.see(house.message(kNews, 5, "text", now - 30 * 3'600));
  house.post(kTalk, 1);
  house.flush();

  auto days = house.store->last_day();
  ASSERT_TRUE(days);

  ASSERT_EQ(days->size(), 1u) << "the other chat's message is old";
  const auto& hours = days->at(kNews);
  const auto* three = std::find(hours.begin(), hours.end(), 3);
  const auto* one = std::find(hours.begin(), hours.end(), 1);
  EXPECT_EQ(one - three, 2);
  EXPECT_EQ(std::accumulate(hours.begin(), hours.end(), std::int64_t{0}), 4);
}

}  // namespace
}  // namespace tg::test
