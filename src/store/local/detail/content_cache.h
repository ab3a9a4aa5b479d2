#pragma once
// Messages that were parsed lately, by the event that holds them. Events never change, so nothing here grows stale;
// what is used least goes first when the bound is reached. Any thread.

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "model/event.h"
#include "model/message.h"

namespace tg::store::local {

struct Content {
  model::Message message;
  model::Kind kind = model::Kind::created;
  std::int64_t account = 0;
  model::Time observed_at;
  model::Time recorded_at;
};

// Roughly what a message takes in memory.
std::size_t bytes_of(const model::Message& message);

class ContentCache {
 public:
  explicit ContentCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::shared_ptr<const Content> find(model::Seq seq);
  void add(model::Seq seq, std::shared_ptr<const Content> content);
  std::size_t bytes() const;

 private:
  struct Entry {
    model::Seq seq;
    std::shared_ptr<const Content> content;
    std::size_t bytes;
  };

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::list<Entry> newest_used_first_;
  std::unordered_map<std::int64_t, std::list<Entry>::iterator> by_seq_;
  std::size_t bytes_ = 0;
};

}  // namespace tg::store::local
