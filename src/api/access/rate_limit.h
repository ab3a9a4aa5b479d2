#pragma once
// Token buckets, one a token or address: a minute's worth at once, refilled evenly. Bounded: buckets that are full
// again are forgotten first. Any thread.

#include <array>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace tg::api {

class RateLimit {
 public:
  struct Verdict {
    bool allowed = true;
    std::int64_t limit = 0;  // 0: there is no limit
    std::int64_t remaining = 0;
    std::int64_t reset_s = 0;  // until the bucket is full again
    std::int64_t retry_s = 0;  // until one request is allowed
  };

  explicit RateLimit(std::int64_t per_minute) : per_minute_(per_minute) {}
  Verdict take(std::uint64_t caller, std::int64_t now_us);
  std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kMostPerShard = 4'096;
  struct Bucket {
    double tokens = 0;
    std::int64_t at_us = 0;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::uint64_t, Bucket> buckets;
  };
  const std::int64_t per_minute_;
  std::array<Shard, kShards> shards_;
};

}  // namespace tg::api
