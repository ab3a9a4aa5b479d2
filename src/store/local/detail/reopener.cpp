#include "store/local/detail/reopener.h"

#include "store/local/detail/head.h"
#include "store/local/detail/offers.h"
#include "store/local/detail/query.h"

namespace tg::store::local {
namespace {

// The place is moved on after so many events without work, so that a start has little to read.
constexpr std::int64_t kSaveEvery = 20'000;

Result<std::vector<std::string>> names(journal::Connection& db, std::string_view sql) {
  std::vector<std::string> found;
  auto done = each(db.prepared(sql).reset(), [&](journal::Statement& row) { found.emplace_back(row.text(0)); });
  if (!done) return done.error();
  return found;
}

}  // namespace

Result<void> Reopener::start(journal::Journal& journal) {
  auto db = journal.read();
  if (!db) return db.error();
  auto any = (*db)->scalar("SELECT EXISTS (SELECT 1 FROM consumers WHERE redeliver_edits <> 0)");
  if (!any) return any.error();
  wants_edits_ = *any != 0;
  pending_ = true;
  return {};
}

void Reopener::note(const std::vector<model::Event>& events, pipeline::Intake& intake) {
  for (const auto& event : events) {
    if (event.kind == model::Kind::restored) pending_ = true;
    if (event.kind == model::Kind::edited && !event.superseded && wants_edits_) pending_ = true;
  }
  const auto unsaved = unsaved_events_ += static_cast<std::int64_t>(events.size());
  if (unsaved < kSaveEvery) return;
  unsaved_events_ = 0;
  intake.write_later([self = shared_from_this()](journal::Connection& db) { return self->settle(db); });
}

Result<void> Reopener::settle(journal::Connection& db) {
  pending_ = false;
  std::int64_t from = -1;
  auto done = each(db.prepared("SELECT value FROM meta WHERE name = 'reopened_to'").reset(),
                   [&](journal::Statement& row) { from = model::parse_int(row.text(0)).value_or(0); });
  auto head = done ? db.scalar("SELECT coalesce(max(seq), 0) FROM events") : Result<std::int64_t>(done.error());
  std::vector<Change> changes;
  // The first time there are no floors yet.
  if (head && from >= 0 && from < *head) {
    done = each(db.prepared("SELECT scope, peer, message, kind, recorded_at FROM events WHERE seq > ? AND "
                            "(kind = 4 OR (kind = 2 AND NOT flags & 8)) ORDER BY seq")
                    .with(from),
                [&](journal::Statement& row) {
                  changes.push_back(
                      {{model::Scope{row.integer(0)}, model::ChatId{row.integer(1)}, model::MessageId{row.integer(2)}},
                       row.integer(3) == 2,
                       model::Time{row.integer(4)}});
                });
  }
  if (!changes.empty()) ++epoch_;
  for (std::size_t i = 0; done && i < changes.size(); ++i) done = reopen(db, changes[i]);
  if (done && head && from != *head) {
    done = db.prepared("INSERT OR REPLACE INTO meta (name, value) VALUES ('reopened_to', ?)")
               .with(std::string_view(std::to_string(*head)))
               .run();
  }
  if (!head) done = head.error();
  if (!done) pending_ = true;
  return done;
}

Result<void> Reopener::reopen(journal::Connection& db, const Change& change) {
  auto head = find_head(db, change.key);
  if (!head) return head.error();
  if (!*head || !(*head)->has(journal::flag::kOffered)) return {};
  const auto& key = change.key;
  if (change.edited) {
    auto wanting = names(db, "SELECT name FROM consumers WHERE redeliver_edits <> 0");
    if (!wanting) return wanting.error();
    for (const auto& consumer : *wanting) {
      auto done =
          db.prepared("DELETE FROM acks WHERE peer = ? AND message = ? AND scope = ? AND consumer = ? AND at < ?")
              .with(key.peer, key.message, key.scope, std::string_view(consumer), change.recorded_at)
              .run();
      if (!done) return done;
      if (db.changes() == 0) continue;
      if (done = offer_again(db, consumer, key); !done) return done;
    }
  }
  // Whoever's floor is above it without having marked it (also "nobody", where the only mark just went).
  std::vector<std::string> passed;
  auto done =
      each(db.prepared("SELECT f.consumer FROM floors f WHERE f.peer = ?1 AND f.floor >= ?4 AND NOT EXISTS (SELECT 1 "
                       "FROM acks a WHERE a.peer = ?1 AND a.message = ?2 AND a.scope = ?3 AND (f.consumer = '' OR "
                       "a.consumer = f.consumer)) AND NOT EXISTS (SELECT 1 FROM serves s WHERE s.consumer = f.consumer "
                       "AND s.peer = ?1 AND s.message = ?2 AND s.scope = ?3)")
               .with(key.peer, key.message, key.scope, (*head)->arrival),
           [&](journal::Statement& row) { passed.emplace_back(row.text(0)); });
  if (!done) return done;
  for (const auto& consumer : passed) {
    if (done = offer_again(db, consumer, key); !done) return done;
  }
  return {};
}

}  // namespace tg::store::local
