#include "store/local/detail/serves.h"

namespace tg::store::local {

void Serves::repeat(const std::string& consumer, const model::MessageKey& key, model::Time now) {
  const std::lock_guard lock(mutex_);
  if (repeats_.empty()) first_waits_since_ = Clock::now();
  auto& repeats = repeats_[{consumer, key}];
  ++repeats.times;
  repeats.last = now;
}

std::int64_t Serves::waiting(const std::string& consumer, const model::MessageKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = repeats_.find({consumer, key});
  return found == repeats_.end() ? 0 : found->second.times;
}

bool Serves::due() const {
  const std::lock_guard lock(mutex_);
  return !repeats_.empty() && Clock::now() - first_waits_since_ >= std::chrono::seconds(1);
}

Result<void> Serves::flush(journal::Connection& db) {
  decltype(repeats_) taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(repeats_);
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
