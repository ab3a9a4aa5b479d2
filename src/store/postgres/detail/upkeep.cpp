#include "store/postgres/detail/upkeep.h"

#include "observe/log.h"

namespace tg::store::postgres {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::chrono::hours kEvery{1};
constexpr std::chrono::minutes kAggregatesEvery{5};
// Of an import; the rest is done the next time, so that messages wait seconds at most.
constexpr std::size_t kMostDaysAtOnce = 31;
constexpr std::int64_t kMostIndexedAtOnce = 8;
// So many days ahead messages can come without waiting for a partition.
constexpr int kDaysAhead = 3;
constexpr std::chrono::minutes kPartitionPatience{5};

std::int64_t day_of(model::Time date) { return date.us / kDayUs - (date.us % kDayUs < 0 ? 1 : 0); }

}  // namespace

Result<void> Upkeep::begin(Connection& db) {
  prepared_.clear();
  next_ = next_aggregates_ = {};
  auto done = db.run("SELECT telegram_gateway.set_policies($1::int, $2::int)",
                     Params().add(options_.chunk_days).add(options_.compress_after_days));
  return done ? Result<void>() : done.error();
}

std::int64_t Upkeep::partition_of(model::Time date) const {
  const auto span = options_.chunk_days * kDayUs;
  return (date.us >= 0 ? date.us : date.us - span + 1) / span;
}

std::size_t Upkeep::spread(std::span<const model::Time> dates) const {
  std::set<std::int64_t> parts;
  for (const auto date : dates) parts.insert(partition_of(date));
  return parts.size();
}

Result<void> Upkeep::prepare(Connection& db, std::span<const model::Time> dates) {
  std::set<std::int64_t> missing;
  std::vector<model::Time> days;
  for (const auto date : dates) {
    // By day: where a longer partition did not fit, each day has its own.
    const auto day = day_of(date);
    touched_.insert(day);
    if (prepared_.contains(day) || !missing.insert(day).second) continue;
    days.push_back(model::Time{day * kDayUs});
  }
  if (missing.empty()) return {};
  auto made = db.run("SELECT telegram_gateway.make_partitions($1, $2::int)",
                     Params().add(std::span<const model::Time>(days)).add(options_.chunk_days), kPartitionPatience);
  if (!made) return made.error();
  prepared_.insert(missing.begin(), missing.end());
  return {};
}

model::Time Upkeep::oldest_kept(model::Time now) const {
  return options_.keep_days > 0 ? model::Time{now.us - options_.keep_days * kDayUs} : model::Time{};
}

Result<void> Upkeep::work(Connection& db) {
  const auto now = Clock::now();
  if (now >= next_) {
    next_ = now + kEvery;
    std::vector<model::Time> ahead;
    for (int day = 0; day <= kDaysAhead; ++day) ahead.push_back(model::Time{model::Time::now().us + day * kDayUs});
    if (auto done = prepare(db, ahead); !done) return done;
    if (auto done = drop_old(db); !done) return done;
  }
  if (now < next_aggregates_) return {};
  next_aggregates_ = now + kAggregatesEvery;
  if (auto done = refresh_aggregates(db); !done) return done;
  return index_past(db);
}

Result<void> Upkeep::drop_old(Connection& db) {
  if (options_.keep_days == 0) return {};
  auto dropped =
      db.run("SELECT * FROM telegram_gateway.cleanup_old_messages($1::int, $2)",
             Params().add(options_.keep_days).add(options_.keep_by_date ? "date" : "stored"), kPartitionPatience);
  // A long reader holds it back: it is tried again in an hour.
  if (!dropped && db.sqlstate() == "55P03") {
    observe::warn("old_messages_not_dropped", {{"reason", dropped.error().what}});
    return {};
  }
  if (!dropped) return dropped.error();
  if (!dropped->empty()) observe::info("old_messages_dropped", {{"partitions", dropped->size()}});
  forget();
  return {};
}

// Marks change today's and yesterday's without a message.
Result<void> Upkeep::refresh_aggregates(Connection& db) {
  const auto today = day_of(model::Time::now());
  touched_.insert({today - 1, today});
  std::vector<std::int64_t> days(touched_.rbegin(), touched_.rend());
  if (days.size() > kMostDaysAtOnce) days.resize(kMostDaysAtOnce);
  for (const auto day : days) {
    const model::Time date{day * kDayUs};
    auto done = db.run("SELECT telegram_gateway.refresh_aggregates($1, $1)", Params().add(date), kPartitionPatience);
    if (!done) return done.error();
    touched_.erase(day);
  }
  return {};
}

Result<void> Upkeep::index_past(Connection& db) {
  auto done = db.run("SELECT telegram_gateway.index_past_partitions($1::int)", Params().add(kMostIndexedAtOnce),
                     kPartitionPatience);
  if (!done && db.sqlstate() == "55P03") return {};
  return done ? Result<void>() : done.error();
}

}  // namespace tg::store::postgres
