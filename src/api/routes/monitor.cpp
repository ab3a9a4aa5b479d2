// What an operator and a monitoring system look at: health, metrics, figures over time, destinations, logs, jobs.
#include <boost/json/serialize.hpp>

#include "api/live/log_filter.h"
#include "api/routes/common.h"
#include "api/routes/imports.h"
#include "api/routes/sync.h"
#include "api/view/board.h"
#include "api/view/predecessor.h"
#include "observe/log.h"

namespace tg::api {
namespace json = boost::json;
namespace {

Response plain(const observe::HealthAnswer& answer) {
  return with_body(answer.status, kJson, json::serialize(answer.body));
}

Response health(const Request&, Context& context) {
  auto answer = context.parts.health.health(model::Time::now());
  answer.body["telegram"] = connection_of(context.parts);
  answer.body["version"] = context.options.version;
  return plain(answer);
}
Response live(const Request&, Context& context) { return plain(context.parts.health.live(model::Time::now())); }
Response ready(const Request&, Context& context) { return plain(context.parts.health.ready(model::Time::now())); }
Response capture(const Request&, Context& context) { return plain(context.parts.health.capture(model::Time::now())); }

Response metrics(const Request&, Context& context) {
  return with_body(200, "text/plain; version=0.0.4; charset=utf-8",
                   context.parts.metrics.to_prometheus_text(context.parts.health.dependencies()));
}

Response timeseries(const Request& request, Context& context) {
  const auto minutes = Query(request.query()).number({"minutes"}, 360, 1, 24 * 60);
  if (!minutes) return failure(minutes.error());
  const auto now = model::Time::now();
  // Steps of 10 s up to two hours, of a minute beyond.
  const bool fine = *minutes <= 120;
  const auto most = static_cast<std::size_t>(fine ? *minutes * 6 + 1 : *minutes + 1);
  const auto step = fine ? 10LL : 60LL;
  json::array points;
  const auto now_step = now.us / (step * 1'000'000) * (step * 1'000'000);
  for (const auto& point : context.parts.series.since(model::Time{now_step - *minutes * 60'000'000}, now, most)) {
    json::object one{{"at", model::to_rfc3339(point.at)}, {"seconds", point.length_s}};
    for (std::size_t origin = 0; origin < observe::Series::kOrigins; ++origin) {
      one[model::name_of(static_cast<model::Origin>(origin + 1))] = point.events[origin];
    }
    points.push_back(std::move(one));
  }
  auto response = success(json::object{{"stepSeconds", step}, {"points", std::move(points)}});
  response.validity = Context::valid_for(1'000);
  return response;
}

Response jobs(const Request&, Context& context) {
  json::array data;
  for (const auto& job : context.all_jobs()) data.push_back(job_json(job));
  return success(std::move(data));
}

// The channel whose history has this name, whether it is listed now or not.
std::optional<model::ChatId> channel_of_history(std::string_view id) {
  if (!id.starts_with(kHistoryJob)) return std::nullopt;
  const auto number = model::parse_int(id.substr(kHistoryJob.size()));
  return number ? std::optional<model::ChatId>(*number) : std::nullopt;
}

Error no_such_job(const std::string& id) {
  if (const auto channel = channel_of_history(id)) {
    return {Code::not_found, fmt::format("no account walks the history of {} now", channel->value),
            "It is complete, did not begin, or its channel is switched off or seen by no account that is signed in: "
            "GET /api/telegram-gateway/channels tells what is unknown of it"};
  }
  return {Code::not_found, "there is no job '" + id + "'; those of an earlier run are forgotten", ""};
}

Result<Job> find_job(const Context& context, const std::string& id) {
  for (auto& one : context.all_jobs()) {
    if (one.id == id) return std::move(one);
  }
  return no_such_job(id);
}

Response job(const Request& request, Context& context) {
  const auto id = unescape(request.parameters[0]);
  const auto one = find_job(context, id);
  if (!one) return failure(one.error());
  auto data = job_json(*one);
  if (const auto fetch = context.syncs.progress(id)) data["channels"] = channels_json(*fetch);
  return success(std::move(data));
}

Response cancel_job(const Request& request, Context& context) {
  const auto id = unescape(request.parameters[0]);
  auto done = context.imports.cancel(id);
  if (!done && done.error().code == Code::not_found) done = context.syncs.cancel(id);
  if (!done) return failure(done.error());
  return success(json::object{{"jobId", id}}, 202);
}

// Twice is once, as of destinations. Also of a history that is not listed: its channel may be switched off just now.
Response hold(const Request& request, Context& context, Result<void> (source::Control::*what)(model::ChatId)) {
  const auto id = unescape(request.parameters[0]);
  const auto channel = channel_of_history(id);
  if (!channel) {
    const auto one = find_job(context, id);
    if (!one) return failure(one.error());
    const bool ends = (one->kind == "sync" || one->kind == "import") && one->state == "running";
    return failure(Error{Code::conflict, fmt::format("{} can be neither paused nor resumed: only a history can", id),
                         ends ? "Cancel it: what it found stays" : ""});
  }
  if (!context.parts.control) return failure(503, "unavailable", "no source here can fetch history");
  if (const auto done = (context.parts.control->*what)(*channel); !done) {
    const auto chat = context.store().chat(*channel);
    const bool unknown = done.error().code == Code::not_found && chat && !*chat;
    return failure(unknown ? no_such_channel(*channel) : done.error());
  }
  context.changed();
  return success(json::object{{"jobId", id}});
}

Response pause_job(const Request& request, Context& context) {
  observe::info("job_pause_asked", {{"job", unescape(request.parameters[0])}});
  return hold(request, context, &source::Control::pause_history);
}
Response resume_job(const Request& request, Context& context) {
  return hold(request, context, &source::Control::resume_history);
}

Response logs(const Request& request, Context& context) {
  (void)context;
  const Query query(request.query());
  const auto limit = query.number({"limit"}, 500, 1, 2'000);
  if (!limit) return failure(limit.error());
  const auto after = query.number({"after"}, 0, 0, INT64_MAX);
  if (!after) return failure(after.error());
  const auto filter = LogFilter::from(query, "info");
  if (!filter) return failure(filter.error());
  const bool follows = *after > 0;
  const auto [oldest, newest] = observe::kept_records();
  auto records = observe::recent_records(static_cast<std::uint64_t>(*after), filter->level, observe::kMostRecords);
  std::erase_if(records, [&](const auto& record) { return !filter->wants(record); });
  const auto total = records.size();
  const auto shown = std::min(total, static_cast<std::size_t>(*limit));
  // The newest ones for a page that opens, the next ones for one that follows.
  const auto first = records.begin() + static_cast<std::ptrdiff_t>(follows ? 0 : total - shown);
  json::array data;
  for (auto record = first; data.size() < shown; ++record) data.push_back(log_json(*record));
  json::object pagination{{"total", total}, {"limit", *limit}, {"hasMore", total > shown}};
  pagination["oldestId"] = oldest;
  pagination["newestId"] = newest;
  return list_answer(json::serialize(data), json::serialize(pagination));
}

}  // namespace

json::object log_json(const observe::Record& record) {
  json::object fields;
  for (const auto& field : record.fields) fields[field.name] = field.value;
  return {{"id", record.id},
          {"at", model::to_rfc3339(record.at)},
          {"level", observe::name_of(record.level)},
          {"event", record.event},
          {"fields", std::move(fields)}};
}

std::vector<Route> monitor_routes() {
  const auto probe = [](std::string_view pattern, auto handler, std::string_view operation, std::string_view summary) {
    return Route{.method = Method::get,
                 .pattern = pattern,
                 .access = Access::open,
                 .where = Where::now,
                 .handler = handler,
                 .operation = operation,
                 .tag = "health",
                 .summary = summary,
                 .schema = "=Health",
                 .probe = true};
  };
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
  auto metric = get("/metrics", metrics, "metrics", "Prometheus text format", "=Text");
  metric.type = "text/plain";
  metric.probe = true;
  auto series = get("/api/telegram-gateway/timeseries", timeseries, "timeseries", "Events by origin over the last day",
                    "TimeSeries");
  series.parameters = {{"minutes", "integer", "1 to 1440, 360 by default"}};
  auto log = get("/api/telegram-gateway/logs", logs, "logs", "The newest log records, oldest first", "[LogRecord]");
  log.parameters = {{"level", "string", "debug, info (default), warn, error: at least this"},
                    {"q", "string", "text that a line holds, in whatever case", "query", false, "search"},
                    {"field", "string", "NAME:VALUE that a record has, event:NAME too; repeated: all of them"},
                    {"after", "integer", "id of a record: only what came behind it"},
                    {"limit", "integer", "1 to 2000, 500 by default"}};
  auto one_job = get("/api/telegram-gateway/jobs/{id}", job, "job", "One piece of work", "Job");
  one_job.parameters = {{"id", "string", "the job", "path", true}};
  Route cancel{.method = Method::post,
               .pattern = "/api/telegram-gateway/jobs/{id}/cancel",
               .access = Access::admin,
               .where = Where::worker,
               .handler = cancel_job,
               .operation = "job_cancel",
               .tag = "monitor",
               .summary = "Ends a fetch or an import; what it found stays",
               .schema = "JobStarted",
               .parameters = one_job.parameters,
               .status = 202};
  const auto hold_route = [&](std::string_view pattern, auto handler, std::string_view operation,
                              std::string_view summary) {
    auto route = get(pattern, handler, operation, summary, "JobStarted");
    route.method = Method::post;
    route.access = Access::admin;
    route.parameters = one_job.parameters;
    return route;
  };
  return {
      std::move(cancel),
      hold_route("/api/telegram-gateway/jobs/{id}/pause", pause_job, "job_pause",
                 "A history stands still until it is resumed, also after a restart; everything newer goes on"),
      hold_route("/api/telegram-gateway/jobs/{id}/resume", resume_job, "job_resume",
                 "A history goes on where it stood"),
      probe("/health", health, "health", "200 healthy or degraded while something can be read or written, else 503"),
      probe("/health/live", live, "health_live", "503: restart it"),
      probe("/health/ready", ready, "health_ready", "503: send it no requests"),
      probe("/health/capture", capture, "health_capture", "503: nothing new is captured"),
      std::move(metric),
      std::move(series),
      get("/api/telegram-gateway/jobs", jobs, "jobs", "Imports and fetches of this run", "[Job]"),
      std::move(one_job),
      std::move(log),
  };
}

}  // namespace tg::api
