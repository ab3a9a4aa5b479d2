#pragma once
// The rules of identity, versions and tombstones, as two pure functions. decide() says what an observation means for a
// message as it is known; apply() takes that event into the state. Replaying the events of a journal through apply()
// gives its heads again (verify.h), whatever the order in which the sources spoke.

#include <functional>
#include <optional>

#include "model/event.h"
#include "pipeline/observation.h"
#include "pipeline/state.h"

namespace tg::pipeline {

// The message stored for a version; asked for only where another source may fill in its missing fields.
using LoadBody = std::function<std::optional<model::Message>(model::Seq)>;

struct Decision {
  model::Event event;      // without seq and recorded_at
  model::Message message;  // the event's content, filled
};

// Nothing: it is known already, and adds nothing.
std::optional<Decision> decide(const State& state, const Seen& seen, std::int64_t content_hash, const LoadBody& load);
std::optional<Decision> decide(const State& state, const Deleted& deleted);
// Also for the counters of a message whose content is known (counters.h).
std::optional<Decision> decide(const State& state, const CountersSeen& seen);

// What it says goes into the current version: it is no edit.
std::optional<Decision> decide(const State& state, const MediaSeen& seen, const LoadBody& load);

// `event` has its seq. Only `restored` clears a tombstone.
void apply(State& state, const model::Event& event, const Facts& facts);

// Sightings that need no event; true when the state changed.
bool sight(State& state, const Seen& seen);
bool sight(State& state, const Deleted& deleted);
bool sight(State& state, const CountersSeen& seen);

Facts facts_of(const model::Message& message);
Facts facts_of(const model::Event& event);  // of one that is stored

// Takes over what `base` lacks. True when something was missing.
bool fill(model::Message& base, const model::Message& other);

}  // namespace tg::pipeline
