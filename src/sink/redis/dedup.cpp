#include "sink/redis/dedup.h"

#include "observe/log.h"
#include "sink/redis/keys.h"

namespace tg::redis {
namespace {

constexpr std::size_t kMostWaiting = 10'000;
constexpr std::size_t kAtOnce = 500;
constexpr std::chrono::seconds kPause{1};

}  // namespace

Dedup::Dedup(Access access, std::chrono::seconds ttl) : master_(std::move(access)), ttl_(ttl) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Dedup::~Dedup() = default;

void Dedup::handled(const std::string& consumer, std::span<const model::MessageKey> keys) {
  if (keys.empty()) return;
  const auto now = model::Time::now();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& key : keys) waiting_.push_back({dedup_key(consumer, key), now});
    while (waiting_.size() > kMostWaiting) {
      waiting_.pop_front();
      ++dropped_;
    }
  }
  more_.notify_one();
}

void Dedup::run(const std::stop_token& stop) {
  bool told = false;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      more_.wait(lock, stop, [this] { return !waiting_.empty(); });
    }
    if (stop.stop_requested()) return;
    const auto done = send(stop);
    if (done) {
      told = false;
      continue;
    }
    connection_.reset();
    if (!told) observe::warn("dedup_waits", {{"reason", done.error().to_string()}});
    told = true;
    std::unique_lock lock(mutex_);
    more_.wait_for(lock, stop, kPause, [] { return false; });
  }
}

Result<void> Dedup::send(const std::stop_token& stop) {
  std::vector<Mark> marks;
  std::size_t dropped = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kAtOnce));
    marks.assign(waiting_.begin(), waiting_.begin() + count);
    dropped = dropped_;
  }
  if (!connection_) {
    auto connection = master_.connect(stop);
    if (!connection) return connection.error();
    connection_ = std::move(*connection);
  }
  const auto now = model::Time::now();
  for (const auto& mark : marks) {
    const auto left = std::chrono::milliseconds(ttl_).count() - (now.us - mark.at.us) / 1'000;
    connection_->add(Command{"SET", mark.key, std::to_string(mark.at.us / 1'000), "PX",
                             std::to_string(std::max<std::int64_t>(left, 1))});
  }
  const auto replies = connection_->exchange(stop);
  if (!replies) return replies.error();
  for (const auto& reply : *replies) {
    if (reply.is_error()) return connection_->error_of(reply);
  }
  const std::lock_guard lock(mutex_);
  const auto gone = std::min(marks.size() - std::min(marks.size(), dropped_ - dropped), waiting_.size());
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(gone));
  return {};
}

}  // namespace tg::redis
