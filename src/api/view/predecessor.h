#pragma once
// Answers that clients of the predecessor read: metrics, failure queue, session and summary, from what there is here.

#include <boost/json/object.hpp>
#include <optional>

#include "api/api.h"

namespace tg::api {

boost::json::object health_of_gateway(const Parts& parts, model::Time started);
boost::json::object metrics_json(const Parts& parts);  // raw, parsed, summary
Result<boost::json::object> queue_json(const Parts& parts, std::int64_t limit);
boost::json::object session_json(const Parts& parts);
Result<boost::json::object> summary_json(const Parts& parts, std::int64_t limit);
// health, metrics, queue, session, messages
Result<boost::json::object> predecessor_overview(const Parts& parts, const Options& options, model::Time started);

// {id, messageId, text}; nothing where the chat has none.
std::optional<boost::json::object> newest_message(store::Store& store, model::ChatId peer);

// connected or disconnected: whether a source sees what is posted now.
std::string_view connection_of(const Parts& parts);
double uptime_of(model::Time started);

}  // namespace tg::api
