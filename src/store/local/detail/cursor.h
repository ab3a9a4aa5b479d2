#pragma once
// The opaque text that continues a page: a place in the order and the way to go from it. Versioned; a text that is not
// one of ours is an error of the caller.

#include <string>
#include <string_view>

#include "model/result.h"
#include "store/local/detail/head.h"

namespace tg::store::local {

struct PageCursor {
  Position from;  // itself left out
  bool towards_older = true;
  std::int64_t skip = 0;  // matches from there that are still to be passed over

  bool operator==(const PageCursor&) const = default;
};

std::string to_text(const PageCursor& cursor);
Result<PageCursor> parse_cursor(std::string_view text);

}  // namespace tg::store::local
