#include "store/local/detail/offers.h"

#include "store/local/detail/query.h"

namespace tg::store::local {
namespace {

// So many that are not wanted are passed over in search of one that is.
constexpr std::size_t kMostPassedOver = 50'000;

// ?1 is the consumer; h a head. '' means any consumer.
constexpr std::string_view kAcked =
    "EXISTS (SELECT 1 FROM acks a WHERE a.peer = h.peer AND a.message = h.message AND a.scope = h.scope "
    "AND (?1 = '' OR a.consumer = ?1))";
constexpr std::string_view kDeliverable = "h.flags & 1 AND h.deleted_at = 0 AND h.date IS NOT NULL";

// Of a row of serves: the message cannot be served any more.
constexpr std::string_view kGone =
    "NOT EXISTS (SELECT 1 FROM heads h WHERE h.peer = s.peer AND h.message = s.message AND h.scope = s.scope AND "
    "h.deleted_at = 0)";

std::string served_sql(std::string_view from, std::string_view which, std::string_view order) {
  return fmt::format(
      "SELECT {}, s.times FROM {} CROSS JOIN heads h ON h.peer = s.peer AND h.message = s.message AND "
      "h.scope = s.scope WHERE s.consumer = ?1 AND s.peer = ?2 AND {} AND {} AND NOT {} ORDER BY {}",
      kHeadColumns, from, which, kDeliverable, kAcked, order);
}

Result<void> read_served(journal::Connection& db, const std::string& sql, const std::string& consumer,
                         model::ChatId peer, std::size_t limit, const Wanted& wanted, std::vector<Offer>& into) {
  return each(db.prepared(sql).with(std::string_view(consumer), peer), [&](journal::Statement& row) {
    if (into.size() == limit) return false;
    Head head = head_from_row(row);
    if (wanted(head)) into.push_back({std::move(head), row.integer(kHeadColumnCount), false, {}});
    return true;
  });
}

Result<model::Seq> floor_of(journal::Connection& db, const std::string& consumer, model::ChatId peer) {
  model::Seq floor;
  auto done = each(
      db.prepared("SELECT floor FROM floors WHERE consumer = ? AND peer = ?").with(std::string_view(consumer), peer),
      [&](journal::Statement& row) { floor = model::Seq{row.integer(0)}; });
  if (!done) return done.error();
  return floor;
}

// Of everything offered above a floor: its serves and whether nothing is left to do with it.
const std::string& above_sql() {
  static const std::string kSql = fmt::format(
      "SELECT {}, s.times, NOT ({}) OR {} FROM heads h INDEXED BY heads_offered LEFT JOIN serves s ON s.consumer = ?1 "
      "AND s.peer = h.peer AND s.message = h.message AND s.scope = h.scope "
      "WHERE h.peer = ?2 AND h.arrival > ?3 AND h.flags & 1 ORDER BY h.arrival LIMIT ?4",
      kHeadColumns, kDeliverable, kAcked);
  return kSql;
}

}  // namespace

Result<Offers> read_offers(journal::Connection& db, const std::string& consumer, model::ChatId peer, std::size_t limit,
                           const Wanted& wanted) {
  // By an index that has no parked ones: a consumer that never marks has many of those.
  static const std::string kServed =
      served_sql("serves s INDEXED BY serves_waiting", fmt::format("s.times < {}", kServesBeforeParked), "h.arrival");
  Offers offers;
  offers.peer = peer;
  auto floor = floor_of(db, consumer, peer);
  if (!floor) return floor.error();
  offers.floor = offers.passed = *floor;
  if (auto read = read_served(db, kServed, consumer, peer, limit, wanted, offers.served); !read) return read.error();
  constexpr std::int64_t kAll = -1;
  std::size_t passed_over = 0;
  auto walked =
      each(db.prepared(above_sql()).with(std::string_view(consumer), peer, *floor, kAll), [&](journal::Statement& row) {
        const model::Seq arrival{row.integer(5)};
        const bool done = row.integer(kHeadColumnCount + 1) != 0 || !row.is_null(kHeadColumnCount);
        if (!done) {
          if (offers.open.size() == limit || passed_over == kMostPassedOver) return false;
          Head head = head_from_row(row);
          if (wanted(head)) {
            offers.open.push_back({std::move(head), 0, true, offers.passed});
          } else {
            ++passed_over;
            if (!offers.held) offers.held = offers.passed;
          }
        }
        offers.passed = arrival;
        return true;
      });
  if (!walked) return walked.error();
  return offers;
}

Result<void> read_parked(journal::Connection& db, const std::string& consumer, std::size_t limit, const Wanted& wanted,
                         Offers& offers) {
  // Least served first, so that as many as fill an answer and always fail do not keep the others from coming. In the
  // order of an index: however many there are, only `limit` are looked at.
  static const std::string kParked =
      served_sql("serves s INDEXED BY serves_parked", fmt::format("s.times >= {}", kServesBeforeParked),
                 "s.times, s.at, s.message, s.scope");
  return read_served(db, kParked, consumer, offers.peer, limit, wanted, offers.parked);
}

Result<bool> any_unmarked_deleted(journal::Connection& db, const std::string& consumer) {
  bool any = false;
  static const std::string kSql =
      fmt::format("SELECT EXISTS (SELECT 1 FROM serves s WHERE s.consumer = ?1 AND {})", kGone);
  auto done = each(db.prepared(kSql).with(std::string_view(consumer)),
                   [&](journal::Statement& row) { any = row.integer(0) != 0; });
  if (!done) return done.error();
  return any;
}

Result<std::int64_t> count_unmarked(journal::Connection& db, const std::string& consumer, std::size_t most) {
  std::int64_t held = 0;
  auto done = each(db.prepared("SELECT count(*) FROM (SELECT 1 FROM serves WHERE consumer = ?1 LIMIT ?2)")
                       .with(std::string_view(consumer), static_cast<std::int64_t>(most)),
                   [&](journal::Statement& row) { held = row.integer(0); });
  if (!done) return done.error();
  return held;
}

Result<bool> may_poll(journal::Connection& db, const std::string& consumer, std::size_t most_consumers) {
  if (consumer.empty()) return true;  // no name is no consumer
  bool known = false;
  auto done =
      each(db.prepared("SELECT EXISTS (SELECT 1 FROM serves WHERE consumer = ?1) OR EXISTS (SELECT 1 FROM floors "
                       "WHERE consumer = ?1)")
               .with(std::string_view(consumer)),
           [&](journal::Statement& row) { known = row.integer(0) != 0; });
  if (!done) return done.error();
  if (known) return true;
  // From name to name by the keys' order.
  std::int64_t count = 0;
  done = each(db.prepared("WITH RECURSIVE s (name) AS (SELECT min(consumer) FROM serves UNION ALL SELECT (SELECT "
                          "min(consumer) FROM serves WHERE consumer > name) FROM s WHERE name IS NOT NULL), "
                          "f (name) AS (SELECT min(consumer) FROM floors UNION ALL SELECT (SELECT min(consumer) FROM "
                          "floors WHERE consumer > name) FROM f WHERE name IS NOT NULL) "
                          "SELECT count(*) FROM (SELECT name FROM s UNION SELECT name FROM f) WHERE name <> ''")
                  .reset(),
              [&](journal::Statement& row) { count = row.integer(0); });
  if (!done) return done.error();
  return static_cast<std::size_t>(count) < most_consumers;
}

Result<void> forget_deleted(journal::Connection& db, const std::string& consumer) {
  static const std::string kSql = fmt::format("DELETE FROM serves AS s WHERE s.consumer = ?1 AND {}", kGone);
  return db.prepared(kSql).with(std::string_view(consumer)).run();
}

Result<void> remember_served(journal::Connection& db, const std::string& consumer, const model::MessageKey& key,
                             model::Seq content, model::Time now) {
  // It may have been marked between the reading and now.
  return db
      .prepared(
          "INSERT INTO serves (consumer, peer, message, scope, times, at, seq) SELECT ?1, ?2, ?3, ?4, 1, ?5, ?6 WHERE "
          "NOT "
          "EXISTS "
          "(SELECT 1 FROM acks WHERE peer = ?2 AND message = ?3 AND scope = ?4 AND (?1 = '' OR consumer = ?1)) "
          "ON CONFLICT DO UPDATE SET times = times + 1, at = max(at, ?5), seq = max(seq, ?6)")
      .with(std::string_view(consumer), key.peer, key.message, key.scope, now, content)
      .run();
}

Result<void> raise_floor(journal::Connection& db, const std::string& consumer, model::ChatId peer, model::Seq floor) {
  return db
      .prepared(
          "INSERT INTO floors (consumer, peer, floor) VALUES (?1, ?2, ?3) "
          "ON CONFLICT DO UPDATE SET floor = max(floor, ?3)")
      .with(std::string_view(consumer), peer, floor)
      .run();
}

Result<void> advance_floor(journal::Connection& db, const std::string& consumer, model::ChatId peer, std::size_t most) {
  auto floor = floor_of(db, consumer, peer);
  if (!floor) return floor.error();
  model::Seq reached = *floor;
  auto walked =
      each(db.prepared(above_sql()).with(std::string_view(consumer), peer, *floor, static_cast<std::int64_t>(most)),
           [&](journal::Statement& row) {
             if (row.integer(kHeadColumnCount + 1) == 0 && row.is_null(kHeadColumnCount)) return false;
             reached = model::Seq{row.integer(5)};
             return true;
           });
  if (!walked || reached == *floor) return walked;
  return raise_floor(db, consumer, peer, reached);
}

Result<void> offer_again(journal::Connection& db, const std::string& consumer, const model::MessageKey& key) {
  return db
      .prepared(
          "INSERT INTO serves (consumer, peer, message, scope, times, at) VALUES (?1, ?2, ?3, ?4, 0, 0) "
          "ON CONFLICT DO UPDATE SET times = 0")
      .with(std::string_view(consumer), key.peer, key.message, key.scope)
      .run();
}

}  // namespace tg::store::local
