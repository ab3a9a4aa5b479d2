#pragma once
// Which downloaded file is whose: one row a message and file, in the journal's own database. It knows which file is
// here already under its id at Telegram, and which is the first to go when there is no room. Imported files have no
// row.
//
// A file is as young as the newest message that has it, or as the moment when somebody asked for it.

#include <optional>
#include <string>
#include <vector>

#include "journal/sqlite.h"
#include "model/ids.h"

namespace tg::tdlib::ledger {

struct Entry {
  std::string sha256;
  std::string unique_id;  // at Telegram
  model::MessageKey message;
  std::int64_t size = 0;  // bytes
  model::Time young;
};

struct Held {
  std::string sha256;
  std::int64_t size = 0;
  model::Time young;
};

// The writer's thread.
Result<void> prepare(journal::Connection& db);
Result<void> add(journal::Connection& db, const Entry& entry);
Result<void> remove(journal::Connection& db, const std::string& sha256);

// Any connection.
Result<std::optional<Held>> find(journal::Connection& db, const std::string& unique_id);
Result<std::vector<Held>> oldest(journal::Connection& db, std::int64_t limit);
Result<std::vector<Entry>> entries(journal::Connection& db, const std::string& sha256);
Result<std::int64_t> bytes(journal::Connection& db);  // of all files, each once

}  // namespace tg::tdlib::ledger
