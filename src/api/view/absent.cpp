#include "api/view/absent.h"

namespace tg::api {
namespace json = boost::json;
namespace {

// When a message was first on disk, as the database has it. Where its first event was trimmed: when it was first seen.
Result<model::Time> came(journal::Connection& db, const model::MessageKey& key) {
  auto& row =
      db.prepared(
            "SELECT coalesce((SELECT recorded_at FROM events WHERE seq = min(h.arrival, h.seq, coalesce(v.seq, "
            "h.seq))), "
            "v.observed_at, h.observed_at) FROM heads h, (SELECT min(seq) AS seq, min(observed_at) AS observed_at FROM "
            "versions WHERE peer = ?1 AND message = ?2 AND scope = ?3) v "
            "WHERE h.peer = ?1 AND h.message = ?2 AND h.scope = ?3")
          .with(key.peer, key.message, key.scope);
  const auto found = row.step();
  if (!found) return found.error();
  const model::Time at{row.integer(0)};
  row.reset();
  return at;
}

// What the database never took is in quarantine, not erased.
Result<bool> was_refused(journal::Connection& db, const model::MessageKey& key) {
  auto& row = db.prepared("SELECT 1 FROM quarantine WHERE reader = 'postgres' AND peer = ? AND message = ?")
                  .with(key.peer, key.message);
  auto found = row.step();
  row.reset();
  return found;
}

}  // namespace

Result<std::optional<Absent>> absent(const model::MessageKey& key, const Context& context) {
  auto db = context.journal().read();
  if (!db) return db.error();
  auto& row = (*db)->prepared("SELECT date, seq, deleted_at FROM heads WHERE peer = ? AND message = ? AND scope = ?");
  row.with(key.peer, key.message, key.scope);
  const auto found = row.step();
  if (!found) return found.error();
  const model::Time date{*found ? row.integer(0) : 0}, deleted{*found ? row.integer(2) : 0};
  const model::Seq seq{*found ? row.integer(1) : 0};
  row.reset();
  if (!date && deleted) {
    const auto at = model::to_rfc3339(deleted);
    return std::optional(
        Absent{{{"reason", "deleted"}, {"deletedAt", at}}, "it was deleted at " + at + ", before it was seen"});
  }
  const auto days = context.options.keep_days;
  const auto kept_from = model::Time::now().us - days * 86'400'000'000;
  if (!date || days == 0 || seq > context.parts.stored_to()) return std::optional<Absent>{};
  const auto since = context.options.kept_by_date ? Result<model::Time>(date) : came(**db, key);
  if (!since) return since.error();
  if (since->us >= kept_from) return std::optional<Absent>{};
  const auto refused = was_refused(**db, key);
  if (!refused) return refused.error();
  if (*refused) return std::optional<Absent>{};
  const auto posted = model::to_rfc3339(date);
  return std::optional(
      Absent{{{"reason", "erased"}, {"date", posted}, {"keepDays", days}},
             fmt::format("it was posted at {}, and the database keeps {} days (postgres.keep_days)", posted, days)});
}

}  // namespace tg::api
