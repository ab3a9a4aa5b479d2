#include "journal/nearest.h"

namespace tg::journal {

Result<std::optional<Place>> nearest(Connection& db, const model::MessageKey& key) {
  for (const auto* sql :
       {"SELECT message, date FROM heads WHERE peer = ? AND message <= ? AND scope = ? AND date IS NOT NULL "
        "ORDER BY message DESC LIMIT 1",
        "SELECT message, date FROM heads WHERE peer = ? AND message > ? AND scope = ? AND date IS NOT NULL "
        "ORDER BY message LIMIT 1"}) {
    auto& row = db.prepared(sql).with(key.peer, key.message, key.scope);
    const auto found = row.step();
    if (!found) return found.error();
    std::optional<Place> place;
    if (*found) place = {{key.scope, key.peer, model::MessageId{row.integer(0)}}, model::Time{row.integer(1)}};
    row.reset();
    if (place) return place;
  }
  return std::optional<Place>();
}

}  // namespace tg::journal
