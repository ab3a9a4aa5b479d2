#include "telegram_gateway/consumer.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <exception>
#include <stdexcept>
#include <thread>

#include "poller.h"

namespace telegram_gateway {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kAskAgain{1'000};     // where it is not known whether a message was done before
constexpr milliseconds kWithBroker{60'000};  // longer than its pauses: polls leave a rejected message alone so long
constexpr milliseconds kLongestPause{300'000};
constexpr milliseconds kGrace{1'500};  // for calls that are aborted

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

// Threads that end when they are told, or are left to themselves.
class Crew {
 public:
  void start(std::function<void()> work) {
    const std::scoped_lock lock(mutex_);
    auto done = std::make_shared<bool>(false);
    members_.push_back({std::thread([this, work = std::move(work), done] {
                          work();
                          const std::scoped_lock ended(mutex_);
                          *done = true;
                          changed_.notify_all();
                        }),
                        done});
  }

  bool wait(SteadyTime until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] {
      for (const auto& member : members_) {
        if (!*member.done) return false;
      }
      return true;
    });
  }

  // True: all have ended.
  bool leave() {
    std::vector<Member> members;
    std::vector<bool> done;
    {
      const std::scoped_lock lock(mutex_);
      members.swap(members_);
      for (const auto& member : members) done.push_back(*member.done);
    }
    bool all = true;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (done[i]) {
        members[i].thread.join();
      } else {
        members[i].thread.detach();
        all = false;
      }
    }
    return all;
  }

 private:
  struct Member {
    std::thread thread;
    std::shared_ptr<bool> done;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Member> members_;
};

}  // namespace

struct Consumer::Impl : std::enable_shared_from_this<Consumer::Impl> {
  Impl(Options options, Handler to_call) : context(std::move(options)), handler(std::move(to_call)) {
    const auto& valid = context.options;
    if (valid.redis) {
      redis = std::make_unique<RedisClient>(context, *valid.redis);
      done_keys = std::make_unique<DoneKeys>(*redis, valid.name);
    }
    if (valid.mode != Mode::polling) {
      queue = std::make_unique<Queue>(context, desk, [this] {
        if (poller) poller->queue_changed();
      });
    }
    settler = std::make_unique<Settler>(context, desk, done_keys.get(), queue.get(), abort);
    if (valid.mode != Mode::queue)
      poller = std::make_unique<Poller>(context, desk, *settler, redis.get(), queue.get(), stop_polls);
  }
  ~Impl() { close(stop_fd); }

  // Each thread keeps all of this alive, so that one which does not end does no harm.
  void start(Crew& crew, void (Impl::*work)()) {
    crew.start([self = shared_from_this(), work] { (self.get()->*work)(); });
  }
  void run_settler() { settler->run(); }
  void run_poller() { poller->run(); }
  void run_queue() { queue->run(); }
  void run_handler();

  enum class Before { not_done, done, unknown };
  Before done_before(const Work& work, Gateway& gateway);
  void handle(Work work);
  bool stop_all(SteadyTime deadline);

