#pragma once
// Serves beyond the first: how often a consumer was served a message that it has not marked. The first serve is
// written before the answer (unprocessed.cpp); repeats are written behind it, at once after a quiet second and else
// gathered, so that a poller that asks again and again costs no write each time. Any thread.

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "journal/sqlite.h"
#include "model/ids.h"

namespace tg::store::local {

class Serves {
 public:
  void repeat(const std::string& consumer, const model::MessageKey& key, model::Time now);
  // Repeats that may not be on disk yet: also those of the last write, which may not have been committed.
  std::int64_t waiting(const std::string& consumer, const model::MessageKey& key) const;
  bool any() const;
  bool due() const;  // something waits, and nothing was written for a second
  // The writer's thread. What it writes is forgotten when its transaction fails: only a count of repeats is lost.
  Result<void> flush(journal::Connection& db);

 private:
  using Clock = std::chrono::steady_clock;
  struct Repeats {
    std::int64_t times = 0;
    model::Time last;
  };

  mutable std::mutex mutex_;
  using All = std::map<std::pair<std::string, model::MessageKey>, Repeats>;
  All repeats_, last_written_;
  Clock::time_point written_at_{};
};

}  // namespace tg::store::local
