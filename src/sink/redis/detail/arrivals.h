#pragma once
// Since when consumers are offered a message, from the journal's heads: an edit or a deletion does not say.

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "journal/journal.h"
#include "sink/redis/detail/commands.h"

namespace tg::redis {

// Of these events the ones that belong into the cache: what was never news, such as a correction to an import, does
// not.
Result<std::vector<Change>> changes_of(journal::Journal& journal, std::span<const model::Event> events,
                                       std::chrono::seconds max_age);

// When the oldest event that is still there was recorded; `now` where there is none.
Result<model::Time> oldest_recorded(journal::Journal& journal, model::Time now);

}  // namespace tg::redis
