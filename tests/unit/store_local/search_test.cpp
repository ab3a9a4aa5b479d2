#include "store/search_text.h"
#include "unit/store_local/house.h"

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

TEST(SearchText, IsOneForWhatPeopleTakeForTheSame) {
  EXPECT_EQ(store::search_text("AÇÃO Ünïcode"), "acao unicode");
  EXPECT_EQ(store::search_text("ＦＵＬＬ ﬁ ①"), "full fi 1");
  EXPECT_EQ(store::search_text("Straße"), "strasse");
  EXPECT_EQ(store::search_text("ΣΊΣΥΦΟΣ"), store::search_text("σίσυφος"));
  EXPECT_EQ(store::search_text("Ёлка"), "елка");
  EXPECT_EQ(store::characters("añ日🙂"), 4u);
}

TEST(SearchIndex, AnIndexThatIsGoneOrAnotherJournalsIsBuiltAgain) {
  House house;
  house.post(kNews, 1, "something to find");
  house.index();
  house.close();
  for (const auto* name : {"search.db", "search.db-wal", "search.db-shm"}) std::filesystem::remove(house.folder / name);
  house.open();
  house.index();
  EXPECT_EQ(find(house, "something"), (Ids{1}));

  house.close();
  house.folder.write("search.db",
                     "this is no database, whatever its name says; it only is long enough to look like one");
  house.open();
  house.index();
  EXPECT_EQ(find(house, "something"), (Ids{1}));
}

TEST(SearchIndex, AnIndexOfAnotherJournalIsNotBelieved) {
  House house;
  House other;  // the younger one: its seqs are beyond the head of the first
  other.post(kNews, 1, "of the other journal");
  other.index();
  other.close();
  house.post(kNews, 1, "of this journal");
  house.index();
  house.close();
  std::filesystem::copy_file(other.folder / "search.db", house.folder / "search.db",
                             std::filesystem::copy_options::overwrite_existing);
  house.open();
  house.index();

  EXPECT_EQ(find(house, "of this"), (Ids{1}));
  EXPECT_EQ(find(house, "of the other"), (Ids{}));
}

TEST(SearchIndex, WithoutAnIndexSaysSo) {
  House house({.search = false});

  auto page = house.store->page(searching("anything"));

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, Code::unavailable);
}

}  // namespace
}  // namespace tg::test
