#pragma once
// A message that the store does not have, as the journal knows it, which keeps for ever how each one stands: it was
// erased by postgres.keep_days, or deleted in the channel before it was seen.

#include <boost/json/object.hpp>
#include <optional>

#include "api/context.h"

namespace tg::api {

struct Absent {
  boost::json::object why;  // {reason: erased, date, keepDays} or {reason: deleted, deletedAt}
  std::string said;
};

// Nothing: the journal knows no more than the store, or the message is on its way there.
Result<std::optional<Absent>> absent(const model::MessageKey& key, const Context& context);

}  // namespace tg::api
