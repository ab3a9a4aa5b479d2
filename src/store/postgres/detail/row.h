#pragma once
// Rows of telegram_gateway.messages as the store gives them.

#include <string>
#include <vector>

#include "store/postgres/detail/connection.h"
#include "store/store.h"

namespace tg::store::postgres {

// What row_from reads, of the table or a subquery under the alias m. With who marked it, and the titles.
extern const std::string kRowColumns;
Result<Row> row_from(const Rows& rows, int row);
Result<std::vector<Row>> rows_from(const Rows& rows);

// The status that a message has for everyone, in SQL over m.
extern const std::string kStatusSql;

struct Key {
  model::MessageKey key;
  model::Time date;  // 0 = not known: all partitions are asked
};

// The messages that are there, in the order of the keys; unless all dates are known, in the order of the table.
Query rows_of(const std::vector<Key>& keys);

}  // namespace tg::store::postgres
