// Chats: the registry, their counts and statistics.

#include "journal/topics.h"
#include "store/chat_list.h"
#include "store/local/detail/impl.h"

namespace tg::store {
namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::size_t kMostTopics = 1'000;  // a chat
constexpr std::string_view kChatSql =
    "SELECT peer, scope, title, username, kind, label, description, active, registered, created_at, updated_at, total, "
    "deleted, "
    "media, last_date, start, newest, migrated_to, migrated_from FROM chats";

Chat chat_from(const journal::Statement& row) {
  Chat chat;
  chat.peer = model::ChatId{row.integer(0)};
  chat.scope = model::Scope{row.integer(1)};
  chat.title = row.text(2);
  chat.username = row.text(3);
  chat.kind = row.text(4);
  chat.label = row.text(5);
  chat.description = row.text(6);
  chat.active = row.integer(7) != 0;
  chat.registered = row.integer(8) != 0;
  chat.created_at = model::Time{row.integer(9)};
  chat.updated_at = model::Time{row.integer(10)};
  chat.total = row.integer(11);
  chat.deleted = row.integer(12);
  chat.media = row.integer(13);
  chat.last_date = model::Time{row.integer(14)};
  chat.start = model::MessageId{row.integer(15)};
  chat.newest = model::MessageId{row.integer(16)};
  chat.migrated_to = model::ChatId{row.integer(17)};
  chat.migrated_from = model::ChatId{row.integer(18)};
  return chat;
}

// Topics have no scope: forums are supergroups.
Result<void> add_topics(journal::Connection& db, std::vector<Chat>& chats, model::ChatId peer) {
  auto topics = journal::topics(db, peer);
  if (!topics) return topics.error();
  if (topics->empty()) return {};
  std::unordered_map<model::ChatId, Chat*> by_peer;
  for (auto& chat : chats) {
    if (!chat.scope) by_peer[chat.peer] = &chat;
  }
  for (auto& topic : *topics) {
    const auto chat = by_peer.find(topic.peer);
    if (chat == by_peer.end() || chat->second->topics.size() >= kMostTopics) continue;
    chat->second->topics.push_back({topic.id, std::move(topic.title)});
  }
  return {};
}

Error unknown(model::ChatId peer) {
  return {Code::not_found, fmt::format("channel {} is not known", peer.value),
          "GET /api/channels lists those that are"};
}

}  // namespace

Result<std::vector<Chat>> LocalStore::chats() {
  auto db = impl_->journal.read();
  if (!db) return db.error();
  std::vector<Chat> chats;
  auto done = local::each((*db)->prepared(fmt::format("{} ORDER BY last_date DESC, peer", kChatSql)).reset(),
                          [&](journal::Statement& row) { chats.push_back(chat_from(row)); });
  if (done) done = add_topics(**db, chats, {});
  if (!done) return done.error();
  return chats;
}

Result<std::optional<Chat>> LocalStore::chat(model::ChatId peer) {
  auto db = impl_->journal.read();
  if (!db) return db.error();
  std::vector<Chat> scopes;
  auto done = local::each((*db)->prepared(fmt::format("{} WHERE peer = ? ORDER BY scope", kChatSql)).with(peer),
                          [&](journal::Statement& row) { scopes.push_back(chat_from(row)); });
  if (done) done = add_topics(**db, scopes, peer);
  if (!done) return done.error();
  std::optional<Chat> chat;
  if (!scopes.empty()) chat = one_an_id(std::move(scopes)).front();
  return chat;
}

Result<Chat> LocalStore::add_chat(const Chat& chat) {
  auto known = this->chat(chat.peer);
  if (!known) return known.error();
  if (*known && (*known)->registered) {
    return Error{Code::conflict, fmt::format("channel {} is registered already", chat.peer.value),
                 "Change it with PUT"};
  }
  auto done = impl_->write([chat](journal::Connection& db) {
    return db
        .prepared(
            "INSERT INTO chats (peer, scope, title, label, description, active, registered, created_at, updated_at, "
            "username, kind) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET registered = 1, active = ?6, "
            "updated_at = ?7, username = CASE WHEN username = '' THEN ?8 ELSE username END, "
            "kind = CASE WHEN kind = '' THEN ?9 ELSE kind END, "
            "label = CASE WHEN ?4 = '' THEN label ELSE ?4 END, description = CASE WHEN ?5 = '' THEN description ELSE "
            "?5 END")
        .with(chat.peer, chat.scope, std::string_view(chat.title), std::string_view(chat.label),
              std::string_view(chat.description), static_cast<int>(chat.active), model::Time::now(),
              std::string_view(chat.username), std::string_view(chat.kind))
        .run();
  });
  if (!done) return done.error();
  impl_->chat_changed(chat.peer);
  auto added = this->chat(chat.peer);
  if (!added) return added.error();
  return std::move(**added);
}

