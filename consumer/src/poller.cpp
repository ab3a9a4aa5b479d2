#include "poller.h"

#include <algorithm>

namespace telegram_gateway {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// An event is stamped before it is committed, and seen after that.
constexpr std::chrono::seconds kCommit{2};
constexpr std::size_t kMostAtOnce = 10'000;  // the gateway's limit

}  // namespace

Poller::Poller(Context& context, Desk& desk, Settler& settler, RedisClient* redis, const Queue* queue,
               const std::atomic<bool>& abort)
    : context_(context),
      desk_(desk),
      settler_(settler),
      queue_(queue),
      gateway_(context, abort),
      random_(std::random_device{}()) {
  if (redis) cache_.emplace(*redis);
  for (const auto id : context.options.channels) {
    Channel channel;
    channel.id = id;
    channels_.push_back(channel);
  }
}

void Poller::stop() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

void Poller::hungry() {
  const std::scoped_lock lock(mutex_);
  hungry_ = true;
  changed_.notify_all();
}

void Poller::queue_changed() {
  const std::scoped_lock lock(mutex_);
  queue_changed_ = true;
  changed_.notify_all();
}

void Poller::run() {
  while (true) {
    bool hungry = false, queue_changed = false;
    {
      auto due = channels_.front().due;
      for (const auto& channel : channels_) due = std::min(due, channel.due);
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, due, [this] { return stopping_ || hungry_ || queue_changed_; });
      if (stopping_) return;
      hungry = std::exchange(hungry_, false);
      queue_changed = std::exchange(queue_changed_, false);
    }
    const auto now = Clock::now();
    for (auto& channel : channels_) {
      {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return;
      }
      if (hungry && channel.was_full) channel.due = now;
      if (queue_changed && queue_) {
        const bool fed = queue_->feeds(channel.id);
        if (std::exchange(channel.fed, fed) && !fed) channel.due = std::min(channel.due, now + pause_of(channel) / 10);
      }
      if (channel.due <= now) poll(channel);
    }
  }
}

milliseconds Poller::pause_of(const Channel& channel) {
  const auto& options = context_.options;
  const bool backup = options.mode == Mode::hybrid && channel.fed;
  const auto pause = backup ? options.backup_poll_every : options.poll_every;
  std::uniform_int_distribution<std::int64_t> within(pause.count() * 9 / 10, pause.count() * 11 / 10);
  return milliseconds(within(random_));
}

void Poller::poll(Channel& channel) {
  if (queue_) channel.fed = queue_->feeds(channel.id);
  channel.due = Clock::now() + pause_of(channel);
  if (desk_.ready() >= static_cast<std::size_t>(context_.options.batch)) {
    channel.was_full = true;  // asked as soon as there is room
    return;
  }
  if (queue_ && !channel.fed) context_.tally.change([](Counters& c) { ++c.fallbacks; });
  if (cache_ && !channel.doubt && channel.from_cache + 1 < context_.options.ask_gateway_every && ask_cache(channel))
    return;
  ask_gateway(channel);
}

bool Poller::ask_cache(Channel& channel) {
  auto news = cache_->newer(channel.id, channel.known_to, context_.clock.now());
  const auto failed = [&](std::uint64_t Counters::*what) {
    context_.tally.change([what](Counters& c) { ++(c.*what); });
    channel.doubt = true;
    return false;
  };
  if (news.state == Cache::State::gone) return failed(&Counters::fallbacks);
  if (news.state == Cache::State::doubtful) return failed(&Counters::misses);
  bool doubt = false;
  for (auto& work : news.work) {
    if (!work.wanted) continue;
    const bool as_new = work.offered_as_new;
    if (desk_.offer(std::move(work)) == Desk::Taken::done && !as_new) doubt = true;
  }
  if (doubt) return failed(&Counters::misses);
  context_.tally.change([](Counters& c) { ++c.hits; });
  channel.known_to = news.proven_to;
  ++channel.from_cache;
  return true;
}

void Poller::ask_gateway(Channel& channel) {
  const auto limit = std::min(kMostAtOnce, static_cast<std::size_t>(context_.options.batch) + desk_.held(channel.id));
  auto answer = gateway_.unprocessed(channel.id, limit);
  if (!answer) {
    channel.doubt = true;
    channel.due = std::min(channel.due, Clock::now() + backoff_.next());
    if (std::exchange(told_, answer.why()) != answer.why()) context_.log("poll_failed why=\"" + answer.why() + "\"");
    return;
  }
  backoff_.reset();
  if (!std::exchange(told_, std::string()).empty()) context_.log("poll_recovered");
  context_.tally.change([](Counters& c) { ++c.polls; });
  channel.was_full = answer->work.size() >= limit;
  channel.doubt = channel.was_full;
  channel.from_cache = 0;
  channel.known_to = answer->asked_at - kCommit;
  if (cache_) cache_->forget(channel.id);
  bool any = false;
  for (auto& work : answer->work) {
    const auto id = work.message.id;
    switch (desk_.offer(std::move(work))) {
      case Desk::Taken::accepted: any = true; break;
      case Desk::Taken::in_hand:
      case Desk::Taken::twin: break;  // only of the queue
      case Desk::Taken::done:
        context_.tally.change([](Counters& c) {
          ++c.received;
          ++c.duplicates;
        });
        settler_.mark_again(id);
        break;
      case Desk::Taken::refused: settler_.mark_again(id); break;
    }
  }
  if (!any) channel.was_full = false;  // asked again at its time
}

}  // namespace telegram_gateway
