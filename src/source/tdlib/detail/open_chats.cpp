#include "source/tdlib/detail/open_chats.h"

#include <algorithm>

namespace tg::tdlib {
namespace {

constexpr std::chrono::milliseconds kOpenFor{60'000};

}  // namespace

void OpenChats::open(model::ChatId chat, bool member) {
  const std::lock_guard lock(mutex_);
  if (member)
    strangers_.erase(chat);
  else
    strangers_.insert(chat);
  open_locked(chat);
}

void OpenChats::open_locked(model::ChatId chat) {
  std::erase(open_, chat);
  open_.push_back(chat);
  tell_(chat, true);
  if (open_.size() <= most_) return;
  const auto newest = std::prev(open_.end());
  auto closed = std::find_if(open_.begin(), newest, [&](model::ChatId one) { return !strangers_.contains(one); });
  if (closed == newest) closed = open_.begin();
  tell_(*closed, false);
  open_.erase(closed);
}

void OpenChats::rotate(const std::vector<model::ChatId>& wanted, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const std::unordered_set<model::ChatId> all(wanted.begin(), wanted.end());
  std::erase_if(open_, [&](model::ChatId chat) {
    if (all.contains(chat)) return false;
    tell_(chat, false);
    return true;
  });
  const auto is_open = [&](model::ChatId chat) { return std::find(open_.begin(), open_.end(), chat) != open_.end(); };
  if (wanted.size() <= most_) {
    for (const auto chat : wanted) {
      if (!is_open(chat)) open_locked(chat);
    }
    return;
  }
  const auto step = kOpenFor / static_cast<std::int64_t>(most_);
  if (now - turned_at_ > kOpenFor) turned_at_ = now - kOpenFor;  // the first time, or after a long pause
  for (; now - turned_at_ >= step; turned_at_ += step) {
    for (std::size_t passed = 0; passed <= most_; ++passed) {
      const auto chat = wanted[next_++ % wanted.size()];
      if (is_open(chat)) continue;
      open_locked(chat);
      break;
    }
  }
}

}  // namespace tg::tdlib
