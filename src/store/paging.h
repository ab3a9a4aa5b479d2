#pragma once
// What every store's pages have in common: the order and the opaque text that continues a page. A cursor of one
// store continues a page of another.

#include <string>
#include <string_view>

#include "store/store.h"

namespace tg::store {

inline constexpr std::size_t kLargestPage = 10'000;
inline constexpr std::int64_t kLargestOffset = 100'000;
// Each costs a lookup: counting must not cost more than the page.
inline constexpr std::size_t kCountTo = 1'000;

// Pages are in this order.
struct Position {
  model::Time date;
  model::Scope scope;
  model::ChatId peer;
  model::MessageId message;

  constexpr auto operator<=>(const Position&) const = default;
};

// A place in the order and the way to go from it.
struct PageCursor {
  Position from;  // itself left out
  bool towards_older = true;
  std::int64_t skip = 0;  // matches from there that are still to be passed over

  bool operator==(const PageCursor&) const = default;
};

// Versioned; a text that is not one of ours is an error of the caller.
std::string to_text(const PageCursor& cursor);
Result<PageCursor> parse_cursor(std::string_view text);

Position position_of(const Row& row);
// The neighbour of a place, so that "beyond the neighbour" takes the place itself in.
Position just_before(Position place, bool towards_older);
Error nothing_near(const model::MessageKey& key);
// Of a page whose rows and has_more are there.
void set_next(Page& page, bool towards_older);
void set_previous(Page& page, bool towards_older);

}  // namespace tg::store
