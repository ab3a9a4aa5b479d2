#include "store/postgres/writer.h"

#include "observe/log.h"
#include "store/postgres/detail/batch_sql.h"
#include "store/postgres/detail/housekeeping.h"
#include "store/postgres/detail/mirror.h"
#include "store/postgres/detail/partitions.h"
#include "store/postgres/schema.h"

namespace tg::store {
namespace {

using postgres::Batch;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kMirrorEvery{1}, kMirrorAtLatest{5};  // while nothing comes; between two batches
constexpr std::chrono::minutes kTellEvery{1};

constexpr std::string_view kCursorMoved = "TG001";  // db/postgres/006_expected_cursor.sql

// The server refuses the row itself, however often it is told: 22 data, 23 constraints, 54 too large for an index.
bool is_about_data(std::string_view sqlstate) {
  const auto kind = sqlstate.substr(0, 2);
  return kind == "22" || kind == "23" || kind == "54";
}

// "no partition of relation found for row": somebody dropped it.
bool is_partition_gone(std::string_view sqlstate) { return sqlstate == "23514"; }

// All that is read while it lives is of one moment.
class Snapshot {
 public:
  explicit Snapshot(journal::Connection& db) : db_(db) { (void)db_.prepared("BEGIN").reset().run(); }
  ~Snapshot() { (void)db_.prepared("COMMIT").reset().run(); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  journal::Connection& db_;
};

}  // namespace

struct PostgresWriter::Impl {
  Impl(journal::Journal& j, Options o)
      : journal(j),
        options(std::move(o)),
        partitions({options.chunk_days, options.compress_after_days, options.keep_days, options.keep_by_date}) {}

  journal::Journal& journal;
  const Options options;
  std::unique_ptr<postgres::Connection> db;
  postgres::Partitions partitions;
  std::unique_ptr<postgres::Housekeeping> housekeeping;  // once the database was reached
  postgres::Mirror mirror;
  model::Seq journal_began;
  Position at;  // the database's own cursor, as it was read or written last
  Clock::time_point mirrored_at;
  std::int64_t too_old = 0, too_old_told = 0;
  Clock::time_point told_at;

