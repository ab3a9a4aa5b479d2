#pragma once
// Chats that have said nothing for longer than they usually do. What is usual is the longest pause between the newest
// 200 hours in which something was posted, as far back as what is stored is proven without a gap: an import with a
// year between it and what was captured since says nothing of pauses. Of a chat with fewer than 20 such hours nothing
// is usual.

#include <chrono>
#include <unordered_map>
#include <vector>

#include "journal/sqlite.h"
#include "model/ids.h"
#include "model/result.h"

namespace tg::journal {

struct Silence {
  model::ChatId peer;
  model::Time since;         // date of its last message
  std::chrono::hours usual;  // its longest pause, at least 3
  model::Time proven_at;     // when the server showed last that nothing newer is there

  // The server was asked after the silence had become longer than usual.
  bool proven() const { return proven_at.us > since.us + std::chrono::microseconds(usual).count(); }
};

// From call to call: pauses are read again only when something was posted or fetched.
struct Pauses {
  struct Known {
    model::Time last;
    model::MessageId proven_from;
    std::chrono::hours longest{0};  // 0 = nothing is usual
  };
  std::unordered_map<model::ChatId, Known> known;
};

// Of the chats that are captured (`all`: also those that are not in the registry) and that an account may see; by peer.
Result<std::vector<Silence>> silent_chats(Connection& db, model::Time now, bool all, Pauses& pauses);

}  // namespace tg::journal
