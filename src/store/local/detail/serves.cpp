#include "store/local/detail/serves.h"

namespace tg::store::local {
namespace {

constexpr std::chrono::seconds kCommittedAfter{1};
constexpr std::size_t kMostLastWritten = 20'000;

}  // namespace

void Serves::repeat(const std::string& consumer, const model::MessageKey& key, model::Time now) {
  const std::lock_guard lock(mutex_);
  auto& repeats = repeats_[{consumer, key}];
  ++repeats.times;
  repeats.last = now;
}

std::int64_t Serves::waiting(const std::string& consumer, const model::MessageKey& key) const {
  const std::lock_guard lock(mutex_);
  std::int64_t times = 0;
  for (const auto* repeats : {&repeats_, &last_written_}) {
    const auto found = repeats->find({consumer, key});
    if (found != repeats->end()) times += found->second.times;
  }
  return times;
}

bool Serves::any() const {
  const std::lock_guard lock(mutex_);
  return !repeats_.empty();
}

bool Serves::due() const {
  const std::lock_guard lock(mutex_);
  return !repeats_.empty() && Clock::now() - written_at_ >= std::chrono::seconds(1);
}

Result<void> Serves::flush(journal::Connection& db) {
  All taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(repeats_);
    // Several may run before the commit of the first: who reads until then must not lose its counts. Counting some
    // twice only makes a poll look again.
    const auto now = Clock::now();
    if (now - written_at_ >= kCommittedAfter || last_written_.size() > kMostLastWritten) last_written_.clear();
    for (const auto& [who, repeats] : taken) last_written_[who].times += repeats.times;
    written_at_ = now;
  }
  for (const auto& [who, repeats] : taken) {
    const auto& [consumer, key] = who;
    auto done = db.prepared(
                      "UPDATE serves SET times = times + ?5, at = max(at, ?6) WHERE consumer = ?1 AND peer = ?2 AND "
                      "message = ?3 AND scope = ?4")
                    .with(std::string_view(consumer), key.peer, key.message, key.scope, repeats.times, repeats.last)
                    .run();
    if (!done) return done;
  }
  return {};
}

}  // namespace tg::store::local
