// The predecessor's operator routes under /api/telegram-gateway.
#include <boost/json/serialize.hpp>

#include "api/routes/common.h"
#include "api/view/board.h"
#include "api/view/predecessor.h"

namespace tg::api {
namespace json = boost::json;
namespace {

Response overview(const Request&, Context& context) {
  auto data = context.board.overview();
  if (!data) return failure(data.error());
  auto response = success_text(*data);
  response.validity = Context::valid_for(Board::kEvery.count());
  return response;
}

Response gateway_metrics(const Request&, Context& context) { return success(metrics_json(context.parts)); }

Response session(const Request&, Context& context) { return success(session_json(context.parts)); }

Response queue(const Request& request, Context& context) {
  const auto limit = Query(request.query()).number({"limit"}, 20, 1, 500);
  if (!limit) return failure(limit.error());
  auto data = queue_json(context.parts, *limit);
  if (!data) return failure(data.error());
  return success(std::move(*data));
}

Response summary(const Request& request, Context& context) {
  const auto limit = Query(request.query()).number({"limit"}, 20, 1, 200);
  if (!limit) return failure(limit.error());
  const auto validity = context.valid_until_commit({});
  auto data = summary_json(context.parts, *limit);
  if (!data) return failure(data.error());
  auto response = success(std::move(*data));
  response.validity = validity;
  return response;
}

Response status(const Request&, Context& context) {
  const auto snapshot = context.board.fresh();
  if (!snapshot) return failure(snapshot.error());
  const auto& board = **snapshot;
  const auto hits = context.parts.metrics.memory_hits.Value();
  const auto asked = hits + context.parts.metrics.memory_misses.Value();
  json::object mtproto{{"status", connection_of(context.parts)}, {"uptime", std::floor(uptime_of(context.started))}};
  mtproto["lastSync"] = board.proven_at ? json::value(model::to_rfc3339(board.proven_at)) : json::value(nullptr);
  return success(json::object{{"mtproto", std::move(mtproto)},
                              {"database",
                               {{"status", context.parts.health.can_read() ? "connected" : "disconnected"},
                                {"totalMessages", board.messages},
                                {"totalChannels", board.channels}}},
                              {"cache", {{"status", "connected"}, {"hitRate", asked > 0 ? hits / asked : 0.0}}},
                              {"version", context.options.version},
                              {"timestamp", model::to_rfc3339(model::Time::now())}});
}

// Without a token. Relative addresses are right behind any proxy; the whole ones follow the caller's own Host.
Response config(const Request& request, Context& context) {
  const auto host = request.header("host");
  const bool plain = std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
  const auto scheme = request.header("x-forwarded-proto") == "https" ? "https" : "http";
  const auto base = host.empty() || !plain ? std::string{} : fmt::format("{}://{}", scheme, host);
  json::object data{{"apiBaseUrl", base + "/api/telegram-gateway"},
                    {"messagesBaseUrl", base + "/api/messages"},
                    {"channelsBaseUrl", base + "/api/channels"},
                    {"authToken", ""},
                    {"environment", context.options.environment},
                    {"features",
                     {{"authEnabled", context.tokens.required()},
                      {"metricsEnabled", true},
                      {"queueEnabled", true},
                      {"streamsEnabled", true},
                      {"dashboardEnabled", !context.parts.assets.empty()},
                      {"syncEnabled", static_cast<bool>(context.parts.sync)}}},
                    {"timestamp", model::to_rfc3339(model::Time::now())}};
  return success(std::move(data));
}

// For people who may see how it is set up; never a secret.
Response settings(const Request&, Context& context) {
  if (!context.parts.configuration) return success(json::object{});
  return success(context.parts.configuration());
}

Response gateway_health(const Request&, Context& context) {
  return success(health_of_gateway(context.parts, context.started));
}

Response reload(const Request&, Context& context) {
  if (!context.parts.reload) {
    return failure(503, "unavailable",
                   "this gateway reads its configuration when it starts; restart it to apply a change");
  }
  const auto done = context.parts.reload();
  if (!done) return failure(done.error());
  context.changed();
  return success(json::object{{"reloaded", true}, {"timestamp", model::to_rfc3339(model::Time::now())}});
}

}  // namespace

std::vector<Route> gateway_routes() {
  const auto get = [](std::string_view pattern, auto handler, std::string_view operation, std::string_view summary_text,
                      std::string_view schema) {
    return Route{.method = Method::get,
                 .pattern = pattern,
                 .access = Access::read,
                 .where = Where::worker,
                 .handler = handler,
                 .operation = operation,
                 .tag = "gateway",
                 .summary = summary_text,
                 .schema = schema};
  };
  auto with_limit = [](Route route, std::string_view description) {
    route.parameters = {{"limit", "integer", description}};
    return route;
  };
  auto open = get("/api/telegram-gateway/config", config, "gateway_config",
                  "Where the API is, for a page that starts; no token needed", "GatewayConfig");
  open.access = Access::open;
  open.where = Where::now;
  return {
      get("/api/telegram-gateway/overview", overview, "overview",
          "How everything stands; computed at most once a second", "Overview"),
      get("/api/telegram-gateway/status", status, "gateway_status", "Capture, store and memory in short",
          "GatewayStatus"),
      get("/api/telegram-gateway/metrics", gateway_metrics, "gateway_metrics",
          "The metrics as text, as members, and in short", "GatewayMetrics"),
      get("/api/telegram-gateway/session", session, "gateway_session",
          "Whether a session file is there; never its content", "GatewaySession"),
      with_limit(get("/api/telegram-gateway/queue", queue, "gateway_queue", "What was set aside, newest first",
                     "GatewayQueue"),
                 "entries in the preview, 20 by default, at most 500"),
      with_limit(get("/api/telegram-gateway/messages/summary", summary, "messages_summary",
                     "Counts by status, and the newest", "MessagesSummary"),
                 "newest messages, 20 by default, at most 200"),
      get("/api/telegram-gateway/health", gateway_health, "gateway_health", "As /health, in an envelope", "Health"),
      get("/api/telegram-gateway/settings", settings, "gateway_settings", "How it is set up, without secrets",
          "Settings"),
      std::move(open),
      {.method = Method::post,
       .pattern = "/api/telegram-gateway/actions/reload",
       .access = Access::admin,
       .where = Where::worker,
       .handler = reload,
       .operation = "reload",
       .tag = "gateway",
       .summary = "Reads the configuration again",
       .schema = "Reloaded"},
  };
}

}  // namespace tg::api
