#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

store::Consumer named(std::string name) {
  store::Consumer consumer;
  consumer.name = std::move(name);
  return consumer;
}

std::vector<std::int64_t> poll(store::Store& store) {
  auto rows = store.unprocessed({.channel = kNews, .consumer = "a", .statuses = {}, .limit = 10});
  EXPECT_TRUE(rows) << (rows ? "" : rows.error().to_string());
  return rows ? ids(*rows) : std::vector<std::int64_t>();
}

STORE_SUITE(Consumers)

TEST_P(Consumers, AreMadeChangedAndRemembered) {
  House house(GetParam());
  house.post(kNews, 1);
  house.flush();
  auto wanted = named("bot-1");
  wanted.origins = {model::Origin::live, model::Origin::import_};
  auto made = house.store->put_consumer(wanted);
  ASSERT_TRUE(made) << made.error().to_string();
  EXPECT_EQ(made->origins, wanted.origins);
  EXPECT_EQ(made->pending, 1);
  EXPECT_TRUE(made->created_at);

  wanted.redeliver_edits = true;
  wanted.origins.clear();
  ASSERT_TRUE(house.store->put_consumer(wanted));
  house.restart();

  auto all = house.store->consumers();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_TRUE(all->front().redeliver_edits);
  EXPECT_TRUE(all->front().origins.empty());
  EXPECT_EQ(all->front().created_at, made->created_at);
}

TEST_P(Consumers, NamesThatDoNotStandInAnAddressAreRefused) {
  House house(GetParam());
  for (const auto& name :
       {std::string(), std::string("a b"), std::string("ü"), std::string("a/b"), std::string(101, 'a')}) {
    EXPECT_EQ(house.store->put_consumer(named(name)).error().code, Code::invalid_input) << name;
  }
  EXPECT_TRUE(house.store->put_consumer(named(std::string(100, 'a'))));
}

TEST_P(Consumers, AnAcknowledgementNeverMovesBackAndNeverAheadOfTheHead) {
  House house(GetParam());
  ASSERT_TRUE(house.store->put_consumer(named("a")));
  for (int id = 1; id <= 3; ++id) house.post(kNews, id);
  house.flush();
  const auto head = house.journal->head();

  auto moved = house.store->acknowledge("a", head);
  ASSERT_TRUE(moved) << moved.error().to_string();
  EXPECT_EQ(moved->stream_seq, head);
  EXPECT_EQ(moved->pending, 0);
  auto back = house.store->acknowledge("a", model::Seq{head.value - 2});
  ASSERT_TRUE(back);
  EXPECT_EQ(back->stream_seq, head);
  EXPECT_EQ(house.store->acknowledge("a", model::Seq{head.value + 1}).error().code, Code::invalid_input);
  EXPECT_EQ(house.store->acknowledge("nobody", head).error().code, Code::not_found);
  house.restart();
  EXPECT_EQ(house.store->consumers()->front().stream_seq, head);
}

TEST_P(Consumers, OneThatIsRemovedStartsAnew) {
  House house(GetParam());
  ASSERT_TRUE(house.store->put_consumer(named("a")));
  for (int id = 1; id <= 2; ++id) house.post(kNews, id);
  house.flush();
  ASSERT_EQ(poll(*house.store).size(), 2u);
  ASSERT_EQ(house.store->mark_processed({{"1"}}, "a")->updated, 1);

  ASSERT_TRUE(house.store->remove_consumer("a"));

  EXPECT_TRUE(house.store->consumers()->empty());
  EXPECT_EQ(house.store->mark_processed({{"2"}}, "a")->updated, 0) << "what it was served is forgotten";
  EXPECT_TRUE((*house.store->get(key(kNews, 1)))->processed_by.empty());
  EXPECT_EQ(poll(*house.store), (std::vector<std::int64_t>{1, 2}));
}

TEST_P(Consumers, OneThatOnlyPolledIsRemovedToo) {
  House house(GetParam());
  house.post(kNews, 1);
  house.flush();
  ASSERT_EQ(poll(*house.store).size(), 1u);
  ASSERT_EQ(house.store->mark_processed({{"1"}}, "a")->updated, 1);

  EXPECT_TRUE(house.store->remove_consumer("a"));

  EXPECT_EQ(house.store->remove_consumer("a").error().code, Code::not_found) << "nothing is left of it";
  auto unnamed = house.store->unprocessed({.channel = kNews, .consumer = "", .statuses = {}, .limit = 10});
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->size(), 1u) << "nobody has marked it";
}

}  // namespace
}  // namespace tg::test
