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
  const auto known = empty_at_.find(consumer);
  if (known == empty_at_.end()) return false;
  return std::all_of(channels.begin(), channels.end(), [&](model::ChatId channel) {
    const auto empty = known->second.find(channel);
    if (empty == known->second.end()) return false;
    const auto news = news_.find(channel);
    return empty->second >= (news == news_.end() ? unheard_ : news->second);
  });
}

void Quiet::found_nothing(const std::string& consumer, const std::vector<model::ChatId>& channels, model::Seq stored) {
  const std::lock_guard lock(mutex_);
  if (empty_at_.size() >= kMostConsumers && !empty_at_.contains(consumer)) empty_at_.clear();
  auto& empty = empty_at_[consumer];
  if (empty.size() + channels.size() > kMostChannels) empty.clear();
  for (const auto channel : channels) empty[channel] = std::max(empty[channel], stored);
}

void Quiet::forget(const std::string& consumer) {
  const std::lock_guard lock(mutex_);
  empty_at_.erase(consumer);
}

}  // namespace tg::store::postgres
