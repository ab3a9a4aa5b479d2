#pragma once
// Events that a person asks for: a message removed from the archive, or offered to consumers again. Inside
// Intake::write only.

#include "journal/sqlite.h"
#include "model/event.h"

namespace tg::pipeline {

// kind: deleted (nothing brings it back; its text stays in the journal) or reprocess (offered again to every consumer:
// its marks are dropped). Code::not_found for what is not stored.
Result<model::Event> append_manual(journal::Connection& db, const model::MessageKey& key, model::Kind kind,
                                   model::Time now);

}  // namespace tg::pipeline
