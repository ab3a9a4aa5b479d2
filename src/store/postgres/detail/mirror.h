#pragma once
// Copies of what the journal knows besides messages, for who reads the database: chats, topics, how far the other
// readers are, what they refused. Sent only when it differs from what was sent last.

#include "journal/sqlite.h"
#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {

class Mirror {
 public:
  Result<void> refresh(journal::Connection& journal, Connection& db);
  void forget() { sent_ = {}; }  // the database may be another one

 private:
  std::array<std::size_t, 4> sent_{};  // hashes of the parameters
};

}  // namespace tg::store::postgres
