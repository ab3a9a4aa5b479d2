#pragma once
// Bare ids that consumers marked lately. A consumer that repeats a request with bare ids (its answer was lost) must not
// hit another channel's message that happens to have the same id: a message served before the mark, other than the one
// marked, is not what the repeat means. The writer's thread only; bounded: of the oldest nothing is known.

#include <string>
#include <unordered_map>

#include "model/ids.h"

namespace tg::store::local {

class RepeatGuard {
 public:
  void marked(const std::string& consumer, const model::MessageKey& key, model::Time at) {
    if (newer_.size() >= kHalf) {
      older_ = std::move(newer_);
      newer_.clear();
    }
    newer_[id(consumer, key.message)] = {key, at};
  }

  bool may_mean(const std::string& consumer, const model::MessageKey& key, model::Time served_at) const {
    for (const auto* half : {&newer_, &older_}) {
      const auto found = half->find(id(consumer, key.message));
      if (found != half->end()) return found->second.key == key || served_at > found->second.at;
    }
    return true;
  }

  // Whether this consumer marked another chat's message by this id.
  bool meant_another(const std::string& consumer, const model::MessageKey& key) const {
    for (const auto* half : {&newer_, &older_}) {
      const auto found = half->find(id(consumer, key.message));
      if (found != half->end()) return found->second.key != key;
    }
    return false;
  }

 private:
  static constexpr std::size_t kHalf = 50'000;
  struct Mark {
    model::MessageKey key;
    model::Time at;
  };
  static std::string id(const std::string& consumer, model::MessageId message) {
    return std::to_string(message.value) + ' ' + consumer;
  }

  std::unordered_map<std::string, Mark> newer_, older_;
};

}  // namespace tg::store::local
