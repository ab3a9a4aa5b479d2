#include "pipeline/chat_counts.h"

namespace tg::pipeline {
namespace {

struct Counted {
  std::int64_t total = 0, deleted = 0, media = 0, bare = 0;
};

Counted counted(const State& state) {
  if (!state.exists()) return {};
  if (!state.has_content()) return {.bare = 1};
  return {.total = 1, .deleted = state.deleted() ? 1 : 0, .media = state.media ? 1 : 0};
}

constexpr std::int64_t kHourUs = 3'600'000'000;

}  // namespace

void ChatCounts::change(const model::MessageKey& key, const State& before, const State& after) {
  const Counted was = counted(before);
  const Counted is = counted(after);
  auto& chat = chats_[{key.peer, key.scope}];
  chat.total += is.total - was.total;
  chat.deleted += is.deleted - was.deleted;
  chat.media += is.media - was.media;
  chat.bare += is.bare - was.bare;
  if (is.total != 0) chat.last_date = std::max(chat.last_date, after.date);
  if (is.total != was.total || is.deleted != was.deleted) {
    chat.by_id.emplace_back(key.message.value, is.total - was.total, is.deleted - was.deleted);
  }
  if (is.total != was.total || is.media != was.media) {
    auto& hour = hours_[{key.peer, after.date.us / kHourUs}];
    hour.first += is.total - was.total;
    hour.second += is.media - was.media;
  }
}

Result<void> ChatCounts::write(journal::Connection& db, model::Time now) {
  for (const auto& [chat, change] : chats_) {
    auto done =
        db.prepared(
              "INSERT INTO chats (peer, scope, created_at, updated_at) VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO NOTHING")
            .with(chat.first, chat.second, now)
            .run();
    if (!done) return done;
    auto& row = db.prepared("SELECT start FROM chats WHERE peer = ? AND scope = ?").with(chat.first, chat.second);
    auto found = row.step();
    if (!found) return found.error();
    const std::int64_t start = row.integer(0);
    row.reset();
    std::int64_t before_total = 0;
    std::int64_t before_deleted = 0;
    for (const auto& [id, total, deleted] : change.by_id) {
      if (id >= start) continue;
      before_total += total;
      before_deleted += deleted;
    }
    done =
        db.prepared(
              "UPDATE chats SET total = total + ?3, deleted = deleted + ?4, media = media + ?5, bare = bare + ?6, "
              "before_total = before_total + ?7, before_deleted = before_deleted + ?8, last_date = max(last_date, ?9) "
              "WHERE peer = ?1 AND scope = ?2")
            .with(chat.first, chat.second, change.total, change.deleted, change.media, change.bare, before_total,
                  before_deleted, change.last_date)
            .run();
    if (!done) return done;
  }
  for (const auto& [key, hour] : hours_) {
    auto done =
        db.prepared(
              "INSERT INTO hourly (peer, hour, messages, media) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (peer, hour) DO "
              "UPDATE SET messages = messages + ?3, media = media + ?4")
            .with(key.first, key.second, hour.first, hour.second)
            .run();
    if (!done) return done;
  }
  chats_.clear();
  hours_.clear();
  return {};
}

Result<void> recount_before_start(journal::Connection& db, model::ChatId peer, model::Scope scope) {
  return db
      .prepared(
          "UPDATE chats SET (before_total, before_deleted) = (SELECT count(*), count(*) FILTER (WHERE deleted_at <> 0) "
          "FROM "
          "heads h WHERE h.peer = ?1 AND h.scope = ?2 AND h.message < chats.start AND h.date IS NOT NULL) "
          "WHERE peer = ?1 AND scope = ?2")
      .with(peer, scope)
      .run();
}

}  // namespace tg::pipeline
