#pragma once
// One account at work: its updates become observations in a thread of its own, its reconciler walks beside it.
//
//   hub's thread ──updates──▶ [inbox] ──▶ session's thread: Capture ──▶ intake
//                                    ◀── answers, pages of the Reconciler
//
// While the intake takes nothing (disk full) 200,000 updates may wait; what comes then is dropped, and every chat is
// walked once there is room.

#include <memory>
#include <mutex>
#include <unordered_map>

#include "pipeline/intake.h"
#include "source/source.h"
#include "source/tdlib/account.h"
#include "source/tdlib/chat_finder.h"
#include "source/tdlib/forwarder.h"
#include "source/tdlib/reconciler.h"

namespace tg::tdlib {

class Session {
 public:
  struct Parts {
    Hub& hub;
    pipeline::Intake& intake;
    journal::Journal& journal;
    std::function<std::vector<model::ChatId>()> chats;     // what is captured; asked anew every few seconds
    std::function<std::string(model::ChatId)> username;    // of a captured chat, as it was told last; "" = none
    bool capture_all = false;                              // every channel and group of the account, besides
    std::function<model::Time(model::ChatId)> held_since;  // a person paused its history; 0 = nobody did
    std::function<void(model::ChatId)> history_ended;      // it is proven down to its beginning
    std::function<void()> on_change;
  };

  // Opens the account. Captures once it is signed in.
  static Result<std::unique_ptr<Session>> open(Parts parts, Account::Setup setup, Reconciler::Options options);
  ~Session();  // closes the account
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Account& account();
  ChatFinder& finder();
  Result<model::MessageId> forward(const rules::Forwarding& order);
  void stop_asking();  // ends what waits in either, also of later calls
  // Closes the account and waits until what it had told is taken; at most `patience`. Then only the destructor may
  // follow.
  void finish(std::chrono::seconds patience);
  bool keeps_up() const;  // nothing that was told waits
  void give_up();         // what waits for the intake or for an answer ends; then only the destructor may follow
  source::SourceState state() const;
  Reconciler::Progress progress() const;  // empty before it is signed in

  // Walks that were asked for; the session's thread fills it in.
  struct Asked {
    explicit Asked(std::vector<model::ChatId> c) : chats(std::move(c)) {}

    const std::vector<model::ChatId> chats;  // empty: all
    std::mutex mutex;
    bool known = false;
    std::unordered_map<model::ChatId, std::uint64_t> wishes;
  };
  std::shared_ptr<Asked> sync(
      const std::vector<model::ChatId>& chats);    // empty: all; at once, or when it has its chats
  source::AccountWalks walks(Asked& asked) const;  // without the account's name
  void fetch_history(model::ChatId chat, model::Time from);
  void holds_changed();  // Parts::held_since says something else than before
  void chats_changed();  // look at Parts::chats again, now

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::tdlib
