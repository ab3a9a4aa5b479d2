#pragma once
// Titles of the topics of forums, as they were told last: messages carry a topic's number alone.

#include <string>
#include <string_view>
#include <vector>

#include "journal/sqlite.h"
#include "model/ids.h"
#include "model/result.h"

namespace tg::journal {

inline constexpr std::size_t kLongestTopicTitle = 1'024;  // bytes; Telegram's own have 128 characters at most

// The writer's thread. `at`: when it was called so; what was told later stays. False: it is called so already.
Result<bool> note_topic(Connection& db, model::ChatId peer, model::MessageId topic, std::string_view title,
                        model::Time at);

// Empty where it is not known.
Result<std::string> topic_title(Connection& db, model::ChatId peer, model::MessageId topic);

struct Topic {
  model::ChatId peer;
  model::MessageId id;
  std::string title;
};
// Of one chat, or of all (peer 0), by chat and number.
Result<std::vector<Topic>> topics(Connection& db, model::ChatId peer);

}  // namespace tg::journal
