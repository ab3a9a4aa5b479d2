#pragma once
// How far each reader of the journal has got. Positions never move back by themselves, only by go_back(); a cursor of
// another journal, or one ahead of the head, starts again from the oldest event.

#include <string>
#include <vector>

#include "journal/journal.h"

namespace tg::journal {

struct Cursor {
  std::string name;
  std::string journal_id;
  model::Seq seq;
  bool required = true;  // trimming waits for it
  model::Time updated_at;
  std::int64_t behind_events = 0;  // filled in by stats()
};

Result<std::vector<Cursor>> cursors(Connection& db);
// Where the reader goes on: its stored position, or 0 for "from the oldest".
Result<model::Seq> position(Connection& db, const std::string& journal_id, const std::string& name);
// Events behind a reader; counting stops at `most`. Numbers have gaps, so their difference says nothing.
Result<std::int64_t> events_behind(Connection& db, model::Seq seq, std::int64_t most = 100'000);
Result<bool> has_position(Connection& db, const std::string& name);
Result<void> advance(Connection& db, const std::string& journal_id, const std::string& name, model::Seq to,
                     bool required);
// A destination has lost what it had: its reader begins behind `to`, also after a restart.
Result<void> go_back(Connection& db, const std::string& name, model::Seq to);

}  // namespace tg::journal
