#include "journal/rules.h"

#include <fmt/format.h>

namespace tg::journal {
namespace {

constexpr std::int64_t kMinute = 60'000'000;      // µs
constexpr std::int64_t kOnItsWay = 10 * kMinute;  // one that was begun is waited for so long
constexpr std::int64_t kClockMargin = kMinute;    // between Telegram's clock and this one
constexpr std::int64_t kMostNewest = 1'000;       // messages

Error no_such_rule(std::int64_t id) {
  return {Code::not_found, fmt::format("there is no rule {}", id), "GET /api/telegram-gateway/rules lists them"};
}

}  // namespace

Result<std::vector<StoredRule>> rules(Connection& db) {
  std::vector<StoredRule> all;
  auto& rows =
      db.prepared("SELECT id, position, body, created_at, updated_at FROM rules ORDER BY position, id").reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    all.push_back({rows.integer(0), rows.integer(1), std::string(rows.text(2)), model::Time{rows.integer(3)},
                   model::Time{rows.integer(4)}});
  }
  rows.reset();
  return all;
}

Result<std::int64_t> add_rule(Connection& db, std::int64_t position, std::string_view body, model::Time now) {
  auto done = db.prepared("INSERT INTO rules (position, body, created_at, updated_at) VALUES (?1, ?2, ?3, ?4)")
                  .with(position, body, now, now)
                  .run();
  if (!done) return done.error();
  return db.last_insert_rowid();
}

Result<void> change_rule(Connection& db, std::int64_t id, std::int64_t position, std::string_view body,
                         model::Time now) {
  auto done = db.prepared("UPDATE rules SET position = ?, body = ?, updated_at = ? WHERE id = ?")
                  .with(position, body, now, id)
                  .run();
  if (!done) return done;
  return db.changes() > 0 ? Result<void>() : no_such_rule(id);
}

Result<void> remove_rule(Connection& db, std::int64_t id) {
  if (auto done = db.prepared("DELETE FROM rules WHERE id = ?").with(id).run(); !done) return done;
  return db.changes() > 0 ? Result<void>() : no_such_rule(id);
}

Result<std::optional<Forwarded>> forwarded(Connection& db, std::int64_t rule, const model::MessageKey& message,
                                           model::ChatId destination) {
  auto& row =
      db.prepared(
            "SELECT begun_at, sent FROM forwarded WHERE rule = ? AND peer = ? AND message = ? AND scope = ? AND "
            "destination = ?")
          .with(rule, message.peer, message.message, message.scope, destination);
  auto found = row.step();
  if (!found) return found.error();
  std::optional<Forwarded> known;
  if (*found) known = Forwarded{model::Time{row.integer(0)}, model::MessageId{row.integer(1)}};
  row.reset();
  return known;
}

Result<std::optional<bool>> is_forwarded(Connection& db, const model::Message& message, model::Time now) {
  const auto origin = message.forward.value_or(model::Forward{});
  auto& row = db.prepared(
                    "SELECT EXISTS (SELECT 1 FROM forwarded WHERE destination = ?1 AND sent = ?2) OR EXISTS (SELECT 1 "
                    "FROM forwarded WHERE destination = ?1 AND peer = ?3 AND message = ?4), EXISTS (SELECT 1 FROM "
                    "forwarded WHERE destination = ?1 AND sent = 0 AND begun_at > ?5 AND begun_at < ?6)")
                  .with(message.key.peer, message.key.message, origin.peer, origin.message, now.us - kOnItsWay,
                        message.date.us + kClockMargin);
  auto found = row.step();
  if (!found) return found.error();
  std::optional<bool> is = row.integer(0) != 0;
  // A forward names its origin at once; a copy is known by its id alone.
  if (!*is && !message.forward && row.integer(1) != 0) is.reset();
  row.reset();
  return is;
}

Result<std::vector<model::MessageId>> newest_forwarded(Connection& db, model::ChatId destination) {
  auto& rows = db.prepared("SELECT sent FROM forwarded WHERE destination = ? AND sent > 0 ORDER BY sent DESC LIMIT ?")
                   .with(destination, kMostNewest);
  std::vector<model::MessageId> all;
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    all.emplace_back(rows.integer(0));
  }
  rows.reset();
  return all;
}

Result<void> note_forward(Connection& db, std::int64_t rule, const model::MessageKey& message,
                          model::ChatId destination, model::Time now, model::MessageId sent) {
  return db
      .prepared(
          "INSERT INTO forwarded (rule, peer, message, scope, destination, begun_at, sent) VALUES (?, ?, ?, ?, ?, ?, "
          "?) "
          "ON CONFLICT (rule, peer, message, scope, destination) DO UPDATE SET sent = max(sent, excluded.sent)")
      .with(rule, message.peer, message.message, message.scope, destination, now, sent)
      .run();
}

Result<void> take_back_forward(Connection& db, std::int64_t rule, const model::MessageKey& message,
                               model::ChatId destination) {
  return db
      .prepared(
          "DELETE FROM forwarded WHERE rule = ? AND peer = ? AND message = ? AND scope = ? AND destination = ? AND "
          "sent = 0")
      .with(rule, message.peer, message.message, message.scope, destination)
      .run();
}

}  // namespace tg::journal
