#pragma once
// Which accounts may see a chat, as they were told last. What nobody may see any more cannot be proven: it is not
// called complete, however whole it was.

#include <optional>
#include <string>

#include "journal/sqlite.h"
#include "model/ids.h"
#include "model/result.h"

namespace tg::journal {

struct NoAccess {
  model::Time since;   // when the last account lost it
  std::string reason;  // Telegram's word
};

// The writer's thread.
Result<void> note_access(Connection& db, model::ChatId peer, model::Scope scope, std::int64_t account, bool sees,
                         const std::string& reason, model::Time at);

// Nothing: an account sees it, or none ever asked.
Result<std::optional<NoAccess>> no_access(Connection& db, model::ChatId peer, model::Scope scope);

}  // namespace tg::journal
