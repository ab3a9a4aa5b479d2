#include "sink/redis/detail/arrivals.h"

#include "journal/flags.h"
#include "model/news.h"

namespace tg::redis {
namespace {

// Nothing where it is not news, or so old that its arrival is trimmed.
Result<std::optional<model::Time>> arrival_of(journal::Connection& db, const model::Event& event,
                                              std::chrono::seconds max_age) {
  auto& row = db.prepared(
                    "SELECT e.recorded_at, h.flags FROM heads h JOIN events e ON e.seq = h.arrival WHERE h.peer = ? "
                    "AND h.message = ? AND h.scope = ?")
                  .with(event.key.peer, event.key.message, event.key.scope);
  auto found = row.step();
  if (!found) return found.error();
  std::optional<model::Time> arrival;
  if (*found && ((row.integer(1) & journal::flag::kOffered) != 0 || model::is_news(event, max_age))) {
    arrival = model::Time{row.integer(0)};
  }
  row.reset();
  return arrival;
}

}  // namespace

Result<std::vector<Change>> changes_of(journal::Journal& journal, std::span<const model::Event> events,
                                       std::chrono::seconds max_age) {
  std::vector<Change> changes;
  changes.reserve(events.size());
  std::optional<journal::ReadPool::Lease> db;
  for (const auto& event : events) {
    if (event.kind == model::Kind::created) {
      changes.push_back({&event, event.recorded_at});
      continue;
    }
    if (!db) {
      auto lease = journal.read();
      if (!lease) return lease.error();
      db.emplace(std::move(*lease));
    }
    const auto arrival = arrival_of(**db, event, max_age);
    if (!arrival) return arrival.error();
    if (*arrival) changes.push_back({&event, **arrival});
  }
  return changes;
}

Result<model::Time> oldest_recorded(journal::Journal& journal, model::Time now) {
  auto db = journal.read();
  if (!db) return db.error();
  const auto oldest = (*db)->scalar("SELECT recorded_at FROM events ORDER BY seq LIMIT 1");
  if (!oldest) return oldest.error();
  return *oldest == 0 ? now : model::Time{*oldest};
}

}  // namespace tg::redis
