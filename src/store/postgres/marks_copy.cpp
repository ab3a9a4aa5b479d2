// What consumers were served and have marked, between a journal and the database. Both keep it in the same way: below a
// consumer's floor each offered message is marked, deleted, or in serves. So the greater floor, with the rows of both,
// holds as well.

#include "store/postgres/copy.h"
#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {
namespace {

using Numbers = std::vector<std::int64_t>;
using Texts = std::vector<std::string>;
using Times = std::vector<model::Time>;

constexpr std::size_t kRowsAtOnce = 5'000;
constexpr std::chrono::minutes kMarksPatience{10};

struct MarkRows {
  Numbers scope, channel, message, times, seq;
  Texts consumer;
  Times date, at;

  void add(journal::Statement& row) {
    scope.push_back(row.integer(0));
    channel.push_back(row.integer(1));
    message.push_back(row.integer(2));
    consumer.emplace_back(row.text(3));
    date.push_back(model::Time{row.integer(4)});
    at.push_back(model::Time{row.integer(5)});
    times.push_back(row.integer(6));
    seq.push_back(row.integer(7));
  }
  Params params() const {
    Params params;
    params.add(scope).add(channel).add(message).add(consumer).add(std::span(date)).add(std::span(at)).add(times);
    params.add(seq);
    return params;
  }
};

// A run of rows at a time.
template <class Take>
Result<void> in_runs(journal::Connection& db, std::string_view sql, Take take) {
  auto& rows = db.prepared(sql).reset();
  MarkRows run;
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (*row) run.add(rows);
    if (run.scope.size() >= kRowsAtOnce || (!*row && !run.scope.empty())) {
      if (auto done = take(run); !done) return done;
      run = {};
    }
    if (!*row) break;
  }
  rows.reset();
  return {};
}

constexpr std::string_view kGiven =
    "unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], "
    "$8::bigint[]) AS k (scope, channel, message, consumer, date, at, times, seq) JOIN telegram_gateway.messages m ON "
    "m.scope = k.scope AND m.channel_id = k.channel AND m.message_id = k.message AND m.telegram_date = k.date";

Result<void> put_marks(Connection& to, const MarkRows& run, MarksCopied& copied) {
  static const std::string kSql = fmt::format(
      "WITH found AS (SELECT k.*, m.last_seq FROM {}), added AS (INSERT INTO telegram_gateway.acks (channel_id, "
      "message_id, scope, consumer, telegram_date, at, seq) SELECT channel, message, scope, consumer, date, "
      "coalesce(at, 'epoch'), last_seq FROM found ORDER BY channel, message, scope ON CONFLICT DO NOTHING) SELECT "
      "count(*) FROM found",
      kGiven);
  auto params = run.params();
  Params keys;
  keys.add(run.scope).add(run.channel).add(run.message).add(std::span(run.date));
  const std::array queries = {Query{kSql, std::move(params)},
                              Query{"SELECT telegram_gateway.settle_published($1, $2, $3, $4)", std::move(keys)}};
  auto done = to.run_together(queries, kMarksPatience);
  if (!done) return done.error();
  const auto found = done->front().integer(0, 0);
  copied.marks += found;
  copied.left += static_cast<std::int64_t>(run.scope.size()) - found;
  return {};
}

Result<void> put_served(Connection& to, const MarkRows& run, MarksCopied& copied) {
  static const std::string kSql = fmt::format(
      "INSERT INTO telegram_gateway.serves AS s (channel_id, message_id, scope, consumer, telegram_date, arrival, "
      "times, at, seq) SELECT k.channel, k.message, k.scope, k.consumer, k.date, m.arrival, k.times, coalesce(k.at, "
      "'epoch'), k.seq FROM {} WHERE NOT EXISTS (SELECT FROM telegram_gateway.acks a WHERE a.channel_id = k.channel "
      "AND a.message_id = k.message AND a.scope = k.scope AND (k.consumer = '' OR a.consumer = k.consumer)) ORDER BY "
      "1, 2, 3, 4 ON CONFLICT (channel_id, message_id, scope, consumer) DO UPDATE SET times = greatest(s.times, "
      "excluded.times), at = greatest(s.at, excluded.at), seq = greatest(s.seq, excluded.seq)",
      kGiven);
  auto done = to.run(kSql, run.params(), kMarksPatience);
  if (!done) return done.error();
  copied.served += done->affected();
  return {};
}

