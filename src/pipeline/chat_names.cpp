#include "pipeline/chat_names.h"

#include <optional>
#include <tuple>

namespace tg::pipeline {
namespace {

struct Names {
  std::string title, username, kind;
  model::Time named_at;
  model::MessageId start;
  bool operator==(const Names&) const = default;
};

Result<std::optional<Names>> load(journal::Connection& db, const ChatSeen& chat) {
  std::optional<Names> names;
  auto& row = db.prepared("SELECT title, username, kind, named_at, start FROM chats WHERE peer = ? AND scope = ?")
                  .with(chat.peer, chat.scope);
  auto found = row.step();
  if (!found) return found.error();
  if (*found) {
    names = Names{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)),
                  model::Time{row.integer(3)}, model::MessageId{row.integer(4)}};
  }
  row.reset();
  return names;
}

Names merged(const Names& known, const ChatSeen& chat) {
  Names names = known;
  const bool newer = chat.from.observed_at >= known.named_at;
  bool named = false;
  for (auto [field, seen] : {std::pair(&names.title, &chat.title), std::pair(&names.username, &chat.username),
                             std::pair(&names.kind, &chat.kind)}) {
    if (seen->empty()) continue;
    named = true;
    if (newer || field->empty()) *field = *seen;
  }
  if (named && newer) names.named_at = chat.from.observed_at;
  if (chat.start) names.start = chat.start;
  return names;
}

}  // namespace

Result<bool> note_chat(journal::Connection& db, const ChatSeen& chat, model::Time now) {
  auto found = load(db, chat);
  if (!found) return found.error();
  const Names known = found->value_or(Names{});
  const Names names = merged(known, chat);
  if (*found && names == known) return false;
  const bool same = std::tie(names.title, names.username, names.kind, names.start) ==
                    std::tie(known.title, known.username, known.kind, known.start);
  auto done = db.prepared(
                    "INSERT INTO chats (peer, scope, title, username, kind, named_at, start, created_at, updated_at) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) ON CONFLICT (peer, scope) DO UPDATE SET title = ?3, "
                    "username = ?4, kind = ?5, named_at = ?6, start = ?7, "
                    "updated_at = CASE WHEN ?9 THEN updated_at ELSE ?8 END")
                  .with(chat.peer, chat.scope, std::string_view(names.title), std::string_view(names.username),
                        std::string_view(names.kind), names.named_at, names.start, now, std::int64_t{same})
                  .run();
  if (!done) return done.error();
  return names.start != known.start;
}

Result<bool> link_successor(journal::Connection& db, const ChatSeen& chat, model::Time now) {
  auto done = db.prepared("UPDATE chats SET migrated_to = ?2, updated_at = ?3 WHERE peer = ?1 AND migrated_to <> ?2")
                  .with(chat.peer, chat.successor, now)
                  .run();
  if (!done) return done.error();
  done = db.prepared(
               "INSERT INTO chats (peer, scope, title, label, description, active, registered, created_at, updated_at, "
               "start, migrated_from) SELECT ?2, 0, max(title), max(label), max(description), max(active), "
               "max(registered AND active), ?3, ?3, max(registered AND active), ?1 FROM chats WHERE peer = ?1 "
               "ON CONFLICT (peer, scope) DO UPDATE SET migrated_from = ?1, updated_at = ?3, "
               "active = max(active, excluded.active), registered = max(registered, excluded.registered), "
               "start = CASE WHEN start = 0 THEN excluded.start ELSE start END WHERE migrated_from <> ?1")
             .with(chat.peer, chat.successor, now)
             .run();
  if (!done) return done.error();
  return db.changes() > 0;
}

}  // namespace tg::pipeline
