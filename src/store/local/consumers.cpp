// Named consumers of the stream and how far each has acknowledged.

#include "store/local/detail/impl.h"

namespace tg::store {

Result<std::vector<Consumer>> LocalStore::consumers() {
  auto db = impl_->journal.read();
  if (!db) return db.error();
  std::vector<Consumer> all;
  auto done = local::each((*db)
                              ->prepared("SELECT name, created_at, last_seen, CASE WHEN journal_id = ?1 THEN "
                                         "stream_seq ELSE 0 END AS at, redeliver_edits, "
                                         "origins, (SELECT count(*) FROM (SELECT 1 FROM events WHERE seq > stream_seq "
                                         "LIMIT 10000)), acked_at, began FROM consumers ORDER BY "
                                         "name")
                              .with(std::string_view(impl_->journal.id())),
                          [&](journal::Statement& row) {
                            Consumer consumer;
                            consumer.name = row.text(0);
                            consumer.created_at = model::Time{row.integer(1)};
                            consumer.last_seen = model::Time{row.integer(2)};
                            consumer.stream_seq = model::Seq{row.integer(3)};
                            consumer.redeliver_edits = row.integer(4) != 0;
                            consumer.origins = origins_from(row.text(5));
                            consumer.pending = row.integer(6);
                            consumer.acked_at = model::Time{row.integer(7)};
                            consumer.began = row.text(8);
                            all.push_back(std::move(consumer));
                          });
  if (!done) return done.error();
  return all;
}

Result<Consumer> LocalStore::put_consumer(const Consumer& consumer) {
  if (auto checked = check(consumer); !checked) return checked.error();
  auto done = impl_->write(
      [consumer, id = impl_->journal.id(), reopener = impl_->reopener](journal::Connection& db) -> Result<void> {
        // From this moment on its edits are looked for; those before it are settled first.
        if (consumer.redeliver_edits) {
          if (auto settled = reopener->settle(db); !settled) return settled;
          reopener->wants_edits(true);
        }
        return db
            .prepared(
                "INSERT INTO consumers (name, created_at, last_seen, stream_seq, journal_id, redeliver_edits, origins, "
                "began) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET redeliver_edits = ?5, "
                "origins = ?6")
            .with(std::string_view(consumer.name), model::Time::now(), consumer.stream_seq, std::string_view(id),
                  static_cast<int>(consumer.redeliver_edits), std::string_view(origins_text(consumer.origins)),
                  std::string_view(consumer.began))
            .run();
      });
  if (!done) return done.error();
  return find_consumer(consumer.name);
}

Result<Consumer> LocalStore::find_consumer(const std::string& name) {
  auto all = consumers();
  if (!all) return all.error();
  for (auto& consumer : *all) {
    if (consumer.name == name) return std::move(consumer);
  }
  return unknown_consumer(name);
}

Result<Consumer> LocalStore::acknowledge(const std::string& name, model::Seq seq) {
  if (seq > impl_->journal.head()) {
    return Error{Code::invalid_input, fmt::format("seq {} is ahead of the newest event", seq.value),
                 "Acknowledge the seq of an event you were given"};
  }
  auto known = find_consumer(name);
  if (!known) return known;
  auto done = impl_->write([name, seq, id = impl_->journal.id()](journal::Connection& db) {
    return db
        .prepared(
            "UPDATE consumers SET stream_seq = CASE WHEN journal_id = ?3 THEN max(stream_seq, ?2) ELSE ?2 END, "
            "journal_id = ?3, "
            "last_seen = ?4, acked_at = ?4 WHERE name = ?1")
        .with(std::string_view(name), seq, std::string_view(id), model::Time::now())
        .run();
  });
  if (!done) return done.error();
  return find_consumer(name);
}

// Chat by chat, so that the writer is not kept from capturing; what is left when it fails is removed when it is asked
// again.
Result<void> LocalStore::remove_consumer(const std::string& name) {
  std::vector<model::ChatId> marked_in;
  {
    auto db = impl_->journal.read();
    if (!db) return db.error();
    auto done =
        local::each((*db)->prepared("SELECT DISTINCT peer FROM acks WHERE consumer = ?").with(std::string_view(name)),
                    [&](journal::Statement& row) { marked_in.emplace_back(row.integer(0)); });
    if (!done) return done.error();
  }
  for (const auto peer : marked_in) {
    auto done = impl_->write([name, peer, reopener = impl_->reopener](journal::Connection& db) -> Result<void> {
      if (auto gone =
              db.prepared("DELETE FROM acks WHERE peer = ? AND consumer = ?").with(peer, std::string_view(name)).run();
          !gone) {
        return gone;
      }
      // What it alone had marked is marked by nobody now.
      reopener->offered_again();
      return db.prepared("DELETE FROM floors WHERE consumer IN ('', ?) AND peer = ?")
          .with(std::string_view(name), peer)
          .run();
    });
    if (!done) return done;
    impl_->chat_changed(peer);
  }
  std::int64_t removed = 0;
  auto done = impl_->write(
      [&removed, name, serves = impl_->serves, reopener = impl_->reopener](journal::Connection& db) -> Result<void> {
        removed = 0;
        serves->forget(name);
        reopener->offered_again();
        for (const auto* sql : {"DELETE FROM consumers WHERE name = ?", "DELETE FROM floors WHERE consumer = ?",
                                "DELETE FROM serves WHERE consumer = ?"}) {
          if (auto gone = db.prepared(sql).with(std::string_view(name)).run(); !gone) return gone;
          removed += db.changes();
        }
        return {};
      });
  if (!done) return done;
  impl_->unmarked.forget(name);
  if (removed == 0 && marked_in.empty()) return Error{Code::not_found, "nothing is known of a consumer " + name, ""};
  return {};
}

Result<std::vector<Handling>> LocalStore::handlings(const model::MessageKey& key) {
  auto db = impl_->journal.read();
  if (!db) return db.error();
  std::vector<Handling> all;
  // `serves` is in the order of consumers: one look for each that there is, whether it is registered or only polls.
  auto done = local::each(
      (*db)
          ->prepared(
              "WITH RECURSIVE names(name) AS (SELECT min(consumer) FROM serves UNION ALL SELECT (SELECT min(consumer) "
              "FROM serves WHERE consumer > name) FROM names WHERE name IS NOT NULL) SELECT consumer, sum(times), "
              "max(served), max(marked) FROM (SELECT consumer, 0 AS times, 0 AS served, at AS marked FROM acks WHERE "
              "peer = ?1 AND message = ?2 AND scope = ?3 UNION ALL SELECT s.consumer, s.times, s.at, 0 FROM names "
              "CROSS JOIN serves s ON s.consumer = names.name AND s.peer = ?1 AND s.message = ?2 AND s.scope = ?3 "
              "WHERE s.times > 0) GROUP BY consumer ORDER BY consumer")
          .with(key.peer, key.message, key.scope),
      [&](journal::Statement& row) {
        all.push_back(
            {std::string(row.text(0)), row.integer(1), model::Time{row.integer(2)}, model::Time{row.integer(3)}});
      });
  if (!done) return done.error();
  return all;
}

}  // namespace tg::store
