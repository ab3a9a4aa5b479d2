#include "unit/store_local/house.h"

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

// The hand that writes the serve comes after the edit, whose content was not read: here by writing the edit's time
// back.
TEST(Unprocessed, AnEditBetweenTheReadingAndTheServeComesAgain) {
  House house;
  want_edits(house, "edits");
  house.post(kNews, 1);
  house.flush();
  ASSERT_EQ(poll(house, kNews, "edits"), (Ids{1}));
  house.edit(kNews, 1, "other", kPosted + 100);
  house.flush();
  house.write("UPDATE events SET recorded_at = (SELECT at - 1 FROM serves) WHERE kind = 2");

  EXPECT_EQ(mark(house, "edits", {"1"}), 1);

  EXPECT_EQ(poll(house, kNews, "edits"), (Ids{1}));
  EXPECT_EQ(mark(house, "edits", {"1"}), 1);
  EXPECT_EQ(poll(house, kNews, "edits"), (Ids{})) << "what was served last is marked";
}

}  // namespace
}  // namespace tg::test
