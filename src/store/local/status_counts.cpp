// How many messages have which status. No counter is kept for it (marks and edits would pay for every change): it is
// counted, and the count is remembered for as long as it is true, and else for a time that grows with what it costs.

#include <ctime>

#include "store/local/detail/impl.h"

namespace tg::store {
namespace {

// Where counting is dear, at most one part in so many of the time goes into it.
constexpr int kRestPerWork = 20;
constexpr std::chrono::milliseconds kDear{50};
// Quarantine and the broker's cursor change without an event.
constexpr std::chrono::seconds kOldest{5};

using Counts = std::map<Status, std::int64_t>;

constexpr std::string_view kAcked =
    "EXISTS (SELECT 1 FROM acks a WHERE a.peer = h.peer AND a.message = h.message AND a.scope = h.scope)";

// Almost all messages are received or published; how many is known from the chats' counters and the marks, once the
// few others (deleted, asked for again, of unknown content) are told apart.
Result<Counts> count_heads(journal::Connection& db, model::Seq brokered) {
  static const std::string kOthers = fmt::format(
      "SELECT h.date IS NOT NULL, h.deleted_at <> 0, {0} AS acked, count(*) FROM heads h "
      "WHERE h.date IS NULL OR h.deleted_at <> 0 OR h.flags & {1} GROUP BY 1, 2, 3",
      kAcked, journal::flag::kReprocess);
  static const std::string kQueued = fmt::format(
      "SELECT count(*) FROM heads h WHERE h.date IS NOT NULL AND h.deleted_at = 0 AND h.flags & {} = {} AND h.arrival "
      "<= ? "
      "AND NOT {}",
      journal::flag::kOffered | journal::flag::kReprocess, journal::flag::kOffered, kAcked);
  auto total = db.scalar("SELECT sum(total) FROM chats");
  auto acked = db.scalar("SELECT count(*) FROM (SELECT DISTINCT peer, message, scope FROM acks)");
  if (!total || !acked) return (!total ? total : acked).error();
  Counts counts;
  auto done = local::each(db.prepared(kOthers).reset(), [&](journal::Statement& row) {
    const bool has_content = row.integer(0) != 0, deleted = row.integer(1) != 0, is_acked = row.integer(2) != 0;
    if (is_acked) *acked -= row.integer(3);
    if (has_content) {
      counts[deleted ? Status::deleted : is_acked ? Status::reprocessed : Status::reprocess_pending] += row.integer(3);
    }
  });
  if (done && brokered) {
    done = local::each(db.prepared(kQueued).with(brokered),
                       [&](journal::Statement& row) { counts[Status::queued] = row.integer(0); });
  }
  if (!done) return done.error();
  counts[Status::published] = *acked;
  std::int64_t others = 0;
  for (const auto& [status, count] : counts) others += count;
  counts[Status::received] = *total - others;
  return counts;
}

// What is in quarantine was counted as if it were not.
Result<void> set_quarantined_apart(journal::Connection& db, const local::Standing& standing, local::RowLoader& rows,
                                   Counts& counts) {
  local::Standing without = standing;
  without.quarantined.clear();
  static const std::string kSql = fmt::format(
      "SELECT {} FROM heads h WHERE h.peer = ? AND h.message = ? AND h.date IS NOT NULL", local::kHeadColumns);
  for (const auto& [message, tries] : standing.quarantined) {
    std::vector<local::Head> heads;
    auto done = local::each(db.prepared(kSql).with(message.first, message.second),
                            [&](journal::Statement& row) { heads.push_back(local::head_from_row(row)); });
    if (!done) return done;
    for (const auto& head : heads) {
      auto acknowledged = rows.acknowledged(head.key);
      if (!acknowledged) return acknowledged.error();
      --counts[local::status_of(head, *acknowledged, without)];
      ++counts[local::status_of(head, *acknowledged, standing)];
    }
  }
  return {};
}

// What this thread has taken of the processor: the same on a busy machine and an idle one.
std::chrono::nanoseconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool is_always_named(Status status) {
  return status == Status::received || status == Status::published || status == Status::deleted;
}

}  // namespace

Result<std::vector<std::pair<Status, std::int64_t>>> LocalStore::by_status() {
  using Clock = std::chrono::steady_clock;
  auto& known = impl_->status_counts;
  const std::lock_guard lock(known.mutex);
  const auto now = Clock::now();
  const auto began = processor_time();
  // Read before the counts: a change meanwhile makes them look older than they are.
  const auto generation = impl_->generations.all();
  const auto age = now - known.read_at;
  const bool dear = known.cost > kDear && age < known.cost * kRestPerWork;
  const bool fresh = dear || (generation == known.generation && age < kOldest);
  if (!known.counts.empty() && fresh) return known.counts;

  auto db = impl_->journal.read();
  if (!db) return db.error();
  const local::Snapshot snapshot(**db);
  auto standing = impl_->standing.get(**db);
  if (!standing) return standing.error();
  auto counts = count_heads(**db, (*standing)->brokered);
  if (!counts) return counts.error();
  local::RowLoader rows(**db, impl_->contents, *standing);
  if (auto apart = set_quarantined_apart(**db, **standing, rows, *counts); !apart) return apart.error();
  for (const auto always : {Status::received, Status::published, Status::deleted}) counts->try_emplace(always, 0);
  std::erase_if(*counts, [](const auto& entry) { return entry.second == 0 && !is_always_named(entry.first); });
  known.counts.assign(counts->begin(), counts->end());
  known.read_at = now;
  known.cost = processor_time() - began;
  known.generation = generation;
  return known.counts;
}

}  // namespace tg::store
