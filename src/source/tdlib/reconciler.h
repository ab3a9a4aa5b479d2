#pragma once
// Proves, page by page, what the server has (detail/server_pages.h says why only such pages prove anything).
//
//   want(chat) ──▶ [queue, each chat once] ──▶ from the newest page down to what was proven and further, then each hole
//   want_history(chat) ──▶ [histories] ──▶ a page at a time, while nothing waits in the queue; one that is held
//                                        is passed over
//
// How far a history has come is coverage itself: after a restart it goes on where it was. A thread of its own, which
// waits for TDLib's answers.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "pipeline/observation.h"
#include "source/control.h"
#include "source/tdlib/capture.h"
#include "source/tdlib/hub.h"

namespace tg::tdlib {

class Reconciler {
 public:
  struct Options {
    std::chrono::milliseconds between{100};  // least time from one request to the next
    std::int64_t rewalk = 300;               // ids below the newest that are walked again, for edits and deletions
    std::chrono::seconds every{3'600};       // each chat is walked again after so long
  };
  struct Ports {
    Client& client;
    journal::Journal& journal;
    std::function<Result<void>(pipeline::Observation)> push;  // waits; an error: nothing is taken now
    std::function<Result<void>()> flush;
    // In its thread, and waits; false: the session ends, and nothing was run.
    std::function<bool(std::function<void(const Capture&)>)> with_capture;
    std::function<bool(model::ChatId)> wanted;             // still to be captured? Asked within with_capture
    std::function<void(model::ChatId, bool member)> open;  // before it is walked: TDLib asks for what it missed
    std::function<void(model::ChatId)> not_known;          // TDLib has never heard of this chat
    std::function<model::Time(model::ChatId)> held_since;  // a person paused its history; 0 = nobody did
    std::function<void(model::ChatId)> history_ended;      // it is proven down to its beginning
    std::function<void()> on_change;
  };
  struct History {
    model::ChatId chat;
    std::int64_t ids = 0, done = 0;              // since this process went on with it
    std::optional<std::int64_t> seconds_left{};  // at the pace so far
    model::Time began, held_since;
  };
  struct Progress {
    std::vector<model::ChatId> waiting;                      // in order
    model::ChatId walking;                                   // 0 = none
    std::int64_t pages = 0, messages = 0;                    // of the walk that is under way
    std::vector<History> histories;                          // in order
    model::Time flood_until;                                 // 0 = none
    std::unordered_map<model::ChatId, std::string> refused;  // chats that cannot be walked, with Telegram's word
    std::int64_t requests = 0;                               // since the start
  };

  Reconciler(Options options, Ports ports);
  ~Reconciler();  // stops; what was under way is asked for again at the next start
  Reconciler(const Reconciler&) = delete;
  Reconciler& operator=(const Reconciler&) = delete;

  // Any thread. `first`: before the others that wait. Asked twice while it waits: walked once. The number is for
  // how_far().
  std::uint64_t want(model::ChatId chat, bool first = false);
  // The history as well, of what was posted from `from` on; 0 = from message 1 on.
  void want_history(model::ChatId chat, model::Time from);
  void holds_changed();             // Ports::held_since says something else than before
  void forget(model::ChatId chat);  // it is not to be captured any more

  Progress progress() const;
  // Of the walks that want() gave these numbers for. Without the account's name.
  source::AccountWalks how_far(const std::unordered_map<model::ChatId, std::uint64_t>& wishes) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::tdlib
