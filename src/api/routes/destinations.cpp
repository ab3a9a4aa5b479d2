// Every reader of the journal: how far it is, how far it was over the day, and what a person may ask of it.
#include <boost/json/parse.hpp>

#include "api/routes/common.h"
#include "api/view/board.h"
#include "journal/cursors.h"

namespace tg::api {
namespace json = boost::json;
namespace {

using ReaderAct = ReaderRequest::Act;

Error no_such_destination(const std::string& name) {
  return {Code::not_found, "there is no destination '" + name + "'",
          "GET /api/telegram-gateway/destinations lists them"};
}

Response list_destinations(const Request&, Context& context) {
  const auto snapshot = context.board.fresh();
  if (!snapshot) return failure(snapshot.error());
  return success_text((*snapshot)->destinations);
}

Result<json::object> find_destination(Context& context, const std::string& name) {
  const auto snapshot = context.board.fresh();
  if (!snapshot) return snapshot.error();
  auto all = json::parse((*snapshot)->destinations);
  for (auto& one : all.as_array()) {
    if (one.at("name").as_string() == name) return std::move(one.as_object());
  }
  return no_such_destination(name);
}

Response one_destination(const Request& request, Context& context) {
  auto found = find_destination(context, unescape(request.parameters[0]));
  return found ? success(std::move(*found)) : failure(found.error());
}

Response destination_lag(const Request& request, Context& context) {
  const auto minutes = Query(request.query()).number({"minutes"}, 24 * 60, 1, 24 * 60);
  if (!minutes) return failure(minutes.error());
  const auto name = unescape(request.parameters[0]);
  if (auto found = find_destination(context, name); !found) return failure(found.error());
  const auto now = model::Time::now();
  json::array points;
  for (const auto& point : context.board.lags().since(name, model::Time{now.us - *minutes * 60'000'000}, now)) {
    points.push_back(json::object{
        {"at", model::to_rfc3339(point.at)}, {"behindEvents", point.events}, {"behindSeconds", point.seconds}});
  }
  return success(json::object{{"stepSeconds", 60}, {"points", std::move(points)}});
}

Response ask_of(const Request& request, Context& context, ReaderAct act) {
  const auto name = unescape(request.parameters[0]);
  auto done = context.parts.ask_reader({name, act, {}});
  if (!done) return failure(done.error().code == Code::not_found ? no_such_destination(name) : done.error());
  context.changed();
  return success(json::object{{"name", name}, {"done", true}});
}

Response destination_try_now(const Request& request, Context& context) {
  return ask_of(request, context, ReaderAct::try_now);
}
Response destination_park(const Request& request, Context& context) {
  observe::info("destination_park_asked", {{"reader", unescape(request.parameters[0])}});
  return ask_of(request, context, ReaderAct::park);
}
Response destination_resume(const Request& request, Context& context) {
  return ask_of(request, context, ReaderAct::resume);
}
Response destination_accept_missed(const Request& request, Context& context) {
  observe::info("destination_missed_accepted", {{"reader", unescape(request.parameters[0])}});
  return ask_of(request, context, ReaderAct::accept_missed);
}

// The last event that was recorded before then, so that everything behind it goes; without a time: what is oldest.
Result<model::Seq> place_of(journal::Connection& db, std::optional<model::Time> since, model::Seq oldest) {
  const model::Seq all{std::max<std::int64_t>(0, oldest.value - 1)};
  if (!since) return all;
  auto& row = db.prepared("SELECT seq FROM events WHERE recorded_at < ? ORDER BY seq DESC LIMIT 1").with(*since);
  const auto found = row.step();
  if (!found) return found.error();
  const auto seq = *found ? model::Seq{row.integer(0)} : all;
  row.reset();
  return seq;
}

Response destination_resend(const Request& request, Context& context) {
  const auto name = unescape(request.parameters[0]);
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  std::optional<model::Time> since;
  if (const auto text = text_of(*body, "since")) {
    since = model::parse_time(*text);
    if (!since) return failure(bad_parameter("since", *text, "a date or a time"));
  }
  const auto dry = boolean_of(*body, "dryRun");
  if (!dry) return failure(dry.error());
  const auto known = find_destination(context, name);
  if (!known) return failure(known.error());
  auto db = context.journal().read();
  if (!db) return failure(db.error());
  const auto from = place_of(**db, since, context.journal().oldest());
  if (!from) return failure(from.error());
  constexpr std::int64_t kMostCounted = 100'000;
  const auto events = journal::events_behind(**db, *from, kMostCounted);
  if (!events) return failure(events.error());
  json::object answer{{"name", name},
                      {"events", *events},
                      {"eventsExact", *events < kMostCounted},
                      {"from", from->value},
                      {"dryRun", dry->value_or(false)}};
  if (!dry->value_or(false)) {
    if (auto done = context.parts.ask_reader({name, ReaderAct::resend, *from}); !done) return failure(done.error());
    context.changed();
    observe::info("destination_resend_asked", {{"reader", name}, {"from", from->value}});
  }
  return success(std::move(answer));
}

}  // namespace

std::vector<Route> destination_routes() {
  constexpr Parameter kName{"name", "string", "the destination, as the list names it", "path", true};
  const auto get = [](std::string_view pattern, auto handler, std::string_view operation, std::string_view summary,
                      std::string_view schema) {
    return Route{.method = Method::get,
                 .pattern = pattern,
                 .access = Access::read,
                 .where = Where::worker,
                 .handler = handler,
                 .operation = operation,
                 .tag = "monitor",
                 .summary = summary,
                 .schema = schema};
  };
  const auto ask = [&](std::string_view pattern, auto handler, std::string_view operation, std::string_view summary) {
    auto route = get(pattern, handler, operation, summary, "DestinationAsked");
    route.method = Method::post;
    route.access = Access::admin;
    route.parameters = {kName};
    return route;
  };
  auto one =
      get("/api/telegram-gateway/destinations/{name}", one_destination, "destination", "One of them", "Destination");
  one.parameters = {kName};
  auto series =
      get("/api/telegram-gateway/destinations/{name}/lag", destination_lag, "destination_lag",
          "How far it was behind over the last day: of each minute that was looked at, the worst", "DestinationLag");
  series.parameters = {kName, {"minutes", "integer", "1 to 1440, all by default"}};
  auto again = ask("/api/telegram-gateway/destinations/{name}/resend", destination_resend, "destination_resend",
                   "Sends once more, with the same keys, what was recorded since then; dry, it says how much that is");
  again.body = "ResendBody";
  again.schema = "Resent";
  return {
      get("/api/telegram-gateway/destinations", list_destinations, "destinations",
          "Every reader of the journal and how far it is", "[Destination]"),
      std::move(one),
      std::move(series),
      ask("/api/telegram-gateway/destinations/{name}/try-now", destination_try_now, "destination_try_now",
          "Ends the pause that it makes before its next try"),
      ask("/api/telegram-gateway/destinations/{name}/park", destination_park, "destination_park",
          "Delivers nothing to it until it is resumed; what it misses waits in the journal"),
      ask("/api/telegram-gateway/destinations/{name}/resume", destination_resume, "destination_resume",
          "Goes on where it stood"),
      ask("/api/telegram-gateway/destinations/{name}/accept-missed", destination_accept_missed,
          "destination_accept_missed", "What it missed is known, and told no longer"),
      std::move(again),
  };
}

}  // namespace tg::api