  Result<void> bring_up_to_date(const std::stop_token& stop);
  Result<Batch> read(std::span<const model::Event> events);
  Result<void> write(std::span<const model::Event> events, Delivery& delivery);
  Result<void> store(const Batch& batch, std::span<const postgres::Query> queries);
  Result<Position> kept();
  void moved_to(model::Seq seq);
  Result<void> halves(std::span<const model::Event> events, Delivery& delivery);
  Result<void> refuse(const model::Event& event, const std::string& reason, Delivery& delivery);
  Result<void> refresh(Clock::duration every);
  void count_too_old(std::int64_t more);
};

PostgresWriter::PostgresWriter(journal::Journal& journal, Options options)
    : impl_(std::make_unique<Impl>(journal, std::move(options))) {}
PostgresWriter::~PostgresWriter() = default;

// Only a database that is behind needs its direct port.
Result<void> PostgresWriter::Impl::bring_up_to_date(const std::stop_token& stop) {
  auto state = postgres::schema_state(options.pooled, stop);
  if (!state) return state.error();
  if (state->waiting.empty()) return {};
  auto done = postgres::migrate(options.direct, options.program, stop);
  return done ? Result<void>() : done.error();
}

Result<PostgresWriter::Position> PostgresWriter::open(const std::stop_token& stop) {
  auto& impl = *impl_;
  if (auto ready = impl.bring_up_to_date(stop); !ready) return ready.error();
  auto db = postgres::Connection::open(impl.options.pooled, postgres::kPatience, stop);
  if (!db) return db.error();
  impl.db = std::move(*db);
  impl.mirror.forget();
  if (auto begun = impl.partitions.begin(*impl.db); !begun) return begun.error();
  if (!impl.housekeeping) {
    impl.housekeeping = std::make_unique<postgres::Housekeeping>(
        impl.options.pooled, impl.options.direct,
        postgres::Housekeeping::Options{impl.options.keep_days, impl.options.keep_by_date});
  }
  impl.housekeeping->due_now();
  auto journal = impl.journal.read();
  if (!journal) return journal.error();
  auto began = (*journal)->scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'created_at'");
  if (!began) return began.error();
  impl.journal_began = model::Seq{*began};
  auto kept = impl.kept();
  if (kept) impl.at = *kept;
  return kept;
}

Result<PostgresWriter::Position> PostgresWriter::Impl::kept() {
  auto rows = db->run("SELECT journal_id, seq FROM telegram_gateway.cursors WHERE name = 'postgres'");
  if (!rows) return rows.error();
  if (rows->empty()) return Position{};
  return Position{std::string(rows->text(0, 0)), model::Seq{rows->integer(0, 1)}};
}

// As move_cursor() does: what is delivered once more from the quarantine moves nothing back.
void PostgresWriter::Impl::moved_to(model::Seq seq) {
  at = {journal.id(), at.journal_id == journal.id() ? std::max(at.seq, seq) : seq};
}

void PostgresWriter::close() { impl_->db.reset(); }

PostgresWriter::Delivery PostgresWriter::deliver(std::span<const model::Event> events, const std::stop_token&) {
  Delivery delivery;
  auto done = impl_->refresh(kMirrorAtLatest);
  if (done) done = impl_->write(events, delivery);
  if (!done) delivery.trouble = done.error();
  return delivery;
}

Result<void> PostgresWriter::idle() { return impl_->refresh(kMirrorEvery); }

Result<Batch> PostgresWriter::Impl::read(std::span<const model::Event> events) {
  auto lease = journal.read();
  if (!lease) return lease.error();
  const Snapshot snapshot(**lease);
  return postgres::BatchReader(**lease, {partitions.oldest_kept(model::Time::now()), options.keep_by_date})
      .read(events);
}

Result<void> PostgresWriter::Impl::write(std::span<const model::Event> events, Delivery& delivery) {
  auto batch = read(events);
  if (!batch) {
    if (batch.error().code != Code::corrupt) return batch.error();
    return events.size() > 1 ? halves(events, delivery) : refuse(events.front(), batch.error().what, delivery);
  }
  if (events.size() > 1 && partitions.spread(batch->dates) > postgres::Partitions::kMostAtOnce) {
    return halves(events, delivery);
  }
  auto queries = postgres::statements_of(*batch, journal_began, at.seq);
  queries.insert(queries.begin(), postgres::expect_cursor(at.journal_id, at.seq));
  queries.push_back(postgres::move_cursor(journal.id(), events.back().seq));
  auto stored = store(*batch, queries);
  if (!stored && is_partition_gone(db->sqlstate())) {
    partitions.forget();
    stored = store(*batch, queries);
  }
  if (stored) {
    moved_to(events.back().seq);
    delivery.done += events.size();
    count_too_old(batch->too_old);
    return {};
  }
  if (events.size() > 1 && postgres::is_too_much_at_once(db->sqlstate())) return halves(events, delivery);
  if (!is_about_data(db->sqlstate())) return stored;
  return events.size() > 1 ? halves(events, delivery) : refuse(events.front(), stored.error().what, delivery);
}

Result<void> PostgresWriter::Impl::store(const Batch& batch, std::span<const postgres::Query> queries) {
  if (auto ready = partitions.prepare(*db, batch.dates); !ready) return ready;
  auto stored = db->run_together(queries);
  if (stored) {
    housekeeping->wrote(batch.dates);
    return {};
  }
  if (db->sqlstate() != kCursorMoved) return stored.error();
  return Error{Code::unavailable, "the database is not where it was: " + stored.error().what,
               "It goes on where the database is now. If this stays: two gateways write to this database; stop one"};
}

Result<void> PostgresWriter::Impl::halves(std::span<const model::Event> events, Delivery& delivery) {
  const auto middle = events.size() / 2;
  if (auto first = write(events.first(middle), delivery); !first) return first;
  return write(events.subspan(middle), delivery);
}

Result<void> PostgresWriter::Impl::refuse(const model::Event& event, const std::string& reason, Delivery& delivery) {
  // One that is delivered once more is behind the cursor, and set aside already.
  const bool passes_it = at.journal_id != journal.id() || at.seq < event.seq;
  const bool sets_aside = passes_it && options.set_aside;
  if (sets_aside) {
    if (auto kept = options.set_aside(event, reason); !kept) return kept;
  }
  const std::array move{postgres::expect_cursor(at.journal_id, at.seq), postgres::move_cursor(journal.id(), event.seq)};
  if (auto moved = store({}, move); !moved) return moved;
  moved_to(event.seq);
  delivery.refused.push_back({delivery.done, reason, sets_aside});
  ++delivery.done;
  return {};
}

Result<void> PostgresWriter::Impl::refresh(Clock::duration every) {
  const auto now = Clock::now();
  if (now - mirrored_at < every) return {};
  mirrored_at = now;
  if (housekeeping->dropped_any()) partitions.forget();
  if (auto done = partitions.prepare_ahead(*db); !done) return done;
  auto lease = journal.read();
  if (!lease) return lease.error();
  if (auto done = mirror.refresh(**lease, *db); !done) return done;
  if (!db->was_closed()) return {};
  return Error{Code::unavailable, "the database has closed the connection", ""};
}

void PostgresWriter::Impl::count_too_old(std::int64_t more) {
  too_old += more;
  if (too_old == too_old_told || Clock::now() - told_at < kTellEvery) return;
  observe::warn("older_than_kept", {{"messages", too_old - too_old_told},
                                    {"keep_days", options.keep_days},
                                    {"fix", "Raise postgres.keep_days to have them in the database"}});
  too_old_told = too_old;
  told_at = Clock::now();
}

}  // namespace tg::store
