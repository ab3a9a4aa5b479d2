#include "queue.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace telegram_gateway {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{1'000};        // between two looks at heartbeats
constexpr milliseconds kLookAgain{10'000};  // for queues that are missing

std::string queue_of(const Options& options, std::int64_t channel) {
  return "telegram.consumer." + options.name + "." + std::to_string(channel);
}

}  // namespace

int tries_of(std::string_view routing_key, std::string_view queue) {
  if (routing_key.size() <= queue.size() + 1 || routing_key.substr(0, queue.size()) != queue) return 0;
  const auto number = routing_key.substr(queue.size() + 1);
  int next = 0;
  const auto done = std::from_chars(number.data(), number.data() + number.size(), next);
  return done.ec == std::errc() && next > 1 ? next - 1 : 0;
}

Queue::Queue(Context& context, Desk& desk, std::function<void()> changed)
    : context_(context),
      desk_(desk),
      changed_(std::move(changed)),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      fed_(context.options.channels.size()) {}

Queue::~Queue() { close(wake_fd_); }

void Queue::wake() const {
  const std::uint64_t one = 1;
  (void)!write(wake_fd_, &one, sizeof(one));
}

void Queue::settle(const Ticket& ticket, Answer answer) {
  {
    const std::scoped_lock lock(mutex_);
    settled_.push_back({ticket, answer});
  }
  wake();
}

bool Queue::feeds(std::int64_t channel) const {
  const auto& channels = context_.options.channels;
  const auto place = std::find(channels.begin(), channels.end(), channel) - channels.begin();
  const std::scoped_lock lock(mutex_);
  return fed_[static_cast<std::size_t>(place)];
}

void Queue::set_fed(std::size_t index, bool fed) {
  {
    const std::scoped_lock lock(mutex_);
    if (fed_[index] == fed) return;
    fed_[index] = fed;
  }
  changed_();
}

void Queue::set_all_unfed() {
  {
    const std::scoped_lock lock(mutex_);
    settled_.clear();  // of a connection that is gone: the broker gives all of it again
    std::fill(fed_.begin(), fed_.end(), false);
  }
  changed_();
}

void Queue::pause() { paused_ = true; }

void Queue::stop() {
  stopping_ = true;
  wake();
}

void Queue::run() {
  Backoff backoff{milliseconds(200), milliseconds(5'000)};
  while (!stopping_) {
    auto connection =
        AmqpConnection::open(*context_.options.rabbitmq, context_.options.name, context_.options.channels.size());
    if (connection) {
      ++connection_number_;
      look_again_at_ = {};
      context_.tally.change([](Counters& c) { c.queue_up = true; });
      context_.log("queue_connected host=" + context_.options.rabbitmq->host);
      backoff.reset();
    }
    const auto failure = connection ? serve(**connection) : Failure{connection.why()};
    if (stopping_) break;
    connection = failure;
    context_.tally.change([](Counters& c) {
      c.queue_up = false;
      ++c.errors;
    });
    context_.log("queue_lost why=\"" + failure.why + "\"");
    set_all_unfed();
    pollfd woken{wake_fd_, POLLIN, 0};
    const auto until = std::chrono::steady_clock::now() + backoff.next();
    while (!stopping_ && std::chrono::steady_clock::now() < until) {
      const auto left = std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
      poll(&woken, 1, static_cast<int>(left.count()) + 1);
      std::uint64_t ignored = 0;
      (void)!read(wake_fd_, &ignored, sizeof(ignored));
    }
  }
}

// Until the connection fails, or stop(); then everything that was settled is answered.
Failure Queue::serve(AmqpConnection& connection) {
  while (true) {
    const bool last = stopping_;
    if (auto done = answer(connection); !done) return {done.why()};
    if (last) return {"stopped"};
    if (!paused_) {
      if (auto done = start_missing(connection); !done) return {done.why()};
    }
    auto incoming = connection.next(kLook, wake_fd_);
    if (!incoming) return {incoming.why()};
    std::uint64_t ignored = 0;
    (void)!read(wake_fd_, &ignored, sizeof(ignored));
    if (const auto* delivery = std::get_if<AmqpConnection::Delivery>(&*incoming)) take(*delivery);
    if (const auto* ended = std::get_if<AmqpConnection::Ended>(&*incoming)) {
      set_fed(ended->channel - 1U, false);
      look_again_at_ = std::chrono::steady_clock::now() + milliseconds(200);
    }
  }
}

Result<bool> Queue::start_missing(AmqpConnection& connection) {
  const auto now = std::chrono::steady_clock::now();
  if (now < look_again_at_) return true;
  look_again_at_ = now + kLookAgain;
  const auto& channels = context_.options.channels;
  std::string missing;
  for (std::size_t i = 0; i < channels.size() && !stopping_; ++i) {
    if (feeds(channels[i])) continue;
    const auto queue = queue_of(context_.options, channels[i]);
    const auto there = connection.consume(static_cast<std::uint16_t>(i + 1), queue, context_.options.prefetch);
    if (!there) return Failure{there.why()};
    if (*there) {
      set_fed(i, true);
    } else {
      missing = queue;
    }
  }
  if (missing.empty()) {
    told_missing_ = false;
  } else if (!std::exchange(told_missing_, true)) {
    context_.log("queue_missing queue=" + missing + " hint=\"name the consumer in the gateway's rabbitmq.consumers\"");
  }
  return true;
}

void Queue::take(const AmqpConnection::Delivery& delivery) {
  if (paused_) return;  // goes back when the connection is closed
  const Ticket ticket{connection_number_, delivery.channel, delivery.tag};
  const auto counted = [this, &ticket](std::uint64_t Counters::*what, Answer answer) {
    context_.tally.change([what](Counters& c) {
      ++c.received;
      ++(c.*what);
    });
    settle(ticket, answer);
  };
  auto work = work_from_event(delivery.body, Way::queue);
  if (!work) {
    context_.log("message_unreadable why=\"" + work.why() + "\"");
    return counted(&Counters::failed, Answer::reject);
  }
  const auto kind = work->message.kind;
  const bool change = kind == Kind::edited || kind == Kind::deleted;
  if (!work->wanted || (change && !context_.options.changes)) return counted(&Counters::skipped, Answer::ack);
  work->message.tries =
      tries_of(delivery.routing_key, queue_of(context_.options, context_.options.channels[delivery.channel - 1U]));
  switch (desk_.offer(std::move(*work), ticket)) {
    case Desk::Taken::accepted:
    case Desk::Taken::in_hand: break;
    case Desk::Taken::twin:
    case Desk::Taken::done: return counted(&Counters::duplicates, Answer::ack);
    case Desk::Taken::refused: return counted(&Counters::duplicates, Answer::reject);
  }
}

Result<bool> Queue::answer(AmqpConnection& connection) {
  std::vector<Settled> settled;
  {
    const std::scoped_lock lock(mutex_);
    settled.swap(settled_);
  }
  for (const auto& [ticket, answer] : settled) {
    if (ticket.connection != connection_number_) continue;
    auto done = answer == Answer::ack ? connection.ack(ticket.channel, ticket.delivery)
                                      : connection.reject(ticket.channel, ticket.delivery);
    if (!done) return done;
  }
  return true;
}

}  // namespace telegram_gateway
