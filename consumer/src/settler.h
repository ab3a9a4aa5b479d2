#pragma once
// Writes down what was done: in Redis, at the gateway, and then to the queue, many at once.
//
// The queue is told also where the gateway cannot be reached, so that it goes on; such marks are kept and written when
// it is there again. A message is done once this was tried; only a program that dies before may handle it again. One
// thread of its own; add() and mark_again() are for any.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "backoff.h"
#include "cache.h"
#include "desk.h"
#include "gateway.h"
#include "queue.h"

namespace telegram_gateway {

class Settler {
 public:
  // `done_keys` and `queue` may be missing.
  Settler(Context& context, Desk& desk, DoneKeys* done_keys, Queue* queue, const std::atomic<bool>& abort);

  void add(Work work, Desk::End end);
  // The gateway still offers what is done.
  void mark_again(const std::string& id);

  void run();  // until stop(), and then until all is written or the gateway cannot be reached
  void stop();
  bool wait_empty(SteadyTime until) const;  // everything that was added is settled

 private:
  struct Settled {
    Work work;
    Desk::End end;
  };
  void settle(std::vector<Settled>& batch);
  void write_done_keys(const std::vector<Settled>& batch);
  void write_marks();

  Context& context_;
  Desk& desk_;
  DoneKeys* done_keys_;
  Queue* queue_;
  Gateway gateway_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Settled> added_;
  bool settling_ = false, stopping_ = false;
  std::unordered_set<std::string> unmarked_;  // ids
  bool told_full_ = false;

  // The thread's own.
  Backoff backoff_{std::chrono::milliseconds(200), std::chrono::milliseconds(5'000)};
  SteadyTime next_mark_;
};

}  // namespace telegram_gateway
