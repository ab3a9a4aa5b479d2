#include "journal/access.h"

namespace tg::journal {
Result<void> note_access(Connection& db, model::ChatId peer, model::Scope scope, std::int64_t account, bool sees,
                         const std::string& reason, model::Time at) {
  return db
      .prepared(
          "INSERT INTO access (peer, scope, account, sees, since, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
          "ON CONFLICT (peer, scope, account) DO UPDATE SET sees = ?4, since = ?5, reason = ?6 WHERE sees <> ?4")
      .with(peer, scope, account, static_cast<int>(sees), at, std::string_view(reason))
      .run();
}

Result<std::optional<NoAccess>> no_access(Connection& db, model::ChatId peer, model::Scope scope) {
  // SQLite takes `reason` from the row with the maximum.
  auto& row = db.prepared(
                    "SELECT max(since), reason FROM access WHERE peer = ?1 AND scope = ?2 AND sees = 0 AND "
                    "NOT EXISTS (SELECT 1 FROM access WHERE peer = ?1 AND scope = ?2 AND sees = 1)")
                  .with(peer, scope);
  auto found = row.step();
  if (!found) return found.error();
  std::optional<NoAccess> lost;
  if (row.integer(0) != 0) lost = NoAccess{model::Time{row.integer(0)}, std::string(row.text(1))};
  row.reset();
  return lost;
}

}  // namespace tg::journal
