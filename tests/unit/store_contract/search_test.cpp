#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

using Ids = std::vector<std::int64_t>;

Ids find(House& house, store::PageQuery query) {
  auto page = house.store->page(query);
  EXPECT_TRUE(page) << (page ? "" : page.error().to_string());
  return page ? ids(page->rows) : Ids{};
}
store::PageQuery searching(std::string text) {
  store::PageQuery query;
  query.search = std::move(text);
  return query;
}
Ids find(House& house, std::string text) { return find(house, searching(std::move(text))); }

STORE_SUITE(Search)

TEST_P(Search, FindsSubstringsInAnyScript) {
  House house(GetParam(), {.search = true});
  house.post(kNews, 1, "A inflação subiu 3%");
  house.post(kNews, 2, "Привет, мир");
  house.post(kNews, 3, "今日の東京は晴れ");
  house.post(kTalk, 4, "say \"hello\" AND (not) OR*");
  house.post(kTalk, 5, "🙂🙃😉 faces");
  house.index();

  EXPECT_EQ(find(house, "INFLACAO"), (Ids{1}));
  EXPECT_EQ(find(house, "nflaç"), (Ids{1}));
  EXPECT_EQ(find(house, "привет"), (Ids{2}));
  EXPECT_EQ(find(house, "東京は"), (Ids{3}));
  EXPECT_EQ(find(house, "\"hello\" AND (n"), (Ids{4}));
  EXPECT_EQ(find(house, "or*"), (Ids{4}));
  EXPECT_EQ(find(house, "🙂🙃😉"), (Ids{5}));
  EXPECT_EQ(find(house, "nowhere"), (Ids{}));
}

TEST_P(Search, LooksPastAccentsVowelSignsAndCase) {
  House house(GetParam(), {.search = true});
  house.post(kNews, 1, "السَّلامُ عَلَيْكُم");
  house.post(kNews, 2, "Crème brûlée à la CARTE");
  house.post(kNews, 3, "TIẾNG VIỆT");
  house.post(kNews, 4, "ＦＵＬＬＷＩＤＴＨ ﬁnance");
  house.post(kNews, 5, "한국어 문장");
  house.index();

  EXPECT_EQ(find(house, "السلام"), (Ids{1}));
  EXPECT_EQ(find(house, "عليكم"), (Ids{1}));
  EXPECT_EQ(find(house, "CREME BRULEE"), (Ids{2}));
  EXPECT_EQ(find(house, "à la carte"), (Ids{2}));
  EXPECT_EQ(find(house, "tieng viet"), (Ids{3}));
  EXPECT_EQ(find(house, "fullwidth"), (Ids{4}));
  EXPECT_EQ(find(house, "finance"), (Ids{4}));
  EXPECT_EQ(find(house, "국어 문"), (Ids{5}));
}

TEST_P(Search, TakesEveryCharacterForItself) {
  House house(GetParam(), {.search = true});
  house.post(kNews, 1, "100% sure_thing");
  house.post(kNews, 2, R"(it's "quoted" 'twice')");
  house.post(kNews, 3, "100x surething");
  house.post(kNews, 4, R"(back\slash; DROP TABLE texts; --)");
  house.index();

  EXPECT_EQ(find(house, "0% s"), (Ids{1}));
  EXPECT_EQ(find(house, "e_t"), (Ids{1}));
  EXPECT_EQ(find(house, "%%%"), (Ids{}));
  EXPECT_EQ(find(house, "___"), (Ids{}));
  EXPECT_EQ(find(house, "***"), (Ids{}));
  EXPECT_EQ(find(house, R"(t's "q)"), (Ids{2}));
  EXPECT_EQ(find(house, R"(""")"), (Ids{}));
  EXPECT_EQ(find(house, R"(d" ')"), (Ids{2}));
  EXPECT_EQ(find(house, R"(k\s)"), (Ids{4}));
  EXPECT_EQ(find(house, "; --"), (Ids{4}));
  EXPECT_EQ(find(house, "sure"), (Ids{3, 1}));
}

TEST_P(Search, GoesTogetherWithTheOtherFilters) {
  House house(GetParam(), {.search = true});
  for (int id = 1; id <= 6; ++id) {
    auto m = house.message(id % 2 ? kNews : kTalk, id, "same words");
    if (id > 3) m.media.type = model::MediaType::photo;
    m.sender = id == 5 ? "other" : "sender";
    house.see(m);
  }
  house.index();

  auto query = searching("same");
  query.channels = {kNews};
  EXPECT_EQ(find(house, query), (Ids{5, 3, 1}));
  query.has_media = true;
  EXPECT_EQ(find(house, query), (Ids{5}));
  query.has_media.reset();
  query.sender = "sender";
  EXPECT_EQ(find(house, query), (Ids{3, 1}));
  query.channels = {kMusic};  // nothing of it was ever indexed
  EXPECT_EQ(find(house, query), (Ids{}));
}

TEST_P(Search, FollowsEditsAndKeepsDeletedOnesForThoseWhoAsk) {
  House house(GetParam(), {.search = true});
  house.post(kNews, 1, "before the edit");
  house.post(kNews, 2, "before it went");
  house.index();
  house.edit(kNews, 1, "afterwards", kPosted + 50);
  house.erase(kNews, 2);
  house.index();

  EXPECT_EQ(find(house, "before"), (Ids{}));
  EXPECT_EQ(find(house, "afterw"), (Ids{1}));
  auto with_deleted = searching("before");
  with_deleted.include_deleted = true;
  EXPECT_EQ(find(house, with_deleted), (Ids{2}));
}

TEST_P(Search, PagesNewestFirstByCursorAlsoWithinOneSecond) {
  House house(GetParam(), {.search = true});
  for (int id = 1; id <= 200; ++id) {
    house.see(house.message(id % 3 ? kNews : kTalk, id, id % 2 ? "needle in hay" : "hay", kPosted + id / 20));
  }
  house.index();

  for (const bool newest_first : {true, false}) {
    for (const bool one_chat : {true, false}) {
      store::PageQuery plain;
      plain.newest_first = newest_first;
      plain.limit = 200;
      if (one_chat) plain.channels = {kTalk};
      Ids all;
      const auto whole = house.store->page(plain);
      ASSERT_TRUE(whole);
      for (const auto& row : whole->rows) {
        if (row.message.text == "needle in hay") all.push_back(row.message.key.message.value);
      }
      store::PageQuery query = plain;
      query.search = "needle";
      query.limit = 7;
      Ids walked;
      for (int pages = 0; pages < 50; ++pages) {
        auto page = house.store->page(query);
        ASSERT_TRUE(page);
        EXPECT_EQ(page->total, static_cast<std::int64_t>(all.size()));
        for (const auto id : ids(page->rows)) walked.push_back(id);
        if (!page->has_more) break;
        query.cursor = page->next_cursor;
      }
      EXPECT_EQ(walked, all);
    }
  }
}

TEST_P(Search, ShortTextsNeedAChannelAndDates) {
  House house(GetParam(), {.search = true});
  house.post(kNews, 1, "ab");
  house.post(kTalk, 2, "xaby");
  house.index();

  auto refused = house.store->page(searching("ab"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid_input);
  EXPECT_FALSE(refused.error().fix.empty());

  auto query = searching("ab");
  query.channels = {kTalk};
  query.from = model::Time::seconds(kPosted);
  query.to = model::Time::seconds(kPosted + 100);
  EXPECT_EQ(find(house, query), (Ids{2}));
}

}  // namespace
}  // namespace tg::test
