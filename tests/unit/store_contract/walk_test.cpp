#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/store_contract/house.h"

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
  auto centre = *rc::gen::elementOf(all);
  query.around = centre;
  // Of a message that is not here: where it would stand.
  if (*rc::gen::arbitrary<bool>()) {
    query.around->message.value = *rc::gen::inRange<std::int64_t>(1, 45);
    const auto stands = [&](const model::MessageKey& key) {
      return key.peer == centre.peer && key.scope == centre.scope;
    };
    std::optional<model::MessageKey> before, after;
    for (const auto& key : all) {
      if (!stands(key)) continue;
      auto& side = key.message <= query.around->message ? before : after;
      const bool nearer = !side || (&side == &before ? key.message > side->message : key.message < side->message);
      if (nearer) side = key;
    }
    centre = before ? *before : *after;
  }

  const auto page = page_of(house, query);

  const auto keys = keys_of(page);
  RC_ASSERT(std::find(keys.begin(), keys.end(), centre) != keys.end());
  const auto at = std::search(all.begin(), all.end(), keys.begin(), keys.end());
  RC_ASSERT(at != all.end());
  RC_ASSERT(page.prev_cursor.empty() == (at == all.begin()));
  RC_ASSERT(page.next_cursor.empty() == (at + std::ssize(keys) == all.end()));
}

STORE_SUITE(Pages)

TEST_P(Pages, WalkedByCursorsBothWaysGiveEveryRowOnceAndInOrder) {
  EXPECT_TRUE(rc::check([this] {
    House house(GetParam());
    const auto archive = fill(house, *rc::gen::inRange(0, 120));
    for (int i = 0; i < 8; ++i) {
      check_walks(house, archive);
      check_offset(house, archive);
      check_around(house, archive);
    }
  }));
}

TEST_P(Pages, GiveTheSameWhenTheBudgetOfAPageIsSmall) {
  EXPECT_TRUE(rc::check([this] {
    House house(GetParam(), {.scan_budget = 7});
    const auto archive = fill(house, *rc::gen::inRange(0, 120));
    for (int i = 0; i < 8; ++i) {
      check_walks(house, archive);
      check_offset_by_cursors(house, archive);
    }
  }));
}

}  // namespace
}  // namespace tg::test
