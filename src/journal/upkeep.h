#pragma once
// What an operator sees of a journal, and what keeps its file small.

#include <string>
#include <vector>

#include "journal/cursors.h"
#include "journal/journal.h"

namespace tg::journal {

struct Stats {
  std::string id;
  model::Time created_at;
  std::int64_t bytes = 0;
  std::int64_t free_bytes = 0;  // within the file, given back by compact()
  model::Seq oldest, head;
  std::int64_t events = 0, heads = 0, versions = 0, chats = 0, quarantined = 0, acks = 0;
  std::vector<Cursor> cursors;
};

Result<Stats> stats(Journal& journal);

// Rewrites the file without its free pages. Needs Access::write and as much free disk as the file has bytes.
Result<void> compact(Journal& journal);

// Drops events older than `keep` that every required cursor has passed, none where there is no such cursor; heads stay.
// Not for a journal that is the store. Returns how many went. The writer's thread, inside its transaction; at most
// `limit` a call.
Result<std::int64_t> trim(Connection& db, model::Time now, std::chrono::hours keep, std::int64_t limit);

}  // namespace tg::journal
