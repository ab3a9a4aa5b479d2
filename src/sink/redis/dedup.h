#pragma once
// Tells consumers' other modes what was processed: telegram:dedup:… (keys.h) of what a consumer marked at the API.
//
// Best effort, behind the API: handled() only queues. A thread of its own sends what waits in one round trip and tries
// again while Redis is away; beyond 10,000 waiting the oldest are dropped, and what waits at the end is lost. The mark
// itself is in the store, which is the authority.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <thread>

#include "model/ids.h"
#include "sink/redis/master.h"

namespace tg::redis {

class Dedup {
 public:
  // ttl: how long it is remembered; no shorter than messages stay in the cache.
  Dedup(Access access, std::chrono::seconds ttl);
  ~Dedup();
  Dedup(const Dedup&) = delete;
  Dedup& operator=(const Dedup&) = delete;

  // Any thread; returns at once.
  void handled(const std::string& consumer, std::span<const model::MessageKey> keys);

 private:
  struct Mark {
    std::string key;
    model::Time at;
  };

  void run(const std::stop_token& stop);
  Result<void> send(const std::stop_token& stop);

  Master master_;
  const std::chrono::seconds ttl_;
  std::unique_ptr<Connection> connection_;

  std::mutex mutex_;
  std::condition_variable_any more_;
  std::deque<Mark> waiting_;
  std::size_t dropped_ = 0;

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace tg::redis
