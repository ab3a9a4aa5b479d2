#include "store/paging.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/store_local/house.h"

namespace tg::test {
namespace {

using store::PageCursor;
using store::Position;

PageCursor any_cursor() {
  // No place is as far out as the ends of int64.
  const auto number = [] { return *rc::gen::arbitrary<std::int64_t>() / 4; };
  return {Position{model::Time{number()}, model::Scope{number()}, model::ChatId{number()}, model::MessageId{number()}},
          *rc::gen::arbitrary<bool>(), *rc::gen::element<std::int64_t>(0, 1, 100'000)};
}

RC_GTEST_PROP(Cursor, IsReadAsItWasWritten, ()) {
  const auto cursor = any_cursor();
  const auto text = store::to_text(cursor);
  RC_ASSERT(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
            std::string::npos);
  const auto read = store::parse_cursor(text);
  RC_ASSERT(read.ok());
  RC_ASSERT(*read == cursor);
}

// Whatever is sent as a cursor, the answer is a page or the caller's mistake.
TEST(Cursor, GarbageIsTheCallersMistakeOrAPlace) {
  House house({.search = false});
  for (int id = 1; id <= 3; ++id) house.post(kNews, id);
  house.flush();
  EXPECT_TRUE(rc::check([&house] {
    std::string text = *rc::gen::arbitrary<std::string>();
    if (*rc::gen::arbitrary<bool>()) {
      text = store::to_text(any_cursor());
      const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
      text[at] = *rc::gen::arbitrary<char>();
    }
    RC_PRE(!text.empty());
    store::PageQuery query;
    query.cursor = text;
    query.newest_first = *rc::gen::arbitrary<bool>();
    const auto page = house.store->page(query);
    const bool right = page ? page->rows.size() <= 3u : page.error().code == Code::invalid_input;
    RC_ASSERT(right);
  }));
}

TEST(Cursor, APlaceBeyondAllNumbersIsRefused) {
  constexpr auto kFar = std::numeric_limits<std::int64_t>::max();
  const auto text = store::to_text({{model::Time{}, {}, {}, model::MessageId{kFar}}, true, 0});

  EXPECT_EQ(store::parse_cursor(text).error().code, Code::invalid_input);
  const auto skip = store::to_text({{}, true, 100'001});
  EXPECT_EQ(store::parse_cursor(skip).error().code, Code::invalid_input);
}

}  // namespace
}  // namespace tg::test
