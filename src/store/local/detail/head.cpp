#include "store/local/detail/head.h"

#include "store/local/detail/query.h"

namespace tg::store::local {

Head head_from_row(const journal::Statement& row) {
  Head head;
  head.key = {model::Scope{row.integer(2)}, model::ChatId{row.integer(0)}, model::MessageId{row.integer(1)}};
  head.date = model::Time{row.integer(3)};
  head.seq = model::Seq{row.integer(4)};
  head.arrival = model::Seq{row.integer(5)};
  head.last = model::Seq{row.integer(6)};
  head.n = row.integer(7);
  head.versions = static_cast<std::int32_t>(row.integer(8));
  head.flags = row.integer(9);
  head.source = static_cast<model::SourceKind>(row.integer(10));
  head.origin = static_cast<model::Origin>(row.integer(11));
  head.deleted_at = model::Time{row.integer(12)};
  head.counters = std::string(row.text(13));
  return head;
}

Result<std::optional<Head>> find_head(journal::Connection& db, const model::MessageKey& key) {
  static const std::string kSql =
      fmt::format("SELECT {} FROM heads h WHERE h.peer = ? AND h.message = ? AND h.scope = ?", kHeadColumns);
  std::optional<Head> head;
  auto done = each(db.prepared(kSql).with(key.peer, key.message, key.scope),
                   [&](journal::Statement& row) { head = head_from_row(row); });
  if (!done) return done.error();
  return head;
}

}  // namespace tg::store::local
