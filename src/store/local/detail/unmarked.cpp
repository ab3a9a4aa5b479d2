#include "store/local/detail/unmarked.h"

#include "store/local/detail/query.h"

namespace tg::store::local {

Result<std::size_t> Unmarked::room(journal::Connection& db, const std::string& consumer) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = consumers_.find(consumer);
    if (known != consumers_.end() && known->second.served_since < known->second.room_counted / 2)
      return known->second.room_counted - known->second.served_since;
  }
  std::int64_t held = 0;
  auto done = each(db.prepared("SELECT count(*) FROM (SELECT 1 FROM serves WHERE consumer = ?1 LIMIT ?2)")
                       .with(std::string_view(consumer), static_cast<std::int64_t>(most_)),
                   [&](journal::Statement& row) { held = row.integer(0); });
  if (!done) return done.error();
  const std::size_t room = most_ - static_cast<std::size_t>(held);
  const std::lock_guard lock(mutex_);
  consumers_[consumer] = {room, 0};
  return room;
}

void Unmarked::served(const std::string& consumer, std::size_t count) {
  const std::lock_guard lock(mutex_);
  const auto known = consumers_.find(consumer);
  if (known != consumers_.end()) known->second.served_since += count;
}

void Unmarked::forget(const std::string& consumer) {
  const std::lock_guard lock(mutex_);
  consumers_.erase(consumer);
}

}  // namespace tg::store::local
