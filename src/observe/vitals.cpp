#include "observe/vitals.h"

#include "observe/process.h"

namespace tg::observe {
namespace {

constexpr std::int64_t kStepUs = Vitals::kStepS * 1'000'000;

}  // namespace

std::uint64_t Vitals::Latency::count() const {
  std::uint64_t all = 0;
  for (const auto one : counts) all += one;
  return all;
}

void Vitals::Latency::add(const Latency& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts[i] += other.counts[i];
}

Vitals::Vitals(const Metrics& metrics, const prometheus::Histogram& polls)
    : histograms_{&metrics.stored_seconds, &metrics.commit_seconds, &polls} {
  const auto buckets = polls.Collect().histogram.bucket;
  for (std::size_t i = 0; i < std::min(kBuckets, buckets.size()); ++i) upper_[i] = buckets[i].upper_bound;
  for (std::size_t i = 0; i < histograms_.size(); ++i) below_[i] = below(*histograms_[i]);
  cpu_s_ = cpu_seconds().value_or(0);
}

Vitals::Below Vitals::below(const prometheus::Histogram& histogram) const {
  Below counts{};
  const auto buckets = histogram.Collect().histogram.bucket;
  for (std::size_t i = 0; i < std::min(kBuckets, buckets.size()); ++i) counts[i] = buckets[i].cumulative_count;
  return counts;
}

void Vitals::look(bool captures, model::Time now) {
  const model::Time minute{now.us / kStepUs * kStepUs};
  const auto resident = resident_bytes().value_or(0);
  const auto cpu_s = cpu_seconds().value_or(0);
  std::array<Below, 3> below_now;
  for (std::size_t i = 0; i < histograms_.size(); ++i) below_now[i] = below(*histograms_[i]);

  const std::lock_guard lock(mutex_);
  if (samples_.empty() || samples_.back().at != minute) {
    if (!samples_.empty()) {
      below_ = below_now;
      cpu_s_ = cpu_s;
    }
    begun_at_ = now;
    samples_.emplace_back().at = minute;
    if (samples_.size() > kSteps) samples_.pop_front();
  }
  auto& sample = samples_.back();
  sample.resident_bytes = resident;
  ++sample.looks;
  sample.captured += captures ? 1 : 0;
  if (now.us > begun_at_.us) sample.cpu = (cpu_s - cpu_s_) * 1e6 / static_cast<double>(now.us - begun_at_.us);
  const std::array<Latency*, 3> latencies{&sample.stored, &sample.commits, &sample.polls};
  for (std::size_t i = 0; i < latencies.size(); ++i) {
    std::uint64_t before = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      const auto until = below_now[i][bucket] - below_[i][bucket];
      latencies[i]->counts[bucket] = static_cast<std::uint32_t>(until - before);
      before = until;
    }
  }
}

std::vector<Vitals::Sample> Vitals::since(model::Time from) const {
  const std::lock_guard lock(mutex_);
  std::vector<Sample> found;
  for (const auto& sample : samples_) {
    if (sample.at.us + kStepUs > from.us) found.push_back(sample);
  }
  return found;
}

std::optional<double> Vitals::quantile(const Latency& latency, double q) const {
  const auto all = latency.count();
  if (all == 0) return std::nullopt;
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(all);
  double before = 0, lower = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const auto count = static_cast<double>(latency.counts[i]);
    if (count > 0 && before + count >= rank) {
      // Nothing is known of the values above the last bound but that they are above it.
      return std::isinf(upper_[i]) ? lower : lower + (upper_[i] - lower) * (rank - before) / count;
    }
    before += count;
    if (!std::isinf(upper_[i])) lower = upper_[i];
  }
  return lower;
}

double Vitals::within(const Latency& latency, double seconds) const {
  double inside = 0, lower = 0;
  for (std::size_t i = 0; i < kBuckets && lower < seconds; ++i) {
    const auto count = static_cast<double>(latency.counts[i]);
    if (upper_[i] <= seconds) {
      inside += count;
    } else if (!std::isinf(upper_[i])) {
      inside += count * (seconds - lower) / (upper_[i] - lower);
    }
    lower = upper_[i];
  }
  return inside;
}

}  // namespace tg::observe
