// How many messages have which status: almost all are received or published, and how many is known from the chats'
// counts and the counts of marks, once the few others are told apart. What the broker has and nobody has marked is
// counted, so the count is remembered for as long as it is true, and else for a time that grows with what it costs.

#include <map>

#include "store/postgres/detail/impl.h"

namespace tg::store {
namespace {

using Clock = std::chrono::steady_clock;
using Counts = std::map<Status, std::int64_t>;

// Where counting is dear, at most one part in so many of the time goes into it. The cost is told from the rows: how
// long the server took says more of what else it did.
constexpr int kRestPerWork = 20;
constexpr std::chrono::milliseconds kDear{50};
constexpr std::chrono::microseconds kARow{1};
// Quarantine, the broker's cursor and the writer move without an event.
constexpr std::chrono::seconds kOldest{5};

std::vector<postgres::Query> counting() {
  return {{"SELECT coalesce(sum(k.messages), 0)::bigint FROM telegram_gateway.marked k", {}},
          {"SELECT count(*) FROM telegram_gateway.messages m WHERE m.deleted_at IS NOT NULL AND m.published_at IS NOT "
           "NULL",
           {}},
          {"SELECT m.published_at IS NOT NULL, count(*) FROM telegram_gateway.messages m WHERE m.reprocess AND "
           "m.deleted_at IS NULL GROUP BY 1",
           {}},
          {"SELECT count(*) FROM telegram_gateway.messages m WHERE m.offered AND m.arrival <= "
           "telegram_gateway.brokered_to() AND m.deleted_at IS NULL AND NOT m.reprocess AND m.published_at IS NULL AND "
           "telegram_gateway.brokered_to() > 0",
           {}},
          {"SELECT q.channel_id, q.message_id FROM telegram_gateway.quarantined q WHERE q.message_id <> 0 GROUP BY 1, "
           "2 LIMIT 10000",
           {}}};
}

bool is_always_named(Status status) {
  return status == Status::received || status == Status::published || status == Status::deleted;
}

}  // namespace

Result<std::vector<std::pair<Status, std::int64_t>>> PostgresStore::by_status() {
  auto& known = impl_->status_counts;
  const std::lock_guard lock(known.mutex);
  const auto began = Clock::now();
  const auto generation = impl_->parts.generations.all();
  const auto age = began - known.read_at;
  const bool dear = known.cost > kDear && age < known.cost * kRestPerWork;
  const bool fresh = dear || (generation == known.generation && age < kOldest);
  if (!known.counts.empty() && fresh) return known.counts;

  auto chats = impl_->parts.registry.chats();
  if (!chats) return chats.error();
  auto rows = impl_->ask(counting());
  if (!rows) return rows.error();
  Counts counts;
  std::int64_t total = 0;
  for (const auto& chat : *chats) {
    total += chat.total;
    counts[Status::deleted] += chat.deleted;
  }
  counts[Status::published] = (*rows)[0].integer(0, 0) - (*rows)[1].integer(0, 0);
  for (int at = 0; at < (*rows)[2].size(); ++at) {
    const bool marked = (*rows)[2].boolean(at, 0);
    counts[marked ? Status::reprocessed : Status::reprocess_pending] = (*rows)[2].integer(at, 1);
  }
  counts[Status::published] -= counts[Status::reprocessed];
  counts[Status::queued] = (*rows)[3].integer(0, 0);
  std::int64_t others = 0;
  for (const auto& [status, count] : counts) others += count;
  counts[Status::received] = total - others;
  if (auto apart = impl_->set_quarantined_apart((*rows)[4], counts); !apart) return apart.error();
  known.cost = kARow * (counts[Status::queued] + counts[Status::deleted] + counts[Status::reprocessed]);
  for (const auto always : {Status::received, Status::published, Status::deleted}) counts.try_emplace(always, 0);
  std::erase_if(counts, [](const auto& entry) { return entry.second == 0 && !is_always_named(entry.first); });
  known.counts.assign(counts.begin(), counts.end());
  known.read_at = Clock::now();
  known.generation = generation;
  return known.counts;
}

// What is in quarantine was counted as if it were not.
Result<void> PostgresStore::Impl::set_quarantined_apart(const postgres::Rows& quarantined,
                                                        std::map<Status, std::int64_t>& counts) {
  std::vector<std::int64_t> scopes, peers, messages;
  std::vector<model::Time> dates;
  for (int at = 0; at < quarantined.size(); ++at) {
    auto keys = with_id({model::ChatId{quarantined.integer(at, 0)}}, model::MessageId{quarantined.integer(at, 1)});
    if (!keys) return keys.error();
    for (const auto& [key, date] : *keys) {
      scopes.push_back(key.scope.value);
      peers.push_back(key.peer.value);
      messages.push_back(key.message.value);
      dates.push_back(date);
    }
  }
  if (scopes.empty()) return {};
  postgres::Query query;
  query.sql = fmt::format(
      "SELECT {}, telegram_gateway.pending_status(NULL, m.reprocess, m.offered, m.arrival, "
      "telegram_gateway.brokered_to()), count(*) FROM unnest($1, $2, $3, $4) AS k (scope, channel, message, date) JOIN "
      "telegram_gateway.messages m ON m.scope = k.scope AND m.channel_id = k.channel AND m.message_id = k.message AND "
      "m.telegram_date = k.date WHERE m.status IN ('received', 'reprocess_pending') GROUP BY 1, 2",
      postgres::kStatusSql);
  query.params.add(std::span<const std::int64_t>(scopes))
      .add(std::span<const std::int64_t>(peers))
      .add(std::span<const std::int64_t>(messages))
      .add(std::span<const model::Time>(dates));
  auto rows = ask(query);
  if (!rows) return rows.error();
  for (int at = 0; at < rows->size(); ++at) {
    const auto with = parse_status(rows->text(at, 0)), without = parse_status(rows->text(at, 1));
    if (!with || !without) continue;
    counts[*with] += rows->integer(at, 2);
    counts[*without] -= rows->integer(at, 2);
  }
  return {};
}

}  // namespace tg::store
