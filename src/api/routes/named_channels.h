#pragma once
// Channels as people name them: @name, link, id, invite, a folder of Telegram's, a list as CSV.

#include <boost/json/object.hpp>

#include "api/routes/common.h"

namespace tg::api {

// Whether a body of POST /api/channels names several: `channels`, `folder` or `csv`.
bool names_several(const boost::json::object& body);

// Registers what the body names, a row each.
Response add_several(const boost::json::object& body, Context& context);

// The chat behind the text of `channelId` that is no number; joined first where the body says so.
Result<model::ChatId> chat_named(const std::string& text, const boost::json::object& body, Context& context);

std::vector<Route> named_channel_routes();

}  // namespace tg::api
