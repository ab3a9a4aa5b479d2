#pragma once
// Where a message stands in its chat, or would. Any thread that has a connection.

#include <optional>

#include "journal/sqlite.h"
#include "model/ids.h"

namespace tg::journal {

struct Place {
  model::MessageKey key;
  model::Time date;
};

// That message; where it is not stored, the newest before it, else the oldest after it. Nothing: its chat has none.
Result<std::optional<Place>> nearest(Connection& db, const model::MessageKey& key);

}  // namespace tg::journal
