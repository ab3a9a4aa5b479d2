#pragma once
// Pauses between attempts that fail: doubling from `first` to `longest`, each between a half and the whole of that, so
// that many programs do not come back at once. One thread at a time.

#include <algorithm>
#include <chrono>
#include <random>

namespace telegram_gateway {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), next_(first), random_(std::random_device{}()) {}

  std::chrono::milliseconds next() {
    const auto pause = next_;
    next_ = std::min(longest_, next_ * 2);
    std::uniform_int_distribution<std::int64_t> within(pause.count() / 2, pause.count());
    return std::chrono::milliseconds(within(random_));
  }
  void reset() { next_ = first_; }

 private:
  std::chrono::milliseconds first_, longest_, next_;
  std::minstd_rand random_;
};

}  // namespace telegram_gateway
