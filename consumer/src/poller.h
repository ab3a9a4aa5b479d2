#pragma once
// Asks for what is new, a channel at a time: the cache where it can prove its answer, else the gateway.
//
// The gateway is asked at the start, after every doubt (the cache was gone, lacks something, claims less than what is
// needed, or shows something that is done but may have been offered again), after an answer that was full, and every
// Options::ask_gateway_every polls. It is asked for as many messages more as are in hand and not done, so that those
// never take the place of others. One thread of its own; wake() and stop() are for any.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <vector>

#include "backoff.h"
#include "cache.h"
#include "desk.h"
#include "gateway.h"
#include "settler.h"

namespace telegram_gateway {

class Poller {
 public:
  // `redis` and `queue` may be missing.
  Poller(Context& context, Desk& desk, Settler& settler, RedisClient* redis, const Queue* queue,
         const std::atomic<bool>& abort);

  void run();  // until stop()
  void stop();
  void hungry();         // there is room for more
  void queue_changed();  // of what is no longer fed a poll is due

 private:
  struct Channel {
    std::int64_t id = 0;
    bool doubt = true;
    bool was_full = false;  // the last answer: there is more
    int from_cache = 0;     // polls since the gateway was asked
    bool fed = false;       // by the queue, as of the last look
    SystemTime known_to;    // everything that was offered before is known, by the gateway's clock
    SteadyTime due;
  };
  void poll(Channel& channel);
  bool ask_cache(Channel& channel);
  void ask_gateway(Channel& channel);
  std::chrono::milliseconds pause_of(const Channel& channel);

  Context& context_;
  Desk& desk_;
  Settler& settler_;
  const Queue* queue_;
  Gateway gateway_;
  std::optional<Cache> cache_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false, hungry_ = false, queue_changed_ = false;

  // The thread's own.
  std::vector<Channel> channels_;
  Backoff backoff_{std::chrono::milliseconds(200), std::chrono::milliseconds(5'000)};
  std::string told_;  // the last trouble with the gateway
  std::minstd_rand random_;
};

}  // namespace telegram_gateway
