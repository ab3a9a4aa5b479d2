#pragma once
// The tables of journal.db. Heads hold no text: a head points to the event whose message is the newest state, so that
// nothing is written twice; `versions` has rows only for messages with more than one version.

#include "journal/sqlite.h"

namespace tg::journal {

inline constexpr int kSchemaVersion = 7;

// Creates; refuses the file of a newer program and that of a version before the first release.
Result<void> prepare(Connection& db);

}  // namespace tg::journal
