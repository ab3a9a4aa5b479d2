#include "store/local/detail/serves.h"

namespace tg::store::local {
namespace {

constexpr std::chrono::seconds kGatheredFor{10};
constexpr std::size_t kMostWaiting = 50'000;
constexpr std::chrono::seconds kCommittedAfter{1};
constexpr std::size_t kMostWritten = 20'000;

}  // namespace

void Serves::repeat(const std::string& consumer, const model::MessageKey& key, model::Seq content, model::Time now) {
  const std::lock_guard lock(mutex_);
  auto& of_consumer = consumers_[consumer];
  if (of_consumer.waiting.empty()) of_consumer.waiting_since = Clock::now();
  auto [slot, fresh] = of_consumer.waiting.try_emplace(key);
  if (fresh) ++waiting_;
  ++slot->second.times;
  slot->second.last = now;
  slot->second.content = std::max(slot->second.content, content);
}

std::int64_t Serves::waiting(const std::string& consumer, const model::MessageKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto of_consumer = consumers_.find(consumer);
  if (of_consumer == consumers_.end()) return 0;
  std::int64_t times = 0;
  for (const auto* repeats : {&of_consumer->second.waiting, &of_consumer->second.written}) {
    const auto found = repeats->find(key);
    if (found != repeats->end()) times += found->second.times;
  }
  return times;
}

bool Serves::due(const std::string& consumer) const {
  const std::lock_guard lock(mutex_);
  const auto found = consumers_.find(consumer);
  if (found == consumers_.end() || found->second.waiting.empty()) return false;
  return waiting_ > kMostWaiting || Clock::now() - found->second.waiting_since >= kGatheredFor;
}

bool Serves::any() const {
  const std::lock_guard lock(mutex_);
  return waiting_ > 0;
}

void Serves::forget(const std::string& consumer) {
  const std::lock_guard lock(mutex_);
  const auto found = consumers_.find(consumer);
  if (found == consumers_.end()) return;
  waiting_ -= found->second.waiting.size();
  consumers_.erase(found);
}

Result<void> Serves::flush(journal::Connection& db, const std::string& consumer) {
  std::map<model::MessageKey, Repeats> taken;
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    std::erase_if(consumers_, [&](const auto& entry) {
      return entry.second.waiting.empty() && now - entry.second.written_at >= kCommittedAfter;
    });
    const auto found = consumers_.find(consumer);
    if (found == consumers_.end()) return {};
    auto& of_consumer = found->second;
    taken.swap(of_consumer.waiting);
    waiting_ -= taken.size();
    // Several may run before the commit of the first: who reads until then must not lose its counts. Counting some
    // twice only makes a poll look again.
    auto& written = of_consumer.written;
    if (now - of_consumer.written_at >= kCommittedAfter || written.size() > kMostWritten) written.clear();
    for (const auto& [key, repeats] : taken) written[key].times += repeats.times;
    of_consumer.written_at = now;
  }
  for (const auto& [key, repeats] : taken) {
    auto done = db.prepared(
                      "UPDATE serves SET times = times + ?5, at = max(at, ?6), seq = max(seq, ?7) WHERE consumer = ?1 "
                      "AND peer = ?2 AND "
                      "message = ?3 AND scope = ?4")
                    .with(std::string_view(consumer), key.peer, key.message, key.scope, repeats.times, repeats.last,
                          repeats.content)
                    .run();
    if (!done) return done;
  }
  return {};
}

Result<void> Serves::flush_all(journal::Connection& db) {
  std::vector<std::string> names;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, of_consumer] : consumers_) names.push_back(name);
  }
  for (const auto& name : names) {
    if (auto done = flush(db, name); !done) return done;
  }
  return {};
}

}  // namespace tg::store::local
