#include "source/tdlib/history_holds.h"

#include "journal/coverage.h"
#include "journal/held_histories.h"

namespace tg::tdlib {

Result<void> HistoryHolds::load() {
  auto db = journal_.read();
  if (!db) return db.error();
  auto held = journal::held_histories(**db);
  if (!held) return held.error();
  const std::lock_guard lock(mutex_);
  held_ = std::move(*held);
  return {};
}

Result<void> HistoryHolds::hold(model::ChatId chat) {
  const std::lock_guard one(changing_);
  return since(chat) ? Result<void>{} : set(chat, model::Time::now());
}

Result<void> HistoryHolds::let_go(model::ChatId chat) {
  const std::lock_guard one(changing_);
  return since(chat) ? set(chat, {}) : Result<void>{};
}

Result<void> HistoryHolds::set(model::ChatId chat, model::Time since) {
  auto done = intake_.write([chat, since](journal::Connection& db) { return journal::hold_history(db, chat, since); });
  if (!done) return done;
  const std::lock_guard lock(mutex_);
  if (since)
    held_[chat] = since;
  else
    held_.erase(chat);
  return {};
}

model::Time HistoryHolds::since(model::ChatId chat) const {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(chat);
  return found == held_.end() ? model::Time{} : found->second;
}

Result<bool> HistoryHolds::is_begun(model::ChatId chat) const {
  if (since(chat)) return true;
  auto db = journal_.read();
  if (!db) return db.error();
  const auto known = journal::coverage(**db, chat, model::Time::now());
  if (!known) return known.error();
  const auto& proven = known->proven.ranges();
  return known->start && !proven.empty() && proven.front().first > known->start.value;
}

}  // namespace tg::tdlib
