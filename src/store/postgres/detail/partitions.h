#pragma once
// Partitions, before rows are written to them. With TimescaleDB its own chunks and policies.

#include <chrono>
#include <set>
#include <span>

#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {

inline constexpr std::int64_t kDayUs = 86'400'000'000;
std::int64_t day_of(model::Time date);  // since 1970

class Partitions {
 public:
  struct Options {
    std::int64_t chunk_days = 1, compress_after_days = 14, keep_days = 90;
    bool keep_by_date = true;
  };
  // More would take more locks at once than a server has by default.
  static constexpr std::size_t kMostAtOnce = 31;

  explicit Partitions(Options options) : options_(options) {}

  // After the database was reached.
  Result<void> begin(Connection& db);
  // In how many partitions these dates are.
  std::size_t spread(std::span<const model::Time> dates) const;
  // Before rows with these dates are written; at most kMostAtOnce.
  Result<void> prepare(Connection& db, std::span<const model::Time> dates);
  Result<void> prepare_ahead(Connection& db);      // once an hour; else nothing
  void forget() { prepared_.clear(); }             // one may have been dropped
  model::Time oldest_kept(model::Time now) const;  // 0 = all is kept

 private:
  using Clock = std::chrono::steady_clock;
  std::int64_t partition_of(model::Time date) const;

  Options options_;
  std::set<std::int64_t> prepared_;  // days since 1970 that have a partition
  Clock::time_point next_;
};

}  // namespace tg::store::postgres
