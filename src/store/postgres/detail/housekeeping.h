#pragma once
// What the database needs now and then and no message waits for: aggregates, the indexes that past partitions get, and
// what is too old dropped. On a thread and a connection of its own; what cannot be done is tried again the next time.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <thread>

#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {

class Housekeeping {
 public:
  struct Options {
    std::int64_t keep_days = 90;  // 0 = for ever
    bool keep_by_date = true;
  };
  // `direct`: past the pool, so that an index that takes long holds no place there that the writer waits for.
  Housekeeping(Target target, Target direct, Options options);
  ~Housekeeping();  // ends what it is at, within a second

  // Of messages that were written: their days' aggregates are worked out anew. Any thread.
  void wrote(std::span<const model::Time> dates);
  void due_now();      // the database was reached
  bool dropped_any();  // partitions, since it was asked last

 private:
  using Clock = std::chrono::steady_clock;
  void run(const std::stop_token& stop);
  Result<void> work(Connection& db, const std::stop_token& stop);
  Result<void> drop_old(Connection& db, const std::stop_token& stop);
  Result<void> drop_partitions(Connection& db, const std::stop_token& stop);
  Result<void> refresh_aggregates(Connection& db, const std::stop_token& stop);
  Result<void> index_past(const std::stop_token& stop);

  const Target target_, direct_;
  const Options options_;
  std::atomic<bool> dropped_ = false;
  Clock::time_point next_drop_, next_index_;
  std::map<std::string, Clock::time_point> index_failed_;  // statement, when
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::set<std::int64_t> touched_;  // days since 1970 that were written to since their aggregates were worked out
  bool due_ = false;
  std::jthread thread_;
};

}  // namespace tg::store::postgres
