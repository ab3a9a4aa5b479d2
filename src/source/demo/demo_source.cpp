#include "source/demo/demo_source.h"

#include "observe/log.h"
#include "source/demo/detail/stage.h"

namespace tg::demo {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(500);  // a push waits this long, then stop() is looked at
constexpr auto kRetryEvery = std::chrono::milliseconds(500);

}  // namespace

bool is_demo_channel(model::ChatId peer) {
  const auto all = detail::channels();
  return std::any_of(all.begin(), all.end(), [&](const detail::Channel& channel) { return channel.peer() == peer; });
}

struct DemoSource::Impl {
  Impl(Options o, pipeline::Intake& i) : options(std::move(o)), intake(i) {}

  Options options;
  pipeline::Intake& intake;
  mutable std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  std::uint64_t syncs_asked = 0, syncs_begun = 0, syncs_done = 0;
  source::SourceState state;
  std::thread thread;

  void set(source::SourceState::Code code, std::string reason) {
    if (state.code == code && state.reason == reason) return;
    state = {code, model::Time::now(), std::move(reason)};
  }

  // Until it is taken, or until stop(): nothing is skipped.
  bool push(const pipeline::Observation& observation) {
    while (true) {
      const auto pushed = intake.push(observation, kPatience);
      std::unique_lock lock(mutex);
      if (pushed) {
        set(source::SourceState::Code::running, "");
        return !stopping;
      }
      if (stopping) return false;
      if (state.code == source::SourceState::Code::running) {
        observe::warn("demo_waits", {{"reason", pushed.error().what}});
      }
      set(source::SourceState::Code::failed, pushed.error().to_string());
      wake.wait_for(lock, kRetryEvery, [&] { return stopping; });
      if (stopping) return false;
    }
  }

  void run() {
    detail::Stage stage(options, [this](const pipeline::Observation& o) { return push(o); });
    if (!stage.open()) return;
    std::unique_lock lock(mutex);
    while (!stopping) {
      const bool sync = std::exchange(syncs_begun, syncs_asked) != syncs_asked;
      lock.unlock();
      if (sync && !stage.fill_all()) return;
      const auto next = stage.tick(std::chrono::steady_clock::now());
      lock.lock();
      syncs_done = syncs_begun;
      wake.wait_until(lock, next, [&] { return stopping || syncs_asked != syncs_begun; });
    }
  }

  source::AccountWalks how_far(std::uint64_t sync) const {
    using Stage = source::Walk::Stage;
    const std::lock_guard lock(mutex);
    const auto stage = syncs_done >= sync ? Stage::done : syncs_begun >= sync ? Stage::walking : Stage::waiting;
    source::AccountWalks far;
    far.account = "demo";
    far.known = true;
    const auto all = detail::channels();
    const auto count = std::clamp<std::size_t>(options.channels, 1, all.size());
    for (const auto& channel : all.first(count)) far.chats.push_back({channel.peer(), stage, ""});
    return far;
  }
};

DemoSource::DemoSource(Options options, pipeline::Intake& intake)
    : impl_(std::make_unique<Impl>(std::move(options), intake)) {}

DemoSource::~DemoSource() { stop(); }

void DemoSource::start() {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->thread.joinable()) return;
  impl_->stopping = false;
  impl_->set(source::SourceState::Code::running, "");
  impl_->thread = std::thread([this] { impl_->run(); });
}

void DemoSource::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
  const std::lock_guard lock(impl_->mutex);
  impl_->set(source::SourceState::Code::stopped, "stopped");
}

source::SourceState DemoSource::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

source::Walks DemoSource::sync() {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    number = ++impl_->syncs_asked;
  }
  impl_->wake.notify_all();
  return [impl = impl_.get(), number] { return std::vector{impl->how_far(number)}; };
}

}  // namespace tg::demo
