#pragma once
// How a message stands, as the table heads has it.

#include <optional>
#include <string>
#include <string_view>

#include "journal/flags.h"
#include "journal/sqlite.h"
#include "model/event.h"
#include "store/paging.h"

namespace tg::store::local {

struct Head {
  model::MessageKey key;
  model::Time date;
  model::Seq seq, arrival, last;
  std::int64_t n = 0;
  std::int32_t versions = 0;
  std::int64_t flags = 0;
  model::SourceKind source = model::SourceKind::tdlib;
  model::Origin origin = model::Origin::live;
  model::Time deleted_at;
  std::string counters;       // JSON, may be empty
  bool text_matches = false;  // the search index has compared this very content

  Position position() const { return {date, key.scope, key.peer, key.message}; }
  bool has_content() const { return static_cast<bool>(seq); }
  bool has(std::int64_t flag) const { return (flags & flag) != 0; }
  bool deleted() const { return static_cast<bool>(deleted_at); }
};

// The columns that head_from_row reads, of the table heads under the alias h.
inline constexpr std::string_view kHeadColumns =
    "h.peer, h.message, h.scope, h.date, h.seq, h.arrival, h.last, h.n, h.versions, h.flags, h.source, h.origin, "
    "h.deleted_at, h.counters";
inline constexpr int kHeadColumnCount = 14;

Head head_from_row(const journal::Statement& row);
Result<std::optional<Head>> find_head(journal::Connection& db, const model::MessageKey& key);

}  // namespace tg::store::local
