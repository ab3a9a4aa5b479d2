#include "source/tdlib/detail/media_queue.h"

namespace tg::tdlib {

bool MediaQueue::add(Job job) {
  auto& lane = lanes_[static_cast<std::size_t>(job.rank)];
  const bool full = job.rank == Class::asked ? lane.size() >= kMostAsked : waiting_.size() >= kMost;
  const bool back = job.rank == Class::asked && (job.tries > 0 || waiting_.contains(job.key));
  if (full && !back) return false;
  if (!waiting_.insert(job.key).second) {
    if (job.rank != Class::asked) return true;
    for (auto& other : lanes_) std::erase_if(other, [&](const Job& one) { return one.key == job.key; });
  }
  lane.push_back(job);
  return true;
}

std::optional<MediaQueue::Job> MediaQueue::take(Clock::time_point now) {
  for (auto& lane : lanes_) {
    const auto due = std::find_if(lane.begin(), lane.end(), [&](const Job& job) { return job.not_before <= now; });
    if (due == lane.end()) continue;
    const auto job = *due;
    lane.erase(due);
    waiting_.erase(job.key);
    return job;
  }
  return std::nullopt;
}

MediaQueue::Clock::time_point MediaQueue::next(Clock::time_point at_most) const {
  for (const auto& lane : lanes_) {
    for (const auto& job : lane) at_most = std::min(at_most, job.not_before);
  }
  return at_most;
}

void MediaQueue::drop_history() {
  for (const auto& job : lanes_[2]) waiting_.erase(job.key);
  lanes_[2].clear();
}

}  // namespace tg::tdlib
