#pragma once
// What grows and shrinks on a message without being an edit: views, forwards, reactions, votes. Pure; any thread.
//
// Sources tell different parts of it, at different times, in any order. So that all orders end equal: views and
// forwards only ever grow (0 = not told); reactions are those of the newest observation; votes carry the time that they
// are of.

#include "pipeline/observation.h"
#include "pipeline/state.h"

namespace tg::pipeline {

// What a message tells; empty = nothing. A client's memory may be as old as the message; a file is as old as its last
// change.
CountersSeen counters_of(const Seen& seen);

// What an event says of `seen`: the parts that it tells, as they are known then. With `poll` the votes as well, so that
// nobody takes those in the message for newer ones.
model::Counters carried(const State& state, const CountersSeen& seen, bool poll = false);
model::Counters carried(const State& state, const Seen& seen, bool poll);
// What is known after an event; both as State::counters has them.
std::string counters_after(const std::string& known, const std::string& carried);
CountersSeen merged(const CountersSeen& known, const CountersSeen& seen);

// Votes alone, as a file's poll without reactions has them, do not.
bool tells_reactions(const model::Counters& counters);

// Whether people can see a difference.
bool same_counts(model::Counters one, model::Counters other);

// `json` as State::counters has it.
model::Counters known_counters(const std::string& json);

}  // namespace tg::pipeline
