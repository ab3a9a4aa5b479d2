#pragma once
// The rules that a person made, as the journal keeps them, and what they forwarded. What is in a body is src/rules'
// own.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/sqlite.h"
#include "model/ids.h"
#include "model/message.h"
#include "model/result.h"

namespace tg::journal {

struct StoredRule {
  std::int64_t id = 0;
  std::int64_t position = 0;  // smaller ones come first
  std::string body;
  model::Time created_at, updated_at;
};

Result<std::vector<StoredRule>> rules(Connection& db);  // in their order

// The writer's thread.
Result<std::int64_t> add_rule(Connection& db, std::int64_t position, std::string_view body, model::Time now);
Result<void> change_rule(Connection& db, std::int64_t id, std::int64_t position, std::string_view body,
                         model::Time now);  // not_found
// With what is known of its forwards.
Result<void> remove_rule(Connection& db, std::int64_t id);  // not_found

struct Forwarded {
  model::Time begun_at;
  model::MessageId sent;  // 0 = begun, and not known to be there
};
Result<std::optional<Forwarded>> forwarded(Connection& db, std::int64_t rule, const model::MessageKey& message,
                                           model::ChatId destination);
// Whether rules brought this message to its chat.
Result<bool> is_forwarded(Connection& db, const model::Message& message);
// The writer's thread. Once more: the beginning stays as it was.
Result<void> note_forward(Connection& db, std::int64_t rule, const model::MessageKey& message,
                          model::ChatId destination, model::Time now, model::MessageId sent);

}  // namespace tg::journal
