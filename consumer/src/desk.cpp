#include "desk.h"

#include <algorithm>

namespace telegram_gateway {
namespace {

constexpr std::size_t kMostElsewhere = 10'000;

}  // namespace

Desk::Desk(Context& context, std::function<void()> hungry)
    : context_(context),
      hungry_(std::move(hungry)),
      done_(static_cast<std::size_t>(context.options.remembered)),
      refused_(static_cast<std::size_t>(context.options.remembered)) {}

Desk::Taken Desk::offer(Work work, std::optional<Ticket> ticket) {
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  auto found = entries_.find(work.identity);
  if (found != entries_.end()) {
    auto& entry = found->second;
    // Of one channel the later number is another copy; where the channel was opened anew, they begin again.
    const auto& held = entry.ticket;
    if (ticket && held && held->connection == ticket->connection && held->channel == ticket->channel &&
        held->delivery < ticket->delivery)
      return Taken::twin;
    if (ticket) entry.ticket = ticket;
    const bool brought_again = entry.state == State::elsewhere && (ticket || now >= entry.until);
    if (!brought_again) return Taken::in_hand;
    entry.state = State::ready;
    if (!ticket) entry.ticket.reset();
    work.message.tries = std::max(work.message.tries, entry.tries);
  } else {
    // One that a person asked for again is another thing than the message that was done.
    if (refused_.contains(work.identity)) return Taken::refused;
    if (done_.contains(work.identity)) return Taken::done;
    forget_stale(now);
    Entry entry;
    entry.channel = work.message.channel;
    entry.tries = work.message.tries;
    entry.ticket = ticket;
    entries_.emplace(work.identity, entry);
  }
  ++held_[work.message.channel];
  context_.tally.change([](Counters& c) {
    ++c.received;
    ++c.in_hand;
  });
  ready_.push_back(std::move(work));
  changed_.notify_one();
  return Taken::accepted;
}

std::optional<Work> Desk::next() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    const auto now = std::chrono::steady_clock::now();
    while (!waiting_.empty() && waiting_.begin()->first <= now) {
      auto due = waiting_.extract(waiting_.begin());
      entries_[due.mapped().identity].state = State::ready;
      ready_.push_back(std::move(due.mapped()));
    }
    if (!ready_.empty()) {
      Work work = std::move(ready_.front());
      ready_.pop_front();
      auto& entry = entries_[work.identity];
      entry.state = State::begun;
      work.message.tries = std::max(work.message.tries, entry.tries);
      ++begun_;
      const bool last = ready_.empty();
      lock.unlock();
      if (last) hungry_();
      return work;
    }
    if (waiting_.empty()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, waiting_.begin()->first);
    }
  }
  return std::nullopt;
}

void Desk::drop(std::unordered_map<std::string, Entry>::iterator entry) {
  auto held = held_.find(entry->second.channel);
  if (--held->second == 0) held_.erase(held);
  if (entry->second.state == State::begun) --begun_;
}

std::optional<Ticket> Desk::finish(const std::string& identity, End end) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(identity);
  if (found == entries_.end()) return std::nullopt;
  const auto ticket = found->second.ticket;
  drop(found);
  entries_.erase(found);
  (end == End::refused ? refused_ : done_).add(identity);
  context_.tally.change([end](Counters& c) {
    --c.in_hand;
    ++(end == End::done ? c.delivered : end == End::refused ? c.failed : c.duplicates);
  });
  changed_.notify_all();
  return ticket;
}

void Desk::again(Work work, std::chrono::milliseconds pause) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(work.identity);
  if (found == entries_.end()) return;
  found->second.state = State::waiting;
  --begun_;
  waiting_.emplace(std::chrono::steady_clock::now() + pause, std::move(work));
  changed_.notify_all();
}

bool Desk::give_back(const std::string& identity, std::chrono::milliseconds pause, std::optional<Ticket>& ticket) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(identity);
  if (found == entries_.end() || !found->second.ticket) return false;
  ticket = std::exchange(found->second.ticket, std::nullopt);
  drop(found);
  found->second.state = State::elsewhere;
  found->second.until = std::chrono::steady_clock::now() + pause;
  context_.tally.change([](Counters& c) {
    --c.in_hand;
    ++c.returned;
  });
  changed_.notify_all();
  return true;
}

int Desk::tried(const std::string& identity, int at_least) {
  const std::scoped_lock lock(mutex_);
  auto& entry = entries_[identity];
  entry.tries = std::max(entry.tries, at_least) + 1;
  return entry.tries;
}

bool Desk::has_ticket(const std::string& identity) const {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(identity);
  return found != entries_.end() && found->second.ticket.has_value();
}

std::size_t Desk::ready() const {
  const std::scoped_lock lock(mutex_);
  return ready_.size();
}

std::size_t Desk::held(std::int64_t channel) const {
  const std::scoped_lock lock(mutex_);
  const auto found = held_.find(channel);
  return found == held_.end() ? 0 : found->second;
}

void Desk::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

bool Desk::wait_idle(SteadyTime until) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [this] { return begun_ == 0; });
}

void Desk::count_rest() {
  const std::scoped_lock lock(mutex_);
  context_.tally.change([](Counters& c) { c.returned += std::exchange(c.in_hand, 0); });
}

// What the broker never brought again, such as from a queue that was removed.
void Desk::forget_stale(SteadyTime now) {
  if (entries_.size() < kMostElsewhere) return;
  std::erase_if(entries_,
                [now](const auto& one) { return one.second.state == State::elsewhere && one.second.until < now; });
}

}  // namespace telegram_gateway
