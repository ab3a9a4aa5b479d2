#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

STORE_SUITE(Offers)

// What each consumer still has before it, in a set: whatever the order of posts, polls, marks, deletions, returns and
// restarts, a poll gives exactly that, and no mark and no message is lost.
void offer_and_take(Backing backing) {
  House house(backing);
  const std::vector<std::string> consumers = {"a", "b"};
  std::vector<std::int64_t> posted;
  std::set<std::int64_t> deleted;
  std::map<std::string, std::set<std::int64_t>> marked;
  for (int step = 0; step < 40; ++step) {
    const auto& consumer = *rc::gen::elementOf(consumers);
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
      case 1:
      case 2: {
        house.post(kNews, std::ssize(posted) + 1);
        posted.push_back(std::ssize(posted) + 1);
        break;
      }
      case 3:
      case 4: {
        if (posted.empty()) break;
        const auto id = *rc::gen::elementOf(posted);
        house.flush();
        const auto done = house.store->mark_processed({{model::to_api_id(key(kNews, id))}}, consumer);
        RC_ASSERT(done.ok());
        RC_ASSERT(done->updated == (marked[consumer].insert(id).second ? 1 : 0));
        break;
      }
      case 5: {
        if (posted.empty()) break;
        const auto id = *rc::gen::elementOf(posted);
        house.erase(kNews, id);
        deleted.insert(id);
        break;
      }
      case 6: {
        if (deleted.empty()) break;
        const auto id = *deleted.begin();
        house.see(house.message(kNews, id, "text"), model::Origin::backfill, pipeline::Freshness::page);
        deleted.erase(id);
        break;
      }
      case 7: {
        if (*rc::gen::inRange(0, 4) == 0) house.restart();
        break;
      }
      default: break;
    }
    house.flush();
    const auto limit = *rc::gen::inRange<std::size_t>(1, 30);
    store::UnprocessedQuery query;
    query.channel = kNews;
    query.consumer = consumer;
    query.limit = limit;
    auto rows = house.store->unprocessed(query);
    RC_ASSERT(rows.ok());
    std::set<std::int64_t> open;
    for (const auto id : posted) {
      if (!deleted.contains(id) && !marked[consumer].contains(id)) open.insert(id);
    }
    std::set<std::int64_t> given;
    for (const auto id : ids(*rows)) RC_ASSERT(given.insert(id).second);
    RC_ASSERT(given.size() == std::min(limit, open.size()));
    RC_ASSERT(std::includes(open.begin(), open.end(), given.begin(), given.end()));
  }
}

TEST_P(Offers, AreExactlyWhatIsNotMarkedWhateverHappens) {
  EXPECT_TRUE(rc::check([this] { offer_and_take(GetParam()); }));
}

}  // namespace
}  // namespace tg::test
