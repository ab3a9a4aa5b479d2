#pragma once
// State ↔ the tables heads, versions and events. The writer's thread, inside its transaction.

#include "journal/sqlite.h"
#include "model/event.h"
#include "pipeline/state.h"

namespace tg::pipeline {

Result<State> load_state(journal::Connection& db, const model::MessageKey& key);
// `stored`: what the tables hold of it.
Result<void> save_state(journal::Connection& db, const model::MessageKey& key, const State& stored, const State& state);

// Gives the event its seq, unless it has one: what a journal had before, in a copy of it.
Result<void> append(journal::Connection& db, model::Event& event, const Facts& facts);

// The message that an event holds; nothing when it was trimmed or cannot be read.
std::optional<model::Message> load_body(journal::Connection& db, model::Seq seq);
// The newest content of a message, the same; by any connection.
std::optional<model::Message> load_newest(journal::Connection& db, const model::MessageKey& key);

}  // namespace tg::pipeline
