#pragma once
// A stored message as REST shows it: the predecessor's fields and ours, camelCase.

#include <string>
#include <string_view>

#include "api/view/json_writer.h"
#include "store/store.h"

namespace tg::api {

// `search`: what was searched for, whose places in the text are told as `matches`.
void write_message(JsonWriter& json, const store::Row& row, std::string_view search = {});
std::string message_json(const store::Row& row);

// One content of a message, as GET /api/messages/{id}/versions lists it.
void write_version(JsonWriter& json, const store::Version& version);

// Where the message's file is served from, relative to the server's root; empty while it is not here.
std::string media_path(const model::Message& message);

// What the predecessor called the kind of a message: text, photo, …, service.
std::string_view message_type(const model::Message& message);

// At most `most` code points, never half of one.
std::string_view shortened(std::string_view text, std::size_t most);

// The text with its spoilers covered, for places that show no formatting.
std::string covered(const model::Message& message);

}  // namespace tg::api
