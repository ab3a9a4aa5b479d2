#include "store/local/detail/standing.h"

#include "store/local/detail/query.h"

namespace tg::store::local {
namespace {

constexpr std::chrono::seconds kOldest{1};
constexpr std::int64_t kMostQuarantined = 10'000;
// A reader that gave up leaves its last try in the quarantine; below it, the entry is one that is tried again.
constexpr std::int64_t kTriesOfFailed = 10;
constexpr std::string_view kBrokerReader = "rabbitmq";

}  // namespace

Status pending_status(const Head& head, const Standing& standing) {
  if (!standing.quarantined.empty()) {
    const auto held = standing.quarantined.find({head.key.peer.value, head.key.message.value});
    if (held != standing.quarantined.end()) return held->second >= kTriesOfFailed ? Status::failed : Status::retrying;
  }
  if (head.has(journal::flag::kReprocess)) return Status::reprocess_pending;
  if (head.has(journal::flag::kOffered) && head.arrival <= standing.brokered) return Status::queued;
  return Status::received;
}

Status status_of(const Head& head, bool acknowledged, const Standing& standing) {
  if (head.deleted()) return Status::deleted;
  if (acknowledged) return head.has(journal::flag::kReprocess) ? Status::reprocessed : Status::published;
  return pending_status(head, standing);
}

Result<std::shared_ptr<const Standing>> StandingCache::get(journal::Connection& db) {
  if (auto known = remembered()) return known;
  auto standing = std::make_shared<Standing>();
  auto done = each(db.prepared("SELECT seq FROM cursors WHERE name = ?").with(kBrokerReader),
                   [&](journal::Statement& row) { standing->brokered = model::Seq{row.integer(0)}; });
  if (!done) return done.error();
  done = each(db.prepared("SELECT peer, message, max(tries) FROM quarantine WHERE message <> 0 GROUP BY 1, 2 LIMIT ?")
                  .with(kMostQuarantined),
              [&](journal::Statement& row) {
                standing->quarantined[{row.integer(0), row.integer(1)}] = row.integer(2);
              });
  if (!done) return done.error();
  const std::lock_guard lock(mutex_);
  standing_ = std::move(standing);
  read_at_ = Clock::now();
  return standing_;
}

std::shared_ptr<const Standing> StandingCache::remembered() const {
  const std::lock_guard lock(mutex_);
  if (standing_ && Clock::now() - read_at_ <= kOldest) return standing_;
  return nullptr;
}

}  // namespace tg::store::local
