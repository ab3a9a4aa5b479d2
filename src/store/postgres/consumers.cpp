// Named consumers of the stream and how far each has acknowledged.

#include "journal/cursors.h"
#include "store/postgres/detail/impl.h"

namespace tg::store {
namespace {

constexpr std::int64_t kMostPending = 10'000;
constexpr std::int64_t kMarksAtOnce = 5'000;

}  // namespace

Result<std::vector<Consumer>> PostgresStore::consumers() {
  postgres::Query query;
  query.sql =
      "SELECT c.name, c.created_at, c.last_seen, CASE WHEN c.journal_id = $1 THEN c.stream_seq ELSE 0::bigint END, "
      "c.redeliver_edits, c.origins, c.acked_at, c.began FROM telegram_gateway.consumers c ORDER BY c.name COLLATE "
      "\"C\"";
  query.params.add(impl_->parts.journal.id());
  auto rows = impl_->ask(query);
  if (!rows) return rows.error();
  auto db = impl_->parts.journal.read();
  if (!db) return db.error();
  std::vector<Consumer> all;
  for (int at = 0; at < rows->size(); ++at) {
    Consumer consumer;
    consumer.name = rows->text(at, 0);
    consumer.created_at = rows->time(at, 1);
    consumer.last_seen = rows->time(at, 2);
    consumer.stream_seq = model::Seq{rows->integer(at, 3)};
    consumer.redeliver_edits = rows->boolean(at, 4);
    consumer.origins = origins_from(rows->text(at, 5));
    consumer.acked_at = rows->time(at, 6);
    consumer.began = rows->text(at, 7);
    const auto pending = journal::events_behind(**db, consumer.stream_seq, kMostPending);
    if (!pending) return pending.error();
    consumer.pending = *pending;
    all.push_back(std::move(consumer));
  }
  return all;
}

Result<Consumer> PostgresStore::find_consumer(const std::string& name) {
  auto all = consumers();
  if (!all) return all.error();
  for (auto& consumer : *all) {
    if (consumer.name == name) return std::move(consumer);
  }
  return unknown_consumer(name);
}

Result<Consumer> PostgresStore::put_consumer(const Consumer& consumer) {
  if (auto checked = check(consumer); !checked) return checked.error();
  postgres::Query query;
  query.sql =
      "INSERT INTO telegram_gateway.consumers (name, created_at, last_seen, stream_seq, journal_id, redeliver_edits, "
      "origins, began) VALUES ($1, $2, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO UPDATE SET redeliver_edits = "
      "excluded.redeliver_edits, origins = excluded.origins";
  query.params.add(consumer.name)
      .add(model::Time::now())
      .add(consumer.stream_seq)
      .add(impl_->parts.journal.id())
      .add(consumer.redeliver_edits)
      .add(origins_text(consumer.origins))
      .add(consumer.began);
  if (auto done = impl_->change(query); !done) return done.error();
  return find_consumer(consumer.name);
}

Result<Consumer> PostgresStore::acknowledge(const std::string& name, model::Seq seq) {
  if (seq > impl_->parts.journal.head()) {
    return Error{Code::invalid_input, fmt::format("seq {} is ahead of the newest event", seq.value),
                 "Acknowledge the seq of an event you were given"};
  }
  postgres::Query query;
  query.sql =
      "UPDATE telegram_gateway.consumers c SET stream_seq = CASE WHEN c.journal_id = $3 THEN greatest(c.stream_seq, "
      "$2) ELSE $2 END, journal_id = $3, last_seen = $4, acked_at = $4 WHERE c.name = $1";
  query.params.add(name).add(seq).add(impl_->parts.journal.id()).add(model::Time::now());
  auto done = impl_->change(query);
  if (!done) return done.error();
  if (done->affected() == 0) return unknown_consumer(name);
  return find_consumer(name);
}

// A few marks at a time, so that nobody waits for all of them; what is left when it fails is removed when it is asked
// again.
Result<void> PostgresStore::remove_consumer(const std::string& name) {
  postgres::Query where;
  where.sql = "SELECT f.channel_id FROM telegram_gateway.floors f WHERE f.consumer = $1 ORDER BY 1";
  where.params.add(name);
  auto channels = impl_->ask(where);
  if (!channels) return channels.error();
  bool known = false;
  for (int at = 0; at < channels->size(); ++at) {
    const model::ChatId channel{channels->integer(at, 0)};
    for (bool more = true; more;) {
      postgres::Query forget;
      forget.sql = "SELECT telegram_gateway.forget_marks($1, $2, $3)";
      forget.params.add(name).add(channel).add(kMarksAtOnce);
      auto removed = impl_->change(forget);
      if (!removed) return removed.error();
      known = known || removed->integer(0, 0) > 0;
      more = removed->integer(0, 0) == kMarksAtOnce;
    }
    impl_->parts.generations.bump(channel);
  }
  postgres::Query rest;
  rest.sql = "SELECT telegram_gateway.remove_consumer($1)";
  rest.params.add(name);
  auto removed = impl_->change(rest);
  if (!removed) return removed.error();
  impl_->unmarked.forget(name);
  impl_->quiet.forget(name);
  impl_->quiet.forget({});
  if (!known && !removed->boolean(0, 0)) {
    return Error{Code::not_found, "nothing is known of a consumer " + name, ""};
  }
  return {};
}

Result<std::vector<Handling>> PostgresStore::handlings(const model::MessageKey& key) {
  postgres::Query query;
  query.sql =
      "SELECT consumer, sum(times)::bigint, max(served), max(marked) FROM (SELECT a.consumer, 0 AS times, "
      "NULL::timestamptz AS served, a.at AS marked FROM telegram_gateway.acks a WHERE a.channel_id = $1 AND "
      "a.message_id = $2 AND a.scope = $3 UNION ALL SELECT s.consumer, s.times, s.at, NULL FROM "
      "telegram_gateway.serves s WHERE s.channel_id = $1 AND s.message_id = $2 AND s.scope = $3 AND s.times > 0) one "
      "GROUP BY consumer ORDER BY consumer COLLATE \"C\"";
  query.params.add(key.peer.value).add(key.message.value).add(key.scope.value);
  auto rows = impl_->ask(query);
  if (!rows) return rows.error();
  std::vector<Handling> all;
  for (int at = 0; at < rows->size(); ++at) {
    all.push_back({std::string(rows->text(at, 0)), rows->integer(at, 1), rows->time(at, 2), rows->time(at, 3)});
  }
  return all;
}

}  // namespace tg::store
