#pragma once
// The one writer. Sources push observations, the API pushes writes; one thread folds them into events and commits
// them in groups:
//
//   push() ──▶ [bounded queue] ──▶ fold ──▶ one transaction, one fsync ──▶ on_commit(events) ──▶ readers wake
//   write() ─▶
//
// Any thread may push; a full queue makes it wait (that is the back-pressure). When a commit fails (disk full) nothing
// of it is kept back half: it is tried again every second, and push() says why it cannot take more, until it succeeds;
// with Options::give_up_on_failure the intake stops for good instead.

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "journal/journal.h"
#include "model/result.h"
#include "observe/health.h"
#include "observe/lag.h"
#include "observe/metrics.h"
#include "pipeline/batch.h"
#include "pipeline/observation.h"
#include "rules/live.h"

namespace tg::pipeline {

// Bytes, of the journal's limits: what is large and comes in beside capture leaves so much to it.
inline constexpr std::int64_t kLeftToCapture = 256LL << 20;

class Intake {
 public:
  struct Options {
    std::size_t max_waiting = 20'000;           // observations
    std::size_t max_waiting_bytes = 64 << 20;   // of their content
    std::size_t max_batch = 2'000;              // observations a commit
    std::chrono::seconds counters_every{30};    // counters are coalesced this long, at most max_batch messages'
    std::chrono::seconds deliver_max_age{600};  // catch-up younger than this is news
    bool give_up_on_failure = false;
    rules::Live* rules = nullptr;       // what drops, redacts and tags; must outlive the intake
    observe::Lag* lag = nullptr;        // is told how late messages are; must outlive the intake
    observe::Health* health = nullptr;  // hears the writer's thread beat; must outlive the intake
  };

  Intake(journal::Journal& journal, observe::Metrics& metrics, Options options);
  ~Intake();  // commits what was pushed, then stops
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Waits while the queue is full, at most `patience`. The message is normalised here, in the caller's thread, and
  // rules drop, redact and tag it: what is dropped is no error.
  Result<void> push(Observation observation, std::chrono::milliseconds patience = std::chrono::minutes(10));

  // All that this thread pushed before is on disk when it returns, or the error says why not.
  Result<void> flush();

  // Runs in the writer's thread inside the next commit's transaction; on disk when it returns. On an error only this
  // write is undone.
  Result<void> write(std::function<Result<void>(journal::Connection&)> change);

  // The same without waiting; dropped with a warning if the queue is full.
  void write_later(std::function<Result<void>(journal::Connection&)> change);

  Totals totals() const;
  Totals imported() const;               // of these, by imports: what is captured meanwhile is not among them
  std::optional<Error> failure() const;  // why nothing can be committed now

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::pipeline
