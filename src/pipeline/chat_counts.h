#pragma once
// The counts a chat carries (chats, hourly), gathered over a batch and written once, in its transaction.

#include <map>

#include "journal/sqlite.h"
#include "pipeline/state.h"

namespace tg::pipeline {

class ChatCounts {
 public:
  // What changed between two states of one message.
  void change(const model::MessageKey& key, const State& before, const State& after);
  // Also makes the chat's row where it is missing. Clears what was gathered.
  Result<void> write(journal::Connection& db, model::Time now);

 private:
  using Chat = std::pair<model::ChatId, model::Scope>;
  struct Change {
    std::int64_t total = 0, deleted = 0, media = 0, bare = 0;
    model::Time last_date;
    // message id, change of total, change of deleted: joined with chats.start when written
    std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> by_id;
  };
  std::map<Chat, Change> chats_;
  std::map<std::pair<model::ChatId, std::int64_t>, std::pair<std::int64_t, std::int64_t>> hours_;
};

// After `start` moved: counts anew what lies before it.
Result<void> recount_before_start(journal::Connection& db, model::ChatId peer, model::Scope scope);

}  // namespace tg::pipeline
