#include "observe/reader_lag.h"

#include <algorithm>

namespace tg::observe {
namespace {

constexpr std::int64_t kLagMinuteUs = 60'000'000;

std::size_t slot_of(std::int64_t minute) { return static_cast<std::size_t>(minute) % ReaderLag::kMinutes; }

}  // namespace

void ReaderLag::note(std::string_view reader, std::int64_t events, double seconds, model::Time now) {
  const auto minute = now.us / kLagMinuteUs;
  const std::lock_guard lock(mutex_);
  auto found = rings_.find(reader);
  if (found == rings_.end()) {
    if (rings_.size() == kMostReaders) {
      const auto older = [](const auto& a, const auto& b) { return a.second.told_at < b.second.told_at; };
      rings_.erase(std::min_element(rings_.begin(), rings_.end(), older));
    }
    found = rings_.try_emplace(std::string(reader)).first;
  }
  auto& [points, told_at] = found->second;
  told_at = now;
  auto& point = points[slot_of(minute)];
  const model::Time at{minute * kLagMinuteUs};
  if (point.at == at && point.seconds >= seconds && point.events >= events) return;
  if (point.at == at) {
    point.events = std::max(point.events, events);
    point.seconds = std::max(point.seconds, seconds);
  } else {
    point = {at, events, seconds};
  }
}

std::vector<ReaderLag::Point> ReaderLag::since(std::string_view reader, model::Time from, model::Time now) const {
  const auto last = now.us / kLagMinuteUs;
  const auto first = std::max(from.us / kLagMinuteUs, last - static_cast<std::int64_t>(kMinutes) + 1);
  std::vector<Point> points;
  const std::lock_guard lock(mutex_);
  const auto found = rings_.find(reader);
  if (found == rings_.end()) return points;
  for (auto minute = std::max<std::int64_t>(first, 0); minute <= last; ++minute) {
    const auto& point = found->second.points[slot_of(minute)];
    if (point.at.us == minute * kLagMinuteUs && point.at) points.push_back(point);
  }
  return points;
}

}  // namespace tg::observe