Result<Chat> LocalStore::change_chat(model::ChatId peer, std::optional<std::string> label,
                                     std::optional<std::string> description, std::optional<bool> active) {
  auto known = chat(peer);
  if (!known) return known.error();
  if (!*known) return unknown(peer);
  Chat changed = std::move(**known);
  if (label) changed.label = *label;
  if (description) changed.description = *description;
  if (active) changed.active = *active;
  auto done = impl_->write([changed](journal::Connection& db) {
    return db.prepared("UPDATE chats SET label = ?, description = ?, active = ?, updated_at = ? WHERE peer = ?")
        .with(std::string_view(changed.label), std::string_view(changed.description), static_cast<int>(changed.active),
              model::Time::now(), changed.peer)
        .run();
  });
  if (!done) return done.error();
  impl_->chat_changed(peer);
  auto after = chat(peer);
  if (!after) return after.error();
  return std::move(**after);
}

Result<void> LocalStore::remove_chat(model::ChatId peer) {
  auto known = chat(peer);
  if (!known) return known.error();
  if (!*known) return unknown(peer);
  auto done = impl_->write([peer](journal::Connection& db) {
    return db.prepared("UPDATE chats SET registered = 0, active = 0, updated_at = ? WHERE peer = ?")
        .with(model::Time::now(), peer)
        .run();
  });
  if (done) impl_->chat_changed(peer);
  return done;
}

Result<ChatStatistics> LocalStore::statistics(model::ChatId peer) {
  auto known = chat(peer);
  if (!known) return known.error();
  if (!*known) return unknown(peer);
  auto db = impl_->journal.read();
  if (!db) return db.error();
  ChatStatistics s;
  s.total = (*known)->total - (*known)->deleted;
  s.with_media = (*known)->media;
  const std::int64_t now = model::Time::now().us / kHourUs;
  std::int64_t first_hour = now;
  auto done = local::each((*db)
                              ->prepared("SELECT coalesce(sum(messages) FILTER (WHERE hour > ?2 - 24), 0), "
                                         "coalesce(sum(messages) FILTER (WHERE hour > "
                                         "?2 - 168), 0), coalesce(sum(messages) FILTER (WHERE hour > ?2 - 720), 0), "
                                         "coalesce(min(hour), ?2) FROM hourly "
                                         "WHERE peer = ?1 AND messages > 0")
                              .with(peer, now),
                          [&](journal::Statement& row) {
                            s.last_24h = row.integer(0);
                            s.last_7d = row.integer(1);
                            s.last_30d = row.integer(2);
                            first_hour = row.integer(3);
                          });
  if (!done) return done.error();
  s.average_per_day =
      static_cast<double>(s.total) * 24.0 / static_cast<double>(std::max<std::int64_t>(now - first_hour, 24));
  done = local::each(
      (*db)
          ->prepared(
              "SELECT strftime('%Y-%m-%d', hour / 24 * 86400, 'unixepoch') AS day, sum(messages) FROM hourly WHERE "
              "peer = ? AND messages > 0 GROUP BY hour / 24 ORDER BY hour / 24 DESC LIMIT 30")
          .with(peer),
      [&](journal::Statement& row) { s.messages_by_date.emplace_back(std::string(row.text(0)), row.integer(1)); });
  if (!done) return done.error();
  std::reverse(s.messages_by_date.begin(), s.messages_by_date.end());
  done = local::each(
      (*db)
          ->prepared("SELECT name, count(*) FROM (SELECT coalesce(json_extract(e.body, '$.sender'), '') AS name FROM "
                     "heads h JOIN events "
                     "e ON e.seq = h.seq WHERE h.peer = ? AND h.date IS NOT NULL ORDER BY h.date DESC LIMIT 10000) "
                     "WHERE name <> '' GROUP "
                     "BY name ORDER BY 2 DESC, 1 LIMIT 10")
          .with(peer),
      [&](journal::Statement& row) { s.top_senders.emplace_back(std::string(row.text(0)), row.integer(1)); });
  if (!done) return done.error();
  return s;
}

Result<std::map<model::ChatId, std::array<std::int64_t, 24>>> LocalStore::last_day() {
  auto db = impl_->journal.read();
  if (!db) return db.error();
  const std::int64_t now = model::Time::now().us / kHourUs;
  std::map<model::ChatId, std::array<std::int64_t, 24>> chats;
  // By chat: the table's key begins with it.
  auto done = local::each(
      (*db)
          ->prepared("SELECT h.peer, h.hour, h.messages FROM (SELECT DISTINCT peer FROM chats) c JOIN hourly h ON "
                     "h.peer = c.peer AND h.hour BETWEEN ?1 - 23 AND ?1")
          .with(now),
      [&](journal::Statement& row) {
        chats[model::ChatId{row.integer(0)}][static_cast<std::size_t>(23 - (now - row.integer(1)))] = row.integer(2);
      });
  if (!done) return done.error();
  return chats;
}

}  // namespace tg::store
