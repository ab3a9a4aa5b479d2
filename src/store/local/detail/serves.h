#pragma once
// Serves beyond the first: how often a consumer was served a message that it has not marked. The first serve is
// written before the answer (unprocessed.cpp); repeats are gathered, so that a poller that asks again and again costs
// no write each time. They are written a consumer at a time, so that nobody waits for the repeats of all. Any thread.

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "journal/sqlite.h"
#include "model/ids.h"

namespace tg::store::local {

class Serves {
 public:
  // `content`: the event of the content that is served.
  void repeat(const std::string& consumer, const model::MessageKey& key, model::Seq content, model::Time now);
  // Repeats that may not be on disk yet: also those of the last write, which may not have been committed.
  std::int64_t waiting(const std::string& consumer, const model::MessageKey& key) const;
  bool due(const std::string& consumer) const;  // its oldest repeat waits ten seconds, or too many wait in all
  bool any() const;
  void forget(const std::string& consumer);
  // The writer's thread. What is written is forgotten when its transaction fails: only a count of repeats is lost.
  Result<void> flush(journal::Connection& db, const std::string& consumer);
  Result<void> flush_all(journal::Connection& db);

 private:
  using Clock = std::chrono::steady_clock;
  struct Repeats {
    std::int64_t times = 0;
    model::Time last;
    model::Seq content;
  };
  struct OfConsumer {
    std::map<model::MessageKey, Repeats> waiting, written;
    Clock::time_point waiting_since, written_at;
  };

  mutable std::mutex mutex_;
  std::map<std::string, OfConsumer> consumers_;
  std::size_t waiting_ = 0;
};

}  // namespace tg::store::local
