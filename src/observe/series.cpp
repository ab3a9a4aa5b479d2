#include "observe/series.h"

namespace tg::observe {
namespace {

constexpr auto kSlots = static_cast<std::int64_t>(Series::kSteps);

std::int64_t step_of(model::Time time) { return std::max<std::int64_t>(0, time.to_seconds()) / Series::kStepS; }

}  // namespace

Series::Series() : slots_(kSteps) {}

void Series::add(model::Origin origin, std::uint32_t events, model::Time now) {
  const std::int64_t step = step_of(now);
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[static_cast<std::size_t>(step % kSlots)];
  if (slot.step > step) return;  // the clock went back further than the ring is long
  if (slot.step != step) slot = Slot{step, {}};
  slot.events.at(static_cast<std::size_t>(origin) - 1) += events;
}

std::vector<Series::Point> Series::since(model::Time from, model::Time now, std::size_t most_points) const {
  const std::int64_t last = step_of(now);
  const std::int64_t first = std::max(step_of(from), last - kSlots + 1);
  if (first > last || most_points == 0) return {};
  const std::int64_t wanted = last - first + 1;
  const auto most = static_cast<std::int64_t>(most_points);
  const std::int64_t merged = (wanted + most - 1) / most;  // steps in one point

  std::vector<Point> points;
  const std::lock_guard lock(mutex_);
  for (std::int64_t step = first; step <= last; ++step) {
    if ((step - first) % merged == 0) {
      points.push_back({model::Time::seconds(step * kStepS), merged * kStepS, {}});
    }
    const Slot& slot = slots_[static_cast<std::size_t>(step % kSlots)];
    if (slot.step != step) continue;
    for (std::size_t origin = 0; origin < kOrigins; ++origin) points.back().events.at(origin) += slot.events.at(origin);
  }
  return points;
}

}  // namespace tg::observe
