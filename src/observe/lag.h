#pragma once
// How late messages come, per chat: from the date that Telegram gives a message, which has whole seconds (so 1 s is no
// delay), until it is on disk. Told of those alone whose chat was listened to when they were posted: what was posted
// while the connection was away is no lag. The worst of the last 15 minutes. Any thread. Lost at restart, as a gauge
// is.

#include <array>
#include <map>
#include <mutex>
#include <unordered_map>

#include "model/ids.h"

namespace tg::observe {

struct Late {
  std::int64_t seconds = 0;
  model::Time at;  // when that message was on disk
};

class Lag {
 public:
  static constexpr std::size_t kMinutes = 15;

  void note(model::ChatId chat, model::Time posted, model::Time stored);
  // Chats without such a message in the last 15 minutes are left out.
  std::map<model::ChatId, Late> worst(model::Time now) const;

 private:
  using Ring = std::array<Late, kMinutes>;  // a minute each, by when it was on disk

  mutable std::mutex mutex_;
  std::unordered_map<model::ChatId, Ring> chats_;
};

}  // namespace tg::observe
