#pragma once
// Puts rows and cursors together to a page; the same for rows from the file and from memory.

#include "store/local/detail/cursor.h"
#include "store/store.h"

namespace tg::store::local {

inline Position position_of(const Row& row) {
  const auto& key = row.message.key;
  return {row.message.date, key.scope, key.peer, key.message};
}

// The neighbour of a place, so that "beyond the neighbour" takes the place itself in.
inline Position just_before(Position place, bool towards_older) {
  place.message.value += towards_older ? 1 : -1;
  return place;
}

inline void set_next(Page& page, bool towards_older) {
  if (page.has_more && !page.rows.empty())
    page.next_cursor = to_text({position_of(page.rows.back()), towards_older, 0});
}
inline void set_previous(Page& page, bool towards_older) {
  if (!page.rows.empty()) page.prev_cursor = to_text({position_of(page.rows.front()), !towards_older, 0});
}

}  // namespace tg::store::local
