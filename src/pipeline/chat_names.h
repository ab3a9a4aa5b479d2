#pragma once
// What a chat is called, and from where on its completeness is promised. The writer's thread.

#include "journal/sqlite.h"
#include "pipeline/observation.h"

namespace tg::pipeline {

// Writes down what is news; an older source, such as last year's export, names only what has no name yet. True when the
// start moved.
Result<bool> note_chat(journal::Connection& db, const ChatSeen& chat, model::Time now);

// chat.peer became chat.successor: each knows the other. Where the group was captured the successor is, and all of it
// is promised, as it began with the group. False when that was known.
Result<bool> link_successor(journal::Connection& db, const ChatSeen& chat, model::Time now);

}  // namespace tg::pipeline
