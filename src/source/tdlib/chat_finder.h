#pragma once
// Looks chats up for one account before they are captured. Reads only, but for join().
//
//   @name ── searchPublicChat ──┐
//   id ───── getChat ───────────┼─▶ getSupergroup ─▶ members (getSupergroupFullInfo) ─▶ newest id (searchChatMessages)
//   invite ─ checkChatInviteLink┘     known already       at the server                       at the server
//
// One request at the server at a time, `between` apart. When Telegram asks to wait nothing more is asked before that
// moment: what is not known by then says so. Any thread; calls wait for one another.

#include <chrono>
#include <functional>
#include <memory>

#include "source/chat_directory.h"
#include "source/chat_name.h"
#include "source/tdlib/capture.h"
#include "source/tdlib/hub.h"

namespace tg::tdlib {

class ChatFinder {
 public:
  struct Ports {
    Client& client;
    // In the session's thread, and waits; false: the session ends, and nothing was run.
    std::function<bool(std::function<void(const Capture&)>)> with_capture;
  };

  ChatFinder(std::chrono::milliseconds between, Ports ports);
  ~ChatFinder();
  ChatFinder(const ChatFinder&) = delete;
  ChatFinder& operator=(const ChatFinder&) = delete;

  void stop();  // whoever waits for an answer goes without it

  std::vector<source::ChatAnswer> find(const std::vector<std::string>& names);
  source::ChatAnswer join(const std::string& name);
  Result<std::vector<source::ChatFolder>> folders();
  Result<std::vector<model::ChatId>> chats_of(const std::string& folder);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::tdlib
