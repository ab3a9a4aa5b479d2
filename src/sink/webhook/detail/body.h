#pragma once
// What is posted.

#include <span>
#include <string>

#include "model/event.h"

namespace tg::sink::detail {

std::string events_body(std::span<const model::Event> events);  // {"events":[…]}

// The predecessor's form, one object: channelId, messageId, text, timestamp, and what REST calls the same
// (docs/api.md). A deletion of what was never seen has no more than its ids.
std::string flat_body(const model::Event& event);

}  // namespace tg::sink::detail
