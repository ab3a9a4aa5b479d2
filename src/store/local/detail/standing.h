#pragma once
// What a message's status depends on beside the message: how far the broker's reader is, and what is in quarantine.
// Both change without an event, so they are read again when older than a second. Any thread.

#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "journal/sqlite.h"
#include "store/local/detail/head.h"
#include "store/store.h"

namespace tg::store::local {

struct Standing {
  model::Seq brokered;  // the broker has everything up to here
  // Most tries among the readers that hold the message back, by (peer, message).
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> quarantined;
};

// What consumers have done with it is not looked at.
Status pending_status(const Head& head, const Standing& standing);
// As anyone sees it; `acknowledged` by any consumer.
Status status_of(const Head& head, bool acknowledged, const Standing& standing);

class StandingCache {
 public:
  // Reads with the connection when what is remembered is too old.
  Result<std::shared_ptr<const Standing>> get(journal::Connection& db);
  // Nothing when what is remembered is too old.
  std::shared_ptr<const Standing> remembered() const;

 private:
  using Clock = std::chrono::steady_clock;

  mutable std::mutex mutex_;
  std::shared_ptr<const Standing> standing_;
  Clock::time_point read_at_;
};

}  // namespace tg::store::local
