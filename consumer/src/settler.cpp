#include "settler.h"

#include <algorithm>

namespace telegram_gateway {
namespace {

constexpr std::size_t kAtOnce = 1'000;
constexpr std::size_t kMostUnmarked = 1'000'000;

}  // namespace

Settler::Settler(Context& context, Desk& desk, DoneKeys* done_keys, Queue* queue, const std::atomic<bool>& abort)
    : context_(context), desk_(desk), done_keys_(done_keys), queue_(queue), gateway_(context, abort) {}

void Settler::add(Work work, Desk::End end) {
  const std::scoped_lock lock(mutex_);
  added_.push_back({std::move(work), end});
  changed_.notify_all();
}

void Settler::mark_again(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  unmarked_.insert(id);
  changed_.notify_all();
}

void Settler::stop() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

bool Settler::wait_empty(SteadyTime until) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [this] { return added_.empty() && !settling_; });
}

void Settler::run() {
  while (true) {
    std::vector<Settled> batch;
    {
      std::unique_lock lock(mutex_);
      settling_ = false;
      changed_.notify_all();
      while (added_.empty() && !stopping_) {
        if (unmarked_.empty()) {
          changed_.wait(lock);
        } else if (std::chrono::steady_clock::now() >= next_mark_) {
          break;
        } else {
          changed_.wait_until(lock, next_mark_);
        }
      }
      if (stopping_ && added_.empty()) break;
      const auto count = std::min(kAtOnce, added_.size());
      const auto end = added_.begin() + static_cast<std::ptrdiff_t>(count);
      batch.assign(std::make_move_iterator(added_.begin()), std::make_move_iterator(end));
      added_.erase(added_.begin(), end);
      settling_ = true;
    }
    settle(batch);
  }
  next_mark_ = {};
  write_marks();
  const std::scoped_lock lock(mutex_);
  if (!unmarked_.empty())
    context_.log("marks_not_written count=" + std::to_string(unmarked_.size()) +
                 " why=\"the gateway was not reached\"");
}

void Settler::settle(std::vector<Settled>& batch) {
  write_done_keys(batch);
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& one : batch) {
      const auto kind = one.work.message.kind;
      if (kind == Kind::edited || kind == Kind::deleted) continue;  // the message itself is what is marked
      if (unmarked_.size() < kMostUnmarked) {
        unmarked_.insert(one.work.message.id);
      } else if (!std::exchange(told_full_, true)) {
        context_.log("marks_dropped why=\"the gateway was away for too long\"");
      }
    }
  }
  write_marks();
  for (const auto& one : batch) {
    const auto ticket = desk_.finish(one.work.identity, one.end);
    if (ticket && queue_)
      queue_->settle(*ticket, one.end == Desk::End::refused ? Queue::Answer::reject : Queue::Answer::ack);
  }
}

void Settler::write_done_keys(const std::vector<Settled>& batch) {
  if (!done_keys_) return;
  std::vector<std::string> identities;
  for (const auto& one : batch) {
    if (one.end == Desk::End::done) identities.push_back(one.work.identity);
  }
  if (!identities.empty()) (void)done_keys_->add(identities, context_.clock.now());  // a failure is counted there
}

// Everything that waits, unless the gateway was just found to be gone.
void Settler::write_marks() {
  while (std::chrono::steady_clock::now() >= next_mark_) {
    std::vector<std::string> ids;
    {
      const std::scoped_lock lock(mutex_);
      for (auto at = unmarked_.begin(); at != unmarked_.end() && ids.size() < kAtOnce; ++at) ids.push_back(*at);
    }
    if (!ids.empty()) {
      const auto marked = gateway_.mark(ids);
      if (!marked) {
        context_.log("marks_wait count=" + std::to_string(ids.size()) + " why=\"" + marked.why() + "\"");
        next_mark_ = std::chrono::steady_clock::now() + backoff_.next();
      } else {
        backoff_.reset();
        const std::scoped_lock lock(mutex_);
        for (const auto& id : ids) unmarked_.erase(id);
      }
    }
    std::size_t left = 0;
    {
      const std::scoped_lock lock(mutex_);
      left = unmarked_.size();
    }
    context_.tally.change([left](Counters& c) { c.marks_waiting = left; });
    if (ids.size() < kAtOnce) break;
  }
}

}  // namespace telegram_gateway
