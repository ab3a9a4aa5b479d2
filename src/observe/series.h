#pragma once
// The last 24 hours in steps of 10 s: events by origin, so that the dashboard's charts need no Prometheus.
// A ring of fixed size (some 200 KB). Any thread. Lost at restart, as a gauge is.

#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include "model/event.h"

namespace tg::observe {

class Series {
 public:
  static constexpr std::int64_t kStepS = 10;
  static constexpr std::size_t kSteps = 24 * 3'600 / kStepS;
  static constexpr std::size_t kOrigins = 4;

  struct Point {
    model::Time at;                                // start of its step
    std::int64_t length_s = kStepS;                // of the step, after merging
    std::array<std::uint32_t, kOrigins> events{};  // by origin, live first
  };

  Series();

  // Counts what happened at now. What is older than the ring is left out.
  void add(model::Origin origin, std::uint32_t events, model::Time now);

  // Steps from `from` (rounded down) to now, oldest first, silent ones as zeros; merged so that there are at most
  // most_points. The last step is still growing.
  std::vector<Point> since(model::Time from, model::Time now, std::size_t most_points) const;

 private:
  struct Slot {
    std::int64_t step = -1;  // seconds since 1970 / kStepS; -1 = never used
    std::array<std::uint32_t, kOrigins> events{};
  };

  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
};

}  // namespace tg::observe
