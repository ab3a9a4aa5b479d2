#include "source/tdlib/history_holds.h"

#include "journal/coverage.h"
#include "journal/held_histories.h"

namespace tg::tdlib {

Result<void> HistoryHolds::load() {
  const auto held = stored();
  if (!held) return held.error();
  {
    const std::lock_guard lock(mutex_);
    held_ = *held;
  }
  for (const auto& one : *held) {
    if (const auto done = ended(one.first); !done) return done.error();
  }
  return {};
}

Result<std::map<model::ChatId, model::Time>> HistoryHolds::stored() const {
  auto db = journal_.read();
  if (!db) return db.error();
  return journal::held_histories(**db);
}

Result<bool> HistoryHolds::hold(model::ChatId chat) {
  const std::lock_guard one(changing_);
  if (since(chat)) return true;
  const auto begun = is_begun(chat);
  return begun && *begun ? set(chat, model::Time::now()) : begun;
}

Result<bool> HistoryHolds::let_go(model::ChatId chat) {
  const std::lock_guard one(changing_);
  return since(chat) ? set(chat, {}) : is_begun(chat);
}

Result<bool> HistoryHolds::ended(model::ChatId chat) {
  const std::lock_guard one(changing_);
  if (!since(chat)) return false;
  const auto begun = is_begun(chat);
  if (!begun) return begun;
  return *begun ? Result<bool>(false) : set(chat, {});
}

Result<bool> HistoryHolds::set(model::ChatId chat, model::Time since) {
  auto done = intake_.write([chat, since](journal::Connection& db) { return journal::hold_history(db, chat, since); });
  if (!done) return done.error();
  const std::lock_guard lock(mutex_);
  if (since)
    held_[chat] = since;
  else
    held_.erase(chat);
  return true;
}

model::Time HistoryHolds::since(model::ChatId chat) const {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(chat);
  return found == held_.end() ? model::Time{} : found->second;
}

Result<bool> HistoryHolds::is_begun(model::ChatId chat) const {
  auto db = journal_.read();
  if (!db) return db.error();
  const auto all = journal::coverages(**db, chat, model::Time::now());
  if (!all) return all.error();
  return std::any_of(all->begin(), all->end(), [](const journal::ChatCoverage& known) {
    const auto& proven = known.proven.ranges();
    return known.start && !proven.empty() && proven.front().first > known.start.value;
  });
}

}  // namespace tg::tdlib
