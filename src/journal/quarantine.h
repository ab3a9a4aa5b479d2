#pragma once
// Events that a destination will never take, kept for a person to look at.

#include <string>

#include "journal/sqlite.h"
#include "model/event.h"

namespace tg::journal {

// The writer's thread. The same event, refused again for this reason, counts a try more.
Result<void> set_aside(Connection& db, std::string_view reader, const model::Event& event, std::string_view reason);

}  // namespace tg::journal
