#pragma once
// Proves, page by page, what the server has: only pages of searchChatMessages come from the server itself (TDLib's
// history may lack messages after a crash, and keeps old texts), so only they are proofs.
//
//   want(chat) ──▶ [queue, each chat once] ──▶ newest page, down to what is proven and `rewalk` further, then every
//   hole
//
// One request at a time an account. A flood wait is honoured to the second and shown; the same page is asked for again.
// A thread of its own, which waits for TDLib's answers.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "pipeline/observation.h"
#include "source/tdlib/capture.h"
#include "source/tdlib/hub.h"

namespace tg::tdlib {

class Reconciler {
 public:
  struct Options {
    std::chrono::milliseconds between{100};  // least time from one request to the next
    std::int64_t rewalk = 300;               // ids below the newest that are walked again, for edits and deletions
    std::chrono::seconds every{3'600};       // each chat is walked again after so long
    std::size_t open_chats = 50;             // kept open, so that TDLib asks the server about them by itself
  };
  struct Ports {
    Client& client;
    journal::Journal& journal;
    std::function<Result<void>(pipeline::Observation)> push;  // waits; an error: nothing is taken now
    std::function<Result<void>()> flush;
    // In its thread, and waits; false: the session ends, and nothing was run.
    std::function<bool(std::function<void(const Capture&)>)> with_capture;
    std::function<void()> on_change;
  };
  struct Progress {
    std::vector<model::ChatId> waiting;                      // in order
    model::ChatId walking;                                   // 0 = none
    std::int64_t pages = 0, messages = 0;                    // of the walk that is under way
    model::Time flood_until;                                 // 0 = none
    std::unordered_map<model::ChatId, std::string> refused;  // chats that cannot be walked, with Telegram's word
    std::int64_t requests = 0;                               // since the start
  };

  Reconciler(Options options, Ports ports);
  ~Reconciler();  // stops; what was under way is asked for again at the next start
  Reconciler(const Reconciler&) = delete;
  Reconciler& operator=(const Reconciler&) = delete;

  // Any thread. `first`: before the others that wait. Asked twice while it waits: walked once.
  void want(model::ChatId chat, bool first = false);
  // The whole history as well, from message 1 on.
  void want_history(model::ChatId chat);

  Progress progress() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::tdlib
