#pragma once
// How a database answers now, past the pool and through it; for whoever looks for the cause of trouble.

#include <chrono>
#include <optional>

#include "model/ids.h"
#include "model/result.h"
#include "store/postgres/target.h"

namespace tg::store::postgres {

struct Answering {
  std::optional<Error> direct, pooled;  // what went wrong; nothing = it answers
  // The pool lent no connection within the patience, while the server itself answers.
  bool pool_full = false;
  model::Time server_time;  // its clock, where it answers
};

// Blocks for at most twice the patience.
Answering probe(const Target& pooled, const Target& direct, std::chrono::milliseconds patience);

}  // namespace tg::store::postgres
