#include "journal/held_histories.h"

namespace tg::journal {

Result<std::map<model::ChatId, model::Time>> held_histories(Connection& db) {
  std::map<model::ChatId, model::Time> all;
  auto& rows = db.prepared(
                     "SELECT CAST(substr(name, length('history_held:') + 1) AS INTEGER), CAST(value AS INTEGER) FROM "
                     "meta WHERE name GLOB 'history_held:*'")
                   .reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    all.emplace(rows.integer(0), rows.integer(1));
  }
  rows.reset();
  return all;
}

Result<void> hold_history(Connection& db, model::ChatId chat, model::Time since) {
  const auto name = fmt::format("history_held:{}", chat.value);
  if (!since) return db.prepared("DELETE FROM meta WHERE name = ?").with(std::string_view(name)).run();
  return db.prepared("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)")
      .with(std::string_view(name), since)
      .run();
}

}  // namespace tg::journal
