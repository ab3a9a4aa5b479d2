#pragma once
// What the gateway keeps in Redis (docs/redis-cache.md), read with the proof that it is all there is.
//
//   arrivals   ───┬──────────────────────────┬─────────────┬──▶ now
//                 │ complete_since ≤ here    │             │
//                 last that the gateway said │  proven     │ the newest ten seconds may lack some:
//                 or the cache proved        └─────────────┘ looked at again by the next poll
//
// One thread.

#include <map>
#include <string>
#include <vector>

#include "redis.h"
#include "work.h"

namespace telegram_gateway {

class Cache {
 public:
  explicit Cache(RedisClient& redis) : redis_(redis) {}

  enum class State { proven, doubtful, gone };
  struct News {
    State state = State::gone;
    std::string why;         // not proven
    std::vector<Work> work;  // offered after `since` and not given before, oldest first
    SystemTime proven_to;    // nothing that was offered before this is missing
  };
  // `since`: everything that was offered to consumers before is known. `now`: by the gateway's clock.
  News newer(std::int64_t channel, SystemTime since, SystemTime now);
  // What newer() gave is given again.
  void forget(std::int64_t channel) { given_.erase(channel); }

 private:
  RedisClient& redis_;
  std::map<std::int64_t, std::map<std::string, std::int64_t>> given_;  // channel → member → its score
};

// What this consumer did, for other processes and later runs: telegram:dedup:{name}:{identity}, two hours.
class DoneKeys {
 public:
  DoneKeys(RedisClient& redis, std::string consumer) : redis_(redis), prefix_("telegram:dedup:" + consumer + ":") {}

  Result<bool> has(const std::string& identity);
  Result<bool> add(const std::vector<std::string>& identities, SystemTime now);

 private:
  RedisClient& redis_;
  const std::string prefix_;
};

}  // namespace telegram_gateway
