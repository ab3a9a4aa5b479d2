#pragma once
// How far each reader of the journal has got. Positions never move back by themselves; a cursor of another journal, or
// one ahead of the head, starts again from the oldest event.

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
};

Result<std::vector<Cursor>> cursors(Connection& db);
// Where the reader goes on: its stored position, or 0 for "from the oldest".
Result<model::Seq> position(Connection& db, const std::string& journal_id, const std::string& name);
Result<void> advance(Connection& db, const std::string& journal_id, const std::string& name, model::Seq to,
                     bool required);

}  // namespace tg::journal
