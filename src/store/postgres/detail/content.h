#pragma once
// A message ↔ the columns of telegram_gateway.messages that hold its content. What has a column of its own is not in
// metadata: key, dates, text, sender, topic. All else is there as in model/message_json.h, with linkPreview and replyTo
// beside it, as SQL readers of the predecessor know them.

#include <string>
#include <string_view>

#include "model/message.h"
#include "model/result.h"

namespace tg::store::postgres {

std::string metadata_of(const model::Message& message);
// The message without what has a column of its own; newest counters and votes are in it.
Result<model::Message> message_of(std::string_view metadata);

std::string_view message_type(const model::Message& message);
// JSON array; empty = no media.
std::string media_refs(const model::Message& message);

}  // namespace tg::store::postgres
