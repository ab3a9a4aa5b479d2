// How the program itself is: its dependencies, what it costs, how fast it is, and what is left of its error budgets.
#include <filesystem>

#include "api/routes/common.h"
#include "observe/process.h"

namespace tg::api {
namespace json = boost::json;
namespace {

using observe::Vitals;

// What is promised; the same as in deploy's alerts.
constexpr double kCaptureGoal = 0.999, kLatencyGoal = 0.95;
constexpr double kStoredGoalS = 0.5, kPollGoalS = 0.015;

std::string_view name_of(observe::Role role) {
  switch (role) {
    case observe::Role::journal: return "journal";
    case observe::Role::disk: return "disk";
    case observe::Role::store: return "store";
    case observe::Role::source: return "source";
    case observe::Role::destination: return "destination";
  }
  return "destination";
}

json::value milliseconds(std::optional<double> seconds) {
  return seconds ? json::value(std::round(*seconds * 100'000) / 100) : json::value(nullptr);
}

json::object latency_json(const Vitals& vitals, const Vitals::Latency& latency) {
  return {{"count", latency.count()},
          {"p50Ms", milliseconds(vitals.quantile(latency, 0.5))},
          {"p95Ms", milliseconds(vitals.quantile(latency, 0.95))},
          {"p99Ms", milliseconds(vitals.quantile(latency, 0.99))}};
}

// left: 1 = nothing of what may go wrong was used, 0 or less = all of it; null where nothing was counted.
json::object objective(std::string_view name, double target, double good, double total) {
  json::object out{{"name", name}, {"target", target}, {"good", std::round(good)}, {"total", total}};
  out["left"] = total > 0 ? json::value(1 - (total - good) / ((1 - target) * total)) : json::value(nullptr);
  return out;
}

json::array dependencies_json(const observe::Health& health) {
  json::array list;
  for (const auto& one : health.dependencies()) {
    list.push_back(json::object{{"name", one.name},
                                {"role", name_of(one.role)},
                                {"state", observe::name_of(one.state)},
                                {"detail", one.detail},
                                {"since", model::to_rfc3339(one.since)}});
  }
  return list;
}

json::object journal_json(journal::Journal& journal) {
  json::object out{
      {"bytes", journal.bytes()}, {"headSeq", journal.head().value}, {"oldestSeq", journal.oldest().value}};
  auto db = journal.read();
  if (!db) return out;
  for (const auto& [name, seq] : {std::pair{"oldestAt", journal.oldest()}, {"newestAt", journal.head()}}) {
    const auto at =
        (*db)->scalar(fmt::format("SELECT coalesce(max(recorded_at), 0) FROM events WHERE seq = {}", seq.value));
    if (at && *at > 0) out[name] = model::to_rfc3339(model::Time{*at});
  }
  return out;
}

json::object point_json(const Vitals& vitals, const Vitals::Sample& sample) {
  return {{"at", model::to_rfc3339(sample.at)},
          {"cpu", std::round(sample.cpu * 10'000) / 10'000},
          {"residentBytes", sample.resident_bytes},
          {"captured", sample.looks > 0 ? static_cast<double>(sample.captured) / sample.looks : 0.0},
          {"storedP50Ms", milliseconds(vitals.quantile(sample.stored, 0.5))},
          {"storedP95Ms", milliseconds(vitals.quantile(sample.stored, 0.95))},
          {"storedP99Ms", milliseconds(vitals.quantile(sample.stored, 0.99))}};
}

Response system(const Request& request, Context& context) {
  const auto minutes = Query(request.query()).number({"minutes"}, 360, 1, 24 * 60);
  if (!minutes) return failure(minutes.error());
  const auto now = model::Time::now();
  const auto& vitals = context.vitals;
  const auto samples = vitals.since(model::Time{now.us - *minutes * 60'000'000});
  Vitals::Latency stored, commits, polls;
  double looks = 0, captured = 0;
  json::array points;
  for (const auto& sample : samples) {
    stored.add(sample.stored);
    commits.add(sample.commits);
    polls.add(sample.polls);
    looks += sample.looks;
    captured += sample.captured;
    points.push_back(point_json(vitals, sample));
  }
  json::object process{{"residentBytes", observe::resident_bytes().value_or(0)}};
  if (!samples.empty()) process["cpu"] = std::round(samples.back().cpu * 10'000) / 10'000;
  const auto hits = context.parts.metrics.memory_hits.Value();
  const auto asked = hits + context.parts.metrics.memory_misses.Value();
  if (asked > 0) process["memoryHitRatio"] = std::round(hits / asked * 1'000) / 1'000;
  std::error_code unknown;
  const auto disk = std::filesystem::space(context.journal().folder(), unknown);
  json::object data{
      {"version", context.options.version},
      {"startedAt", model::to_rfc3339(context.started)},
      {"uptimeSeconds", (now.us - context.started.us) / 1'000'000},
      {"minutes", *minutes},
      {"dependencies", dependencies_json(context.parts.health)},
      {"latency",
       {{"stored", latency_json(vitals, stored)},
        {"commit", latency_json(vitals, commits)},
        {"polls", latency_json(vitals, polls)}}},
      {"journal", journal_json(context.journal())},
      {"process", std::move(process)},
      {"objectives",
       json::array{
           objective("capture", kCaptureGoal, captured, looks),
           objective("stored", kLatencyGoal, vitals.within(stored, kStoredGoalS), static_cast<double>(stored.count())),
           objective("polls", kLatencyGoal, vitals.within(polls, kPollGoalS), static_cast<double>(polls.count()))}},
      {"points", std::move(points)}};
  if (!unknown) data["disk"] = json::object{{"freeBytes", disk.available}, {"totalBytes", disk.capacity}};
  auto response = success(std::move(data));
  response.validity = Context::valid_for(1'000);
  return response;
}

}  // namespace

std::vector<Route> system_routes() {
  return {{.method = Method::get,
           .pattern = "/api/telegram-gateway/system",
           .access = Access::read,
           .where = Where::worker,
           .handler = system,
           .operation = "system",
           .tag = "monitor",
           .summary = "The program itself: dependencies, latency, cost, journal, and what is left of its error budgets",
           .schema = "System",
           .parameters = {
               {"minutes", "integer", "how far latency, budgets and points go back: 1 to 1440, 360 by default"}}}};
}

}  // namespace tg::api
