#pragma once
// What a mark means that names a message by nothing but its Telegram id, which is the same in many channels.

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/ids.h"

namespace tg::store {

struct Served {
  model::MessageKey key;
  model::Time at;  // when it was served last
};

// Bare ids that consumers marked lately. A consumer that repeats a request with bare ids (its answer was lost) must not
// hit another channel's message that happens to have the same id: a message served before the mark, other than the one
// marked, is not what the repeat means. The writer's thread only; bounded: of the oldest nothing is known.
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

  // What others are served says nothing of when this consumer marked: a repeat must not reach it.
  bool allows(const std::string& consumer, bool served_to_others, const Served& served) const {
    if (served_to_others && meant_another(consumer, served.key)) return false;
    return may_mean(consumer, served.key, served.at);
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

// Which of the served ones are meant. Many of a request usually come from one poll: the chat that was served most of
// them is taken first, and among equals the one served last.
std::vector<Served> meant(std::set<model::MessageId> ids, const std::vector<Served>& served);

}  // namespace tg::store
