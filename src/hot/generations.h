#pragma once
// Says whether something remembered is still true: a number for each chat, and one for all, that grows with every
// commit, acknowledgement and change that touches them. Reads take no lock.
//
//   read the number ──▶ read the store ──▶ remember the answer with the number
//   later: the number is the same ──▶ the answer still is
//
// Chats share a fixed table, so that memory is bounded: two in one slot only make an answer look older than it is.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "journal/journal.h"
#include "model/ids.h"

namespace tg::hot {

class Generations {
 public:
  // Follows the journal's commits. The journal must outlive it.
  explicit Generations(journal::Journal& journal);
  ~Generations();
  Generations(const Generations&) = delete;
  Generations& operator=(const Generations&) = delete;

  std::uint64_t of(model::ChatId chat) const;
  std::uint64_t all() const { return all_.load(std::memory_order_acquire); }

  void bump(model::ChatId chat);  // something of the chat changed; call it after the change is committed
  void bump_all();                // something of every chat may have changed

 private:
  static constexpr std::size_t kSlots = 4096;

  static std::size_t slot(model::ChatId chat);

  std::array<std::atomic<std::uint64_t>, kSlots> chats_{};
  std::atomic<std::uint64_t> every_chat_{0};
  std::atomic<std::uint64_t> all_{0};
  std::shared_ptr<journal::Journal::Subscription>
      subscription_;  // last: nothing may be called before the rest is there
};

}  // namespace tg::hot
