#pragma once
// Small conveniences over journal::Statement, so that no statement is left open: an open one would hold an old
// snapshot.

#include <type_traits>

#include "journal/sqlite.h"

namespace tg::store::local {

// Calls row(statement) for each row; a row function that returns false ends it early.
template <class Row>
Result<void> each(journal::Statement& rows, Row row) {
  struct Closed {
    journal::Statement& rows;
    ~Closed() { rows.reset(); }
  } closed{rows};
  while (true) {
    auto more = rows.step();
    if (!more) return more.error();
    if (!*more) return {};
    if constexpr (std::is_same_v<std::invoke_result_t<Row, journal::Statement&>, bool>) {
      if (!row(rows)) return {};
    } else {
      row(rows);
    }
  }
}

// All that is read while it lives is of one moment.
class Snapshot {
 public:
  explicit Snapshot(journal::Connection& db) : db_(db) { (void)db_.prepared("BEGIN").reset().run(); }
  ~Snapshot() { (void)db_.prepared("COMMIT").reset().run(); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  journal::Connection& db_;
};

}  // namespace tg::store::local
