#pragma once
// Message ↔ JSON, the form kept in the journal and sent to readers. snake_case; a field that is empty is left out, so
// that equal messages have equal bytes. Unknown fields are ignored on reading. Thread-safe.

#include <string>
#include <string_view>

#include "model/message.h"
#include "model/result.h"

namespace tg::model {

std::string to_json(const Message& message);
Result<Message> message_from_json(std::string_view json);
std::string to_json(const Counters& counters);
Result<Counters> counters_from_json(std::string_view json);

// A JSON string literal with its quotes; the input must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

std::string_view name_of(EntityType type);            // bold, italic, text_link, …
EntityType parse_entity_type(std::string_view name);  // unknown: other
std::string_view name_of(MediaType type);             // photo, video, …; none: ""
MediaType parse_media_type(std::string_view name);

}  // namespace tg::model
