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
// What it forwarded stays known.
Result<void> remove_rule(Connection& db, std::int64_t id);  // not_found

struct Forwarded {
  model::Time begun_at;
  model::MessageId sent;  // 0 = begun, and not known to be there
};
Result<std::optional<Forwarded>> forwarded(Connection& db, std::int64_t rule, const model::MessageKey& message,
                                           model::ChatId destination);
// Whether rules brought this message to its chat. Nothing: not known yet, one that may be it is on its way there.
Result<std::optional<bool>> is_forwarded(Connection& db, const model::Message& message, model::Time now);
// Ids of the newest that rules brought to a chat.
Result<std::vector<model::MessageId>> newest_forwarded(Connection& db, model::ChatId destination);
// The writer's thread. Once more: the beginning stays as it was.
Result<void> note_forward(Connection& db, std::int64_t rule, const model::MessageKey& message,
                          model::ChatId destination, model::Time now, model::MessageId sent);
// The writer's thread: it was begun, and is known not to be there.
Result<void> take_back_forward(Connection& db, std::int64_t rule, const model::MessageKey& message,
                               model::ChatId destination);

}  // namespace tg::journal