  Context context;
  const Handler handler;
  const int stop_fd = eventfd(0, EFD_CLOEXEC);
  std::atomic<bool> stop_polls{false}, abort{false}, ran{false};
  Desk desk{context, [this] {
              if (poller) poller->hungry();
            }};
  std::unique_ptr<RedisClient> redis;
  std::unique_ptr<DoneKeys> done_keys;
  std::unique_ptr<Queue> queue;
  std::unique_ptr<Settler> settler;
  std::unique_ptr<Poller> poller;
  Crew handlers, settlers, pollers, queues;
};

void Consumer::Impl::run_handler() {
  Gateway gateway(context, abort);
  while (auto work = desk.next()) {
    switch (done_before(*work, gateway)) {
      case Before::not_done: handle(std::move(*work)); break;
      case Before::done: settler->add(std::move(*work), Desk::End::duplicate); break;
      case Before::unknown: desk.again(std::move(*work), kAskAgain); break;
    }
  }
}

// What an earlier run did, in whatever mode. The gateway's own offer is proof that it was not marked; what was recorded
// since the gateway was first reached can have been done by this run alone, which the desk knows.
Consumer::Impl::Before Consumer::Impl::done_before(const Work& work, Gateway& gateway) {
  if (done_keys) {
    const auto done = done_keys->has(work.identity);
    if (done && *done) return Before::done;
  }
  const auto& message = work.message;
  if (work.way == Way::gateway || message.kind == Kind::edited || message.kind == Kind::deleted)
    return Before::not_done;
  const auto began = context.clock.began();
  if (began && message.received_at >= *began) return Before::not_done;
  const auto marked = gateway.is_marked(message.id);
  if (!marked) return Before::unknown;
  return *marked ? Before::done : Before::not_done;
}

void Consumer::Impl::handle(Work work) {
  const auto lag = context.clock.now() - work.message.received_at;
  const auto began = Clock::now();
  auto outcome = Outcome::retry;
  try {
    outcome = handler(work.message);
  } catch (const std::exception& thrown) {
    context.log("handler_threw id=" + work.message.id + " what=\"" + thrown.what() + "\"");
  } catch (...) {
    context.log("handler_threw id=" + work.message.id);
  }
  context.tally.change([&](Counters& c) {
    c.handling.add(seconds(Clock::now() - began));
    c.lag.add(std::max(0.0, std::chrono::duration<double>(lag).count()));
  });
  if (outcome == Outcome::done) return settler->add(std::move(work), Desk::End::done);

  const auto id = work.message.id;
  const int tries = desk.tried(work.identity, work.message.tries);
  const int most =
      desk.has_ticket(work.identity) ? std::min(context.options.tries, Queue::kTries) : context.options.tries;
  if (outcome == Outcome::refuse || tries >= most) {
    context.log("message_failed id=" + id + " tries=" + std::to_string(tries));
    return settler->add(std::move(work), Desk::End::refused);
  }
  context.tally.change([](Counters& c) { ++c.retries; });
  std::optional<Ticket> ticket;
  if (desk.give_back(work.identity, kWithBroker, ticket)) return queue->settle(*ticket, Queue::Answer::reject);
  auto pause = context.options.retry_pause;
  for (int i = 1; i < tries && pause < kLongestPause; ++i) pause *= 2;
  desk.again(std::move(work), std::min(pause, kLongestPause));
}

// What is in hand is finished, written down and acknowledged; then the rest goes back.
bool Consumer::Impl::stop_all(SteadyTime deadline) {
  desk.close();
  stop_polls = true;
  if (poller) poller->stop();
  if (queue) queue->pause();
  desk.wait_idle(deadline);
  settler->stop();
  settlers.wait(deadline);
  abort = true;
  if (queue) queue->stop();
  const auto end = std::max(deadline, Clock::now() + kGrace);
  bool all = settlers.wait(end);
  all = queues.wait(end) && all;
  all = pollers.wait(end) && all;
  all = handlers.wait(std::min(end, Clock::now() + kGrace)) && all;
  desk.count_rest();
  for (auto* crew : {&handlers, &settlers, &pollers, &queues}) all = crew->leave() && all;
  return all;
}

Consumer::Consumer(Options options, Handler handler) {
  check(options);
  if (!handler) throw std::invalid_argument("a consumer needs a handler");
  impl_ = std::make_shared<Impl>(std::move(options), std::move(handler));
}

Consumer::~Consumer() = default;

bool Consumer::run() {
  auto& impl = *impl_;
  if (impl.ran.exchange(true)) throw std::logic_error("a consumer runs once");
  const auto& options = impl.context.options;
  impl.start(impl.settlers, &Impl::run_settler);
  for (int i = 0; i < options.handlers; ++i) impl.start(impl.handlers, &Impl::run_handler);
  if (impl.queue) impl.start(impl.queues, &Impl::run_queue);
  if (impl.poller) impl.start(impl.pollers, &Impl::run_poller);

  pollfd stopped{impl.stop_fd, POLLIN, 0};
  while (poll(&stopped, 1, -1) != 1) {
  }
  return impl.stop_all(Clock::now() + options.stop_within);
}

void Consumer::stop() noexcept {
  const std::uint64_t one = 1;
  (void)!write(impl_->stop_fd, &one, sizeof(one));
}

Counters Consumer::counters() const { return impl_->context.tally.get(); }

}  // namespace telegram_gateway
