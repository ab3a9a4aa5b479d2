#pragma once
// What a reader gets that asked for nothing else. History is not news: a trader must not act on last year because
// somebody imported it.

#include <chrono>

#include "model/event.h"

namespace tg::model {

// new, edited, deleted, restored, reprocess, channel_migrated, unless another version has taken its place.
bool is_told(const Event& event);

// Live, or missed and caught up at most `max_age` after it was posted; a request of a person; an import that was asked
// to count as live.
bool is_news(const Event& event, std::chrono::seconds max_age);

}  // namespace tg::model
