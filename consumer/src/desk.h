#pragma once
// What is in hand: each thing once, whichever way and however often it comes.
//
//   offer ──▶ ready ──▶ next(): with a handler ──▶ finish: done and remembered
//               ▲                     ├──▶ again: waits, keeps its place
//               └── due ──────────────┘
//                                     └──▶ give_back: the broker brings it again; polls leave it alone until then
//
// Any thread.

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <unordered_map>

#include "context.h"
#include "seen.h"
#include "work.h"

namespace telegram_gateway {

class Desk {
 public:
  // `hungry` is called, from any thread, when the last one that was ready is taken.
  Desk(Context& context, std::function<void()> hungry);

  enum class Taken {
    accepted,
    in_hand,  // it is here already; the ticket is kept with it
    twin,     // the same, but that has a ticket of this connection: this one is to be answered
    done,     // it was done before
    refused,  // it was refused before
  };
  Taken offer(Work work, std::optional<Ticket> ticket = {});
  std::optional<Work> next();  // waits; nothing after close()

  enum class End { done, refused, duplicate };
  // Its ticket, if a queue brought it.
  std::optional<Ticket> finish(const std::string& identity, End end);
  void again(Work work, std::chrono::milliseconds pause);
  // False, and nothing changed: no queue brought it.
  bool give_back(const std::string& identity, std::chrono::milliseconds pause, std::optional<Ticket>& ticket);
  // Counts a try of the handler, and says how many there were.
  int tried(const std::string& identity, int at_least);
  bool has_ticket(const std::string& identity) const;

  std::size_t ready() const;
  std::size_t held(std::int64_t channel) const;  // in any state

  void close();                            // next() gives nothing more
  bool wait_idle(SteadyTime until) const;  // no handler has anything
  void count_rest();                       // what is left counts as returned

 private:
  enum class State { ready, begun, waiting, elsewhere };
  struct Entry {
    State state = State::ready;
    std::int64_t channel = 0;
    int tries = 0;
    std::optional<Ticket> ticket;
    SteadyTime until;  // elsewhere: polls leave it alone until then
  };
  void forget_stale(SteadyTime now);
  void drop(std::unordered_map<std::string, Entry>::iterator entry);

  Context& context_;
  const std::function<void()> hungry_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool closed_ = false;
  std::size_t begun_ = 0;
  std::deque<Work> ready_;
  std::multimap<SteadyTime, Work> waiting_;
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<std::int64_t, std::size_t> held_;  // channel → entries that are not elsewhere
  Seen done_, refused_;
};

}  // namespace telegram_gateway
