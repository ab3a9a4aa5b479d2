#pragma once
// Partitions before they are needed, and away with what is too old; the aggregates, and the indexes that past
// partitions get. With TimescaleDB its own chunks and policies.

#include <chrono>
#include <set>
#include <span>

#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {

class Upkeep {
 public:
  struct Options {
    std::int64_t chunk_days = 1, compress_after_days = 14, keep_days = 90;
    bool keep_by_date = true;
  };
  // More would take more locks at once than a server has by default.
  static constexpr std::size_t kMostPartitionsAtOnce = 31;

  explicit Upkeep(Options options) : options_(options) {}

  // After the database was reached.
  Result<void> begin(Connection& db);
  // In how many partitions these dates are.
  std::size_t spread(std::span<const model::Time> dates) const;
  // Before rows with these dates are written; at most kMostPartitionsAtOnce.
  Result<void> prepare(Connection& db, std::span<const model::Time> dates);
  // What is due: every five minutes the aggregates, once an hour the rest.
  Result<void> work(Connection& db);
  void forget() { prepared_.clear(); }             // one may have been dropped
  model::Time oldest_kept(model::Time now) const;  // 0 = all is kept

 private:
  using Clock = std::chrono::steady_clock;
  std::int64_t partition_of(model::Time date) const;
  Result<void> drop_old(Connection& db);
  Result<void> refresh_aggregates(Connection& db);
  Result<void> index_past(Connection& db);

  Options options_;
  std::set<std::int64_t> prepared_;  // days since 1970 that have a partition
  std::set<std::int64_t> touched_;   // days that were written to since their aggregates were worked out
  Clock::time_point next_, next_aggregates_;
};

}  // namespace tg::store::postgres
