#include "api/access/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace tg::api {

RateLimit::Verdict RateLimit::take(std::uint64_t caller, std::int64_t now_us) {
  if (per_minute_ <= 0) return {};
  const auto full = static_cast<double>(per_minute_);
  const double per_us = full / 60e6;
  auto& shard = shards_[caller % kShards];
  std::lock_guard lock(shard.mutex);
  auto found = shard.buckets.find(caller);
  if (found == shard.buckets.end()) {
    if (shard.buckets.size() >= kMostPerShard) {
      std::erase_if(shard.buckets, [&](const auto& entry) {
        return entry.second.tokens + static_cast<double>(now_us - entry.second.at_us) * per_us >= full;
      });
      if (shard.buckets.size() >= kMostPerShard) shard.buckets.erase(shard.buckets.begin());
    }
    found = shard.buckets.emplace(caller, Bucket{full, now_us}).first;
  }
  auto& bucket = found->second;
  const auto passed = std::max<std::int64_t>(now_us - bucket.at_us, 0);
  bucket.tokens = std::min(full, bucket.tokens + static_cast<double>(passed) * per_us);
  bucket.at_us = now_us;
  Verdict verdict;
  verdict.limit = per_minute_;
  verdict.allowed = bucket.tokens >= 1;
  if (verdict.allowed) bucket.tokens -= 1;
  verdict.remaining = static_cast<std::int64_t>(bucket.tokens);
  verdict.reset_s = static_cast<std::int64_t>(std::ceil((full - bucket.tokens) / per_us / 1e6));
  verdict.retry_s =
      verdict.allowed ? 0 : std::max<std::int64_t>(1, std::llround(std::ceil((1 - bucket.tokens) / per_us / 1e6)));
  return verdict;
}

std::size_t RateLimit::size() const {
  std::size_t all = 0;
  for (const auto& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    all += shard.buckets.size();
  }
  return all;
}

}  // namespace tg::api
