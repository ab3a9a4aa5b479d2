#pragma once
// Heads in the order of pages, from a place on, one after the other: of all chats, of some (one keyset query a chat,
// merged), of given keys, or of what the search index names (search_index.h).
//
// A source may stop before its end when it has looked at more than its budget; it then tells where to go on.

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "journal/sqlite.h"
#include "store/local/detail/head.h"

namespace tg::store::local {

struct Range {
  std::optional<Position> beyond;       // this place itself is left out
  std::optional<model::Time> from, to;  // of the date, inclusive
  bool towards_older = true;
  std::size_t first_chunk = 64;  // how many heads the caller will need, about

  // In the direction of the scan.
  bool before(const Position& a, const Position& b) const { return towards_older ? b < a : a < b; }
};

class HeadSource {
 public:
  virtual ~HeadSource() = default;
  virtual Result<std::optional<Head>> next() = 0;
  // After next() gave nothing: where the budget ended; nothing at the true end.
  virtual std::optional<Position> paused() const { return std::nullopt; }
};

// Empty `peers`: all chats.
std::unique_ptr<HeadSource> scan_heads(journal::Connection& db, const std::vector<model::ChatId>& peers, Range range);

// The messages with this id in these chats (empty: in all).
std::unique_ptr<HeadSource> find_heads(journal::Connection& db, const std::vector<model::ChatId>& peers,
                                       model::MessageId message, Range range);

}  // namespace tg::store::local
