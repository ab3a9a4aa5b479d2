#pragma once
// What waits to be fetched: asked for, then fresh, then history. Each message once. Not for several threads: its owner
// locks.

#include <array>
#include <chrono>
#include <deque>
#include <optional>
#include <unordered_set>

#include "model/ids.h"

namespace tg::tdlib {

class MediaQueue {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Class : std::uint8_t { asked, fresh, history };
  struct Job {
    model::MessageKey key;
    Class rank = Class::fresh;
    int tries = 0;
    Clock::time_point not_before = {};
  };

  static constexpr std::size_t kMost = 4'096, kMostAsked = 1'000;

  // False: it is full. What was asked for is never lost by a second try.
  bool add(Job job);
  // The first whose time has come. Nothing: none.
  std::optional<Job> take(Clock::time_point now);
  Clock::time_point next(Clock::time_point at_most) const;

  void drop_history();
  std::size_t size() const { return waiting_.size(); }
  bool idle() const { return lanes_[1].empty() && lanes_[2].empty(); }

 private:
  std::array<std::deque<Job>, 3> lanes_;
  std::unordered_set<model::MessageKey> waiting_;
};

}  // namespace tg::tdlib
