#include "store/postgres/detail/partitions.h"

namespace tg::store::postgres {
namespace {

constexpr std::chrono::hours kAheadEvery{1};
// So many days ahead messages can come without waiting for a partition.
constexpr int kDaysAhead = 3;
constexpr std::chrono::minutes kPartitionPatience{5};

}  // namespace

std::int64_t day_of(model::Time date) { return date.us / kDayUs - (date.us % kDayUs < 0 ? 1 : 0); }

Result<void> Partitions::begin(Connection& db) {
  prepared_.clear();
  next_ = {};
  auto done = db.run("SELECT telegram_gateway.set_policies($1::int, $2::int)",
                     Params().add(options_.chunk_days).add(options_.compress_after_days));
  return done ? Result<void>() : done.error();
}

std::int64_t Partitions::partition_of(model::Time date) const {
  const auto span = options_.chunk_days * kDayUs;
  return (date.us >= 0 ? date.us : date.us - span + 1) / span;
}

std::size_t Partitions::spread(std::span<const model::Time> dates) const {
  std::set<std::int64_t> parts;
  for (const auto date : dates) parts.insert(partition_of(date));
  return parts.size();
}

Result<void> Partitions::prepare(Connection& db, std::span<const model::Time> dates) {
  std::set<std::int64_t> missing;
  std::vector<model::Time> days;
  for (const auto date : dates) {
    // By day: where a longer partition did not fit, each day has its own.
    const auto day = day_of(date);
    if (prepared_.contains(day) || !missing.insert(day).second) continue;
    days.push_back(model::Time{day * kDayUs});
  }
  if (missing.empty()) return {};
  auto made = db.run("SELECT telegram_gateway.make_partitions($1, $2::int)",
                     Params().add(std::span<const model::Time>(days)).add(options_.chunk_days), kPartitionPatience);
  // What was detached, for one, keeps the name.
  if (!made && db.sqlstate() == "42P07") {
    return Error{Code::conflict, made.error().what,
                 "A table has the name of a partition and is none: attach it again, or rename it"};
  }
  if (!made) return made.error();
  prepared_.insert(missing.begin(), missing.end());
  return {};
}

Result<void> Partitions::prepare_ahead(Connection& db) {
  const auto now = Clock::now();
  if (now < next_) return {};
  next_ = now + kAheadEvery;
  std::vector<model::Time> ahead;
  for (int day = 0; day <= kDaysAhead; ++day) ahead.push_back(model::Time{model::Time::now().us + day * kDayUs});
  return prepare(db, ahead);
}

model::Time Partitions::oldest_kept(model::Time now) const {
  return options_.keep_days > 0 ? model::Time{now.us - options_.keep_days * kDayUs} : model::Time{};
}

}  // namespace tg::store::postgres
