#pragma once
// How the program itself did in the last 24 hours, a sample a minute: what it cost, how fast it was, whether it
// captured. The dashboard's charts and what is left of an error budget come from it, so that they need no Prometheus. A
// ring of fixed size (some 400 KB). Any thread. Lost at restart, as a gauge is.

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "observe/metrics.h"

namespace tg::observe {

class Vitals {
 public:
  static constexpr std::int64_t kStepS = 60;
  static constexpr std::size_t kSteps = 24 * 60;
  static constexpr std::size_t kBuckets = 19;  // of every latency's histogram

  // How many took how long, by bucket; not cumulative.
  struct Latency {
    std::array<std::uint32_t, kBuckets> counts{};

    std::uint64_t count() const;
    void add(const Latency& other);
  };

  struct Sample {
    model::Time at;  // begin of its minute
    double cpu = 0;  // mean of the minute, 1 = one core
    std::int64_t resident_bytes = 0;
    std::uint32_t looks = 0, captured = 0;  // how often it was looked, and captured then
    Latency stored, commits, polls;
  };

  explicit Vitals(const Metrics& metrics, const prometheus::Histogram& polls);

  // About once a second: the minute's sample grows.
  void look(bool captures, model::Time now);
  // Those of minutes from `from` on, oldest first; the last still grows.
  std::vector<Sample> since(model::Time from) const;

  // The q-quantile (0…1) in seconds, by linear interpolation within its bucket; nothing where nothing was counted.
  std::optional<double> quantile(const Latency& latency, double q) const;
  // How many took at most so long; exact where that is a bucket's bound.
  double within(const Latency& latency, double seconds) const;

 private:
  using Below = std::array<std::uint64_t, kBuckets>;  // cumulative, as the histogram has it

  Below below(const prometheus::Histogram& histogram) const;

  const std::array<const prometheus::Histogram*, 3> histograms_;  // stored, commits, polls
  std::array<double, kBuckets> upper_{};                          // seconds; the last is infinite

  mutable std::mutex mutex_;
  std::deque<Sample> samples_;
  std::array<Below, 3> below_;  // where the newest sample began
  double cpu_s_ = 0;
  model::Time begun_at_;
};

}  // namespace tg::observe
