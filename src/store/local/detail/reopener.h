#pragma once
// Offers messages again that consumers' floors have passed: a deleted one that came back, and, to consumers with
// redeliver_edits, one that was edited after they marked it.
//
// Commits are followed in memory; how far they are settled is in the journal's meta table, so that a crash between a
// commit and the settling loses nothing: what lies behind that place is read again at the next start.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "journal/journal.h"
#include "pipeline/intake.h"

namespace tg::store::local {

class Reopener : public std::enable_shared_from_this<Reopener> {
 public:
  // Reads whether any consumer wants edits.
  Result<void> start(journal::Journal& journal);
  void wants_edits(bool any) { wants_edits_ = any; }

  // The writer's thread, after a commit.
  void note(const std::vector<model::Event>& events, pipeline::Intake& intake);
  // True: settle() has work that a poll must not miss.
  bool pending() const { return pending_; }
  void not_settled() { pending_ = true; }  // the transaction failed
  // Grows when something was offered again: a floor worked out from what was read before must not be raised then.
  std::uint64_t epoch() const { return epoch_; }
  void offered_again() { ++epoch_; }
  // The writer's thread, within a transaction. Done again when that fails.
  Result<void> settle(journal::Connection& db);

 private:
  struct Change {
    model::MessageKey key;
    bool edited = false;
    model::Time recorded_at;
  };
  Result<void> reopen(journal::Connection& db, const Change& change);

  std::atomic<bool> pending_{false};
  std::atomic<bool> wants_edits_{false};
  std::atomic<std::int64_t> unsaved_events_{0};
  std::atomic<std::uint64_t> epoch_{0};
};

}  // namespace tg::store::local
