#pragma once
// Histories that a person paused: they are fetched no further until that is taken back, also after a restart.

#include <map>

#include "journal/sqlite.h"
#include "model/ids.h"

namespace tg::journal {

// Since when each is.
Result<std::map<model::ChatId, model::Time>> held_histories(Connection& db);
// The writer's thread. A time of 0 takes it back.
Result<void> hold_history(Connection& db, model::ChatId chat, model::Time since);

}  // namespace tg::journal
