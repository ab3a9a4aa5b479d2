#pragma once
// Serves beyond the first: how often a consumer was served a message that it has not marked. The first serve is
// written before the answer (unprocessed.cpp); repeats are gathered here and written at most once a second, so that a
// poller that asks again and again costs no write each time. Any thread.

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
  // Repeats that are not on disk yet.
  std::int64_t waiting(const std::string& consumer, const model::MessageKey& key) const;
  bool due() const;  // something waits, and has waited for a second
  // The writer's thread. What it writes is forgotten when its transaction fails: only a count of repeats is lost.
  Result<void> flush(journal::Connection& db);

 private:
  using Clock = std::chrono::steady_clock;
  struct Repeats {
    std::int64_t times = 0;
    model::Time last;
  };

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, model::MessageKey>, Repeats> repeats_;
  Clock::time_point first_waits_since_{};
};

}  // namespace tg::store::local
