#include "sink/rabbitmq/detail/window.h"

#include <algorithm>

namespace tg::sink::rabbitmq {

void Window::sent(std::size_t index, std::size_t bytes) { open_.push_back({index, bytes, false}); }

bool Window::confirm(std::uint64_t tag, bool multiple) {
  if (tag == 0 && multiple) tag = first_ + open_.size() - 1;  // AMQP 0-9-1: all that are outstanding
  if (tag >= first_ + open_.size()) return false;
  if (tag < first_) return true;
  const auto at = static_cast<std::ptrdiff_t>(tag - first_);
  const auto begin = multiple ? open_.begin() : open_.begin() + at;
  std::for_each(begin, open_.begin() + at + 1, [](Sent& one) { one.confirmed = true; });
  while (!open_.empty() && open_.front().confirmed) {
    open_.pop_front();
    ++first_;
  }
  return true;
}

std::optional<std::size_t> Window::lowest() const {
  if (open_.empty()) return std::nullopt;
  return open_.front().index;
}

std::size_t Window::largest() const {
  std::size_t largest = 0;
  for (const auto& one : open_) {
    if (!one.confirmed) largest = std::max(largest, one.bytes);
  }
  return largest;
}

}  // namespace tg::sink::rabbitmq
