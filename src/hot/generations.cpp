#include "hot/generations.h"

namespace tg::hot {

Generations::Generations(journal::Journal& journal) {
  subscription_ = journal.on_commit([this](const std::vector<model::Event>& events) {
    for (const auto& event : events) bump(event.key.peer);
  });
}

Generations::~Generations() = default;

std::size_t Generations::slot(model::ChatId chat) {
  // Fibonacci hashing: channel ids differ in their low digits, and not evenly.
  return static_cast<std::size_t>((static_cast<std::uint64_t>(chat.value) * 0x9e3779b97f4a7c15ULL) >> 52);
}

std::uint64_t Generations::of(model::ChatId chat) const {
  return chats_[slot(chat)].load(std::memory_order_acquire) + every_chat_.load(std::memory_order_acquire);
}

void Generations::bump(model::ChatId chat) {
  chats_[slot(chat)].fetch_add(1, std::memory_order_acq_rel);
  all_.fetch_add(1, std::memory_order_acq_rel);
}

void Generations::bump_all() {
  every_chat_.fetch_add(1, std::memory_order_acq_rel);
  all_.fetch_add(1, std::memory_order_acq_rel);
}

}  // namespace tg::hot
