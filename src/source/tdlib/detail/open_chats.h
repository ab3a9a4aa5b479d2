#pragma once
// Which chats TDLib is told to be open: of those alone it asks the server by itself, about once a minute, so a push
// that was lost is found. All where they are few; else so many at a time, each for a minute, in turn. Any thread.

#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "model/ids.h"

namespace tg::tdlib {

class OpenChats {
 public:
  using Clock = std::chrono::steady_clock;
  // `tell`: a chat is to be opened, or closed.
  OpenChats(std::size_t most, std::function<void(model::ChatId, bool open)> tell)
      : most_(std::max<std::size_t>(most, 1)), tell_(std::move(tell)) {}

  // Opens it now, even if it is open: TDLib asks for its difference then. What the account is no member of comes only
  // while it is open, so it is closed last.
  void open(model::ChatId chat, bool member = true);
  // Those whose turn has come; `wanted` in any order that stays. What is not wanted any more is closed.
  void rotate(const std::vector<model::ChatId>& wanted, Clock::time_point now);

 private:
  void open_locked(model::ChatId chat);

  const std::size_t most_;
  const std::function<void(model::ChatId, bool)> tell_;
  std::mutex mutex_;
  std::deque<model::ChatId> open_;  // longest first
  std::unordered_set<model::ChatId> strangers_;
  std::size_t next_ = 0;  // of `wanted`
  Clock::time_point turned_at_;
};

}  // namespace tg::tdlib
