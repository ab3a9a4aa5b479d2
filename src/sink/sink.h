#pragma once
// A destination that is fed from the journal: the database, the cache, the broker, a webhook. Each has a Runner of its
// own (runner.h), so one that is slow or gone holds back no other.
//
// A Sink is used by its Runner's thread alone. Every call ends within its own deadline (10 s at most) and soon after a
// stop is requested. It keeps nothing that it has not said to be done: what is not done comes again, in the same order.

#include <chrono>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "model/event.h"
#include "model/result.h"

namespace tg::sink {

struct Position {
  std::string journal_id;
  model::Seq seq;
};

// Where to go on after the destination was reached.
struct Resume {
  std::optional<Position> kept;  // by the destination itself, together with what it stores: this copy wins
  // It has lost what it had: what was recorded since then is sent again, and its cursor goes back.
  std::chrono::seconds rewind{0};
};

struct Refused {
  std::size_t index = 0;  // into the events that were given
  std::string reason;
  bool set_aside = false;  // in the quarantine already, by a destination that keeps its own place
};

struct Delivery {
  std::size_t done = 0;          // so many of the events, from the first, need not come again
  std::vector<Refused> refused;  // of these, each once: the destination will never take them
  std::optional<Error> trouble;  // why the next one did not go; the destination is opened anew after a pause
  // How long that is; 0 = the Runner's own, which grows. Without trouble: the next ones are to come again after it.
  std::chrono::milliseconds pause{0};
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Of its cursor, its metrics and its place in health: postgres, redis, rabbitmq, webhook:NAME.
  virtual const std::string& name() const = 0;
  virtual bool wants(const model::Event& event) const = 0;

  // Reaches the destination and makes there what is needed. Also called again after trouble.
  virtual Result<Resume> open(const std::stop_token& stop) = 0;
  // Events that it wants, oldest first, at least one.
  virtual Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) = 0;
  // One that was refused, because a person asks for it.
  virtual Delivery redeliver(const model::Event& event, const std::stop_token& stop) {
    return deliver(std::span(&event, 1), stop);
  }
  // About once a second while there is nothing to deliver: heartbeats, and whether the destination is still the same.
  // An error is trouble.
  virtual Result<void> idle() { return {}; }
  virtual void close() = 0;
};

}  // namespace tg::sink
