#include "store/postgres/detail/quiet.h"

#include <algorithm>

namespace tg::store::postgres {
namespace {

// An edit comes again to those who ask for edits; a message that came back to everyone.
bool may_offer(const model::Event& event) {
  return event.offered || event.kind == model::Kind::restored || event.kind == model::Kind::edited ||
         event.kind == model::Kind::reprocess;
}

}  // namespace

void Quiet::note(const std::vector<model::Event>& events) {
  const std::lock_guard lock(mutex_);
  for (const auto& event : events) {
    if (may_offer(event)) news_[event.key.peer] = std::max(news_[event.key.peer], event.seq);
  }
  if (news_.size() <= kMostChannels) return;
  for (const auto& [channel, seq] : news_) unheard_ = std::max(unheard_, seq);
  news_.clear();
}

bool Quiet::nothing_new(const std::string& consumer, const std::vector<model::ChatId>& channels) const {
  const std::lock_guard lock(mutex_);
  const auto known = empty_.find(consumer);
  if (known == empty_.end()) return false;
  const auto oldest = Clock::now() - kBelieved;
  return std::all_of(channels.begin(), channels.end(), [&](model::ChatId channel) {
    const auto empty = known->second.find(channel);
    if (empty == known->second.end() || empty->second.seen_at < oldest) return false;
    const auto news = news_.find(channel);
    return empty->second.stored >= (news == news_.end() ? unheard_ : news->second);
  });
}

void Quiet::found_nothing(const std::string& consumer, const std::vector<model::ChatId>& channels, model::Seq stored) {
  const std::lock_guard lock(mutex_);
  if (empty_.size() >= kMostConsumers && !empty_.contains(consumer)) empty_.clear();
  auto& empty = empty_[consumer];
  if (empty.size() + channels.size() > kMostChannels) empty.clear();
  for (const auto channel : channels) empty[channel] = {stored, Clock::now()};
}

void Quiet::forget(const std::string& consumer) {
  const std::lock_guard lock(mutex_);
  empty_.erase(consumer);
}

}  // namespace tg::store::postgres