Result<void> put_consumers(journal::Connection& from, Connection& to, MarksCopied& copied) {
  auto& rows = from.prepared(
                       "SELECT name, created_at, last_seen, stream_seq, journal_id, began, acked_at, redeliver_edits, "
                       "origins FROM consumers ORDER BY name")
                   .reset();
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    auto done = to.run(
        "INSERT INTO telegram_gateway.consumers AS c (name, created_at, last_seen, stream_seq, journal_id, began, "
        "acked_at, redeliver_edits, origins) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO UPDATE "
        "SET stream_seq = CASE WHEN c.journal_id = excluded.journal_id THEN greatest(c.stream_seq, "
        "excluded.stream_seq) ELSE excluded.stream_seq END, journal_id = excluded.journal_id, last_seen = "
        "greatest(c.last_seen, excluded.last_seen), acked_at = greatest(c.acked_at, excluded.acked_at), "
        "redeliver_edits = excluded.redeliver_edits, origins = excluded.origins",
        Params()
            .add(rows.text(0))
            .add(model::Time{rows.integer(1)})
            .add(model::Time{rows.integer(2)})
            .add(rows.integer(3))
            .add(rows.text(4))
            .add(rows.text(5))
            .add(model::Time{rows.integer(6)})
            .add(rows.integer(7) != 0)
            .add(rows.text(8)));
    if (!done) return done.error();
    ++copied.consumers;
  }
  rows.reset();
  return {};
}

// After the rows that it speaks for.
Result<void> put_floors(journal::Connection& from, Connection& to) {
  auto& rows = from.prepared("SELECT consumer, peer, floor FROM floors ORDER BY consumer, peer").reset();
  Texts consumer;
  Numbers channel, floor;
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    consumer.emplace_back(rows.text(0));
    channel.push_back(rows.integer(1));
    floor.push_back(rows.integer(2));
  }
  rows.reset();
  auto done = to.run(
      "INSERT INTO telegram_gateway.floors AS f (consumer, channel_id, floor) SELECT * FROM unnest($1::text[], "
      "$2::bigint[], $3::bigint[]) ON CONFLICT (consumer, channel_id) DO UPDATE SET floor = greatest(f.floor, "
      "excluded.floor)",
      Params().add(consumer).add(channel).add(floor));
  return done ? Result<void>() : done.error();
}

// A page of a table in the order of its key; `take` is given the rows, until a page is not full.
template <class Take>
Result<void> in_pages(Connection& from, std::string_view columns, std::string_view table, Take take) {
  const std::string sql = fmt::format(
      "SELECT scope, channel_id, message_id, consumer, {} FROM telegram_gateway.{} WHERE (channel_id, message_id, "
      "scope, consumer) > ($1, $2, $3, $4) ORDER BY channel_id, message_id, scope, consumer LIMIT $5",
      columns, table);
  std::int64_t channel = INT64_MIN, message = 0, scope = 0;
  std::string consumer;
  while (true) {
    auto rows = from.run(
        sql, Params().add(channel).add(message).add(scope).add(consumer).add(static_cast<std::int64_t>(kRowsAtOnce)),
        kMarksPatience);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    if (auto done = take(*rows); !done) return done;
    const int last = rows->size() - 1;
    scope = rows->integer(last, 0);
    channel = rows->integer(last, 1);
    message = rows->integer(last, 2);
    consumer = rows->text(last, 3);
  }
}

constexpr std::string_view kKnown =
    "WHERE EXISTS (SELECT 1 FROM heads h WHERE h.peer = ?1 AND h.message = ?2 AND h.scope = ?3)";

Result<void> take_marks(Connection& from, journal::Connection& to, MarksCopied& copied) {
  static const std::string kSql = fmt::format(
      "INSERT INTO acks (peer, message, scope, consumer, at) SELECT ?1, ?2, ?3, ?4, ?5 {} ON CONFLICT DO NOTHING",
      kKnown);
  return in_pages(from, "at", "acks", [&](const Rows& rows) -> Result<void> {
    for (int at = 0; at < rows.size(); ++at) {
      auto done =
          to.prepared(kSql)
              .with(rows.integer(at, 1), rows.integer(at, 2), rows.integer(at, 0), rows.text(at, 3), rows.time(at, 4))
              .run();
      if (!done) return done;
      ++copied.marks;
    }
    return {};
  });
}

Result<void> take_served(Connection& from, journal::Connection& to, MarksCopied& copied) {
  static const std::string kSql = fmt::format(
      "INSERT INTO serves (peer, message, scope, consumer, times, at, seq) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 {} ON "
      "CONFLICT DO UPDATE SET times = max(times, ?5), at = max(at, ?6), seq = max(seq, ?7)",
      kKnown);
  return in_pages(from, "times, at, seq", "serves", [&](const Rows& rows) -> Result<void> {
    for (int at = 0; at < rows.size(); ++at) {
      auto done = to.prepared(kSql)
                      .with(rows.integer(at, 1), rows.integer(at, 2), rows.integer(at, 0), rows.text(at, 3),
                            rows.integer(at, 4), rows.time(at, 5), rows.integer(at, 6))
                      .run();
      if (!done) return done;
      copied.served += to.changes();
    }
    return {};
  });
}

