#include "journal/cursors.h"

namespace tg::journal {

Result<std::vector<Cursor>> cursors(Connection& db) {
  std::vector<Cursor> all;
  auto& rows = db.prepared("SELECT name, journal_id, seq, required, updated_at FROM cursors ORDER BY name").reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    all.push_back({std::string(rows.text(0)), std::string(rows.text(1)), model::Seq{rows.integer(2)},
                   rows.integer(3) != 0, model::Time{rows.integer(4)}});
  }
  rows.reset();
  return all;
}

Result<model::Seq> position(Connection& db, const std::string& journal_id, const std::string& name) {
  auto& row = db.prepared("SELECT journal_id, seq FROM cursors WHERE name = ?").with(std::string_view(name));
  auto found = row.step();
  if (!found) return found.error();
  model::Seq at;
  if (*found && row.text(0) == journal_id) at = model::Seq{row.integer(1)};
  row.reset();
  auto head = db.scalar("SELECT seq FROM events ORDER BY seq DESC LIMIT 1");
  if (!head) return head.error();
  return at.value > *head ? model::Seq{} : at;
}

Result<bool> has_position(Connection& db, const std::string& name) {
  auto& row = db.prepared("SELECT 1 FROM cursors WHERE name = ?").with(std::string_view(name));
  auto found = row.step();
  row.reset();
  return found;
}

Result<std::int64_t> events_behind(Connection& db, model::Seq seq, std::int64_t most) {
  auto& row = db.prepared("SELECT count(*) FROM (SELECT 1 FROM events WHERE seq > ? LIMIT ?)").with(seq, most);
  auto found = row.step();
  if (!found) return found.error();
  const auto behind = row.integer(0);
  row.reset();
  return behind;
}

Result<void> advance(Connection& db, const std::string& journal_id, const std::string& name, model::Seq to,
                     bool required) {
  return db
      .prepared(
          "INSERT INTO cursors (name, journal_id, seq, required, updated_at) VALUES (?1, ?2, ?3, ?4, ?5) "
          "ON CONFLICT (name) DO UPDATE SET seq = CASE WHEN journal_id = excluded.journal_id THEN max(seq, "
          "excluded.seq) "
          "ELSE excluded.seq END, journal_id = excluded.journal_id, required = excluded.required, "
          "updated_at = excluded.updated_at")
      .with(std::string_view(name), std::string_view(journal_id), to, static_cast<int>(required), model::Time::now())
      .run();
}

Result<void> go_back(Connection& db, const std::string& name, model::Seq to) {
  return db.prepared("UPDATE cursors SET seq = ?2, updated_at = ?3 WHERE name = ?1 AND seq > ?2")
      .with(std::string_view(name), to, model::Time::now())
      .run();
}

}  // namespace tg::journal
