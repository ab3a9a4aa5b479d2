#include "unit/store_local/house.h"

namespace tg::test {
namespace {

TEST(ReadOnly, AnswersWhatIsReadAndRefusesToWrite) {
  House house;
  house.post(kNews, 1, "something to find");
  house.index();
  auto journal = journal::Journal::open(house.folder.path(), journal::Access::read);
  ASSERT_TRUE(journal);
  observe::Metrics metrics;
  hot::Generations generations(**journal);
  store::LocalStore store(**journal, nullptr, generations, metrics, {});

  EXPECT_EQ(described(*store.page({})), described(*house.store->page({})));
  store::PageQuery query;
  query.search = "something";
  auto found = store.page(query);
  ASSERT_TRUE(found) << found.error().to_string();
  EXPECT_EQ(found->rows.size(), 1u);
  EXPECT_EQ(store.search_state()->behind_events, 0);
  EXPECT_EQ(store.by_status()->size(), 3u);

  EXPECT_EQ(store.unprocessed({.channel = kNews, .consumer = "a", .statuses = {}, .limit = 1}).error().code,
            Code::unavailable);
  EXPECT_EQ(store.mark_processed({{"1"}}, "a").error().code, Code::unavailable);
  EXPECT_EQ(store.remove(key(kNews, 1), "").error().code, Code::unavailable);
  store::Consumer consumer;
  consumer.name = "a";
  EXPECT_EQ(store.put_consumer(consumer).error().code, Code::unavailable);
  EXPECT_EQ(store.add_chat({}).error().code, Code::unavailable);
}

}  // namespace
}  // namespace tg::test