// A place in the stream of the journal that the database was written from is one in its copy: the seqs are the same.
Result<void> take_consumers(Connection& from, journal::Connection& to, const std::string& journal_id,
                            MarksCopied& copied) {
  auto rows = from.run(
      "SELECT c.name, c.created_at, c.last_seen, c.stream_seq, CASE WHEN c.journal_id = (SELECT k.journal_id FROM "
      "telegram_gateway.cursors k WHERE k.name = 'postgres') THEN $1 ELSE c.journal_id END, c.began, c.acked_at, "
      "c.redeliver_edits, c.origins FROM telegram_gateway.consumers c",
      Params().add(journal_id));
  if (!rows) return rows.error();
  for (int at = 0; at < rows->size(); ++at) {
    auto done =
        to.prepared(
              "INSERT INTO consumers (name, created_at, last_seen, stream_seq, journal_id, began, acked_at, "
              "redeliver_edits, origins) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .with(rows->text(at, 0), rows->time(at, 1), rows->time(at, 2), rows->integer(at, 3), rows->text(at, 4),
                  rows->text(at, 5), rows->time(at, 6), static_cast<int>(rows->boolean(at, 7)), rows->text(at, 8))
            .run();
    if (!done) return done;
    ++copied.consumers;
  }
  return {};
}

Result<void> take_floors(Connection& from, journal::Connection& to) {
  auto rows = from.run("SELECT consumer, channel_id, floor FROM telegram_gateway.floors");
  if (!rows) return rows.error();
  for (int at = 0; at < rows->size(); ++at) {
    auto done = to.prepared(
                      "INSERT INTO floors (consumer, peer, floor) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET floor "
                      "= max(floor, ?3)")
                    .with(rows->text(at, 0), rows->integer(at, 1), rows->integer(at, 2))
                    .run();
    if (!done) return done;
  }
  return {};
}

}  // namespace

Result<MarksCopied> copy_marks_to_database(journal::Journal& journal, const Target& database) {
  auto db = Connection::open(database);
  if (!db) return db.error();
  auto lease = journal.read();
  if (!lease) return lease.error();
  MarksCopied copied;
  if (auto done = put_consumers(**lease, **db, copied); !done) return done.error();
  auto done = in_runs(**lease,
                      "SELECT a.scope, a.peer, a.message, a.consumer, coalesce(h.date, 0), a.at, 0, 0 FROM acks a LEFT "
                      "JOIN heads h ON h.peer = a.peer AND h.message = a.message AND h.scope = a.scope",
                      [&](const MarkRows& run) { return put_marks(**db, run, copied); });
  if (!done) return done.error();
  done = in_runs(**lease,
                 "SELECT s.scope, s.peer, s.message, s.consumer, h.date, s.at, s.times, s.seq FROM serves s JOIN heads "
                 "h ON h.peer = s.peer AND h.message = s.message AND h.scope = s.scope WHERE h.date IS NOT NULL",
                 [&](const MarkRows& run) { return put_served(**db, run, copied); });
  if (!done) return done.error();
  if (done = put_floors(**lease, **db); !done) return done.error();
  auto counted = (*db)->run(
      "INSERT INTO telegram_gateway.marked AS k (channel_id, messages) SELECT channel_id, count(DISTINCT (message_id, "
      "scope)) FROM telegram_gateway.acks GROUP BY 1 ORDER BY 1 ON CONFLICT (channel_id) DO UPDATE SET messages = "
      "excluded.messages",
      {}, kMarksPatience);
  if (!counted) return counted.error();
  return copied;
}

Result<MarksCopied> copy_marks_to_journal(const Target& database, journal::Journal& journal) {
  auto db = Connection::open(database);
  if (!db) return db.error();
  auto& to = journal.writer();
  MarksCopied copied;
  const auto all = [&]() -> Result<void> {
    if (auto done = to.execute("BEGIN IMMEDIATE"); !done) return done;
    if (auto done = take_consumers(**db, to, journal.id(), copied); !done) return done;
    if (auto done = take_marks(**db, to, copied); !done) return done;
    if (auto done = take_served(**db, to, copied); !done) return done;
    if (auto done = take_floors(**db, to); !done) return done;
    return to.execute("COMMIT");
  }();
  if (all) return copied;
  (void)to.execute("ROLLBACK");
  return all.error();
}

}  // namespace tg::store::postgres
