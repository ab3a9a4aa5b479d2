#include "store/unmarked.h"

#include <algorithm>

namespace tg::store {

Result<std::size_t> Unmarked::room(const std::string& consumer, const Count& count) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = consumers_.find(consumer);
    if (known != consumers_.end() && known->second.served_since < known->second.room_counted / 2)
      return known->second.room_counted - known->second.served_since;
  }
  const auto held = count(most_);
  if (!held) return held.error();
  const std::size_t room = most_ - std::min(most_, static_cast<std::size_t>(*held));
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

}  // namespace tg::store
