#include "source/tdlib/media_ledger.h"

namespace tg::tdlib::ledger {

Result<void> prepare(journal::Connection& db) {
  return db.execute(
      "CREATE TABLE IF NOT EXISTS media_files ("
      "sha256 TEXT NOT NULL, peer INTEGER NOT NULL, message INTEGER NOT NULL, scope INTEGER NOT NULL,"
      "unique_id TEXT NOT NULL, size INTEGER NOT NULL, young INTEGER NOT NULL,"
      "PRIMARY KEY (sha256, peer, message, scope)) WITHOUT ROWID;"
      "CREATE INDEX IF NOT EXISTS media_files_by_id ON media_files (unique_id);");
}

Result<void> add(journal::Connection& db, const Entry& entry) {
  const auto& [sha256, unique_id, message, size, young] = entry;
  return db
      .prepared(
          "INSERT INTO media_files (sha256, peer, message, scope, unique_id, size, young) VALUES (?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT DO UPDATE SET young = max(young, excluded.young)")
      .with(std::string_view(sha256), message.peer, message.message, message.scope, std::string_view(unique_id), size,
            young)
      .run();
}

Result<void> remove(journal::Connection& db, const std::string& sha256) {
  return db.prepared("DELETE FROM media_files WHERE sha256 = ?").with(std::string_view(sha256)).run();
}

Result<std::optional<Held>> find(journal::Connection& db, const std::string& unique_id) {
  auto& row = db.prepared("SELECT sha256, size, young FROM media_files WHERE unique_id = ? LIMIT 1")
                  .with(std::string_view(unique_id));
  const auto found = row.step();
  if (!found) return found.error();
  std::optional<Held> held;
  if (*found) held = Held{std::string(row.text(0)), row.integer(1), model::Time{row.integer(2)}};
  row.reset();
  return held;
}

Result<std::vector<Held>> oldest(journal::Connection& db, std::int64_t limit) {
  auto& rows = db.prepared(
                     "SELECT sha256, max(size), max(young) AS youngest FROM media_files GROUP BY sha256 "
                     "ORDER BY youngest LIMIT ?")
                   .with(limit);
  std::vector<Held> all;
  while (true) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) break;
    all.push_back({std::string(rows.text(0)), rows.integer(1), model::Time{rows.integer(2)}});
  }
  rows.reset();
  return all;
}

Result<std::vector<Entry>> entries(journal::Connection& db, const std::string& sha256) {
  auto& rows = db.prepared("SELECT peer, message, scope, unique_id, size, young FROM media_files WHERE sha256 = ?")
                   .with(std::string_view(sha256));
  std::vector<Entry> all;
  while (true) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) break;
    const model::MessageKey key{model::Scope{rows.integer(2)}, model::ChatId{rows.integer(0)},
                                model::MessageId{rows.integer(1)}};
    all.push_back({sha256, std::string(rows.text(3)), key, rows.integer(4), model::Time{rows.integer(5)}});
  }
  rows.reset();
  return all;
}

Result<std::int64_t> bytes(journal::Connection& db) {
  return db.scalar("SELECT coalesce(sum(size), 0) FROM (SELECT max(size) AS size FROM media_files GROUP BY sha256)");
}

}  // namespace tg::tdlib::ledger
