#include "api/view/predecessor.h"

#include <boost/json/parse.hpp>

#include "api/view/message_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::size_t kPreviewCharacters = 160;
constexpr std::int64_t kOverviewPreview = 20;

// Samples without labels, and the sum of those with.
json::object parsed_samples(std::string_view text) {
  json::object out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const auto space = line.rfind(' ');
    if (space == std::string_view::npos) continue;
    const auto name = line.substr(0, std::min(line.find('{'), space));
    if (name.ends_with("_bucket")) continue;
    const double value = std::strtod(std::string(line.substr(space + 1)).c_str(), nullptr);
    if (!std::isfinite(value)) continue;
    auto& sum = out[name];
    sum = (sum.is_double() ? sum.as_double() : 0.0) + value;
  }
  return out;
}

double sum_of(const json::object& samples, std::string_view name) {
  const auto* value = samples.if_contains(name);
  return value && value->is_double() ? value->as_double() : 0;
}

}  // namespace

double uptime_of(model::Time started) {
  return std::max(0.0, static_cast<double>(model::Time::now().us - started.us) / 1e6);
}

std::string_view connection_of(const Parts& parts) {
  for (const auto& source : parts.sources()) {
    if (source.captures && source.state.code == source::SourceState::Code::running) return "connected";
  }
  return "disconnected";
}

json::object health_of_gateway(const Parts& parts, model::Time started) {
  const auto now = model::Time::now();
  const auto answer = parts.health.health(now);
  json::object out = answer.body;
  out["telegram"] = connection_of(parts);
  out["uptime"] = std::floor(uptime_of(started));
  out["timestamp"] = model::to_rfc3339(now);
  json::value why = nullptr;
  for (const auto& dependency : parts.health.dependencies()) {
    if (dependency.state != observe::State::ok && why.is_null()) {
      why = dependency.name + (dependency.detail.empty() ? std::string{} : ": " + dependency.detail);
    }
  }
  out["error"] = std::move(why);
  return out;
}

json::object metrics_json(const Parts& parts) {
  auto raw = parts.metrics.to_prometheus_text();
  auto parsed = parsed_samples(raw);
  std::int64_t set_aside = 0;
  if (auto db = parts.journal.read()) {
    if (const auto count = (*db)->scalar("SELECT count(*) FROM quarantine")) set_aside = *count;
  }
  const auto totals = parts.intake.totals();
  json::object summary{{"connectionStatus", connection_of(parts) == "connected" ? 1 : 0},
                       {"messagesReceivedTotal", totals.created},
                       {"messagesPublishedTotal", sum_of(parsed, "telegram_gateway_acknowledged_total")},
                       {"publishFailuresTotal", set_aside},
                       {"retryAttemptsTotal", 0},
                       {"failureQueueSize", set_aside}};
  return {{"raw", std::move(raw)}, {"parsed", std::move(parsed)}, {"summary", std::move(summary)}};
}

Result<json::object> queue_json(const Parts& parts, std::int64_t limit) {
  auto db = parts.journal.read();
  if (!db) return db.error();
  auto& rows = (*db)->prepared(
      "SELECT peer, message, reason, payload, first_at, last_at FROM quarantine ORDER BY id DESC LIMIT ?1");
  rows.with(limit);
  json::array preview;
  model::Time updated;
  for (;;) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) break;
    const std::string payload(rows.text(3));
    const model::Time first{rows.integer(4)}, last{rows.integer(5)};
    updated = std::max(updated, last);
    json::object one;
    one["channelId"] = rows.integer(0) == 0 ? json::value(nullptr) : json::value(std::to_string(rows.integer(0)));
    one["messageId"] = rows.integer(1) == 0 ? json::value(nullptr) : json::value(rows.integer(1));
    std::string text = payload;
    if (const auto message = model::message_from_json(payload)) text = message->text;
    // What could not be read may be no UTF-8 either.
    for (auto& c : text) c = static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F ? ' ' : c;
    one["textPreview"] = shortened(text, kPreviewCharacters);
    one["failedAt"] = model::to_rfc3339(last);
    one["queuedAt"] = model::to_rfc3339(first);
    one["createdAt"] = model::to_rfc3339(first);
    one["parseError"] = std::string(rows.text(2));
    json::error_code ec;
    auto raw = json::parse(payload, ec);
    one["raw"] = ec ? json::value(nullptr) : std::move(raw);
    if (ec) one["textPreview"] = "";
    preview.push_back(std::move(one));
  }
  rows.reset();
  const auto total = (*db)->scalar("SELECT count(*) FROM quarantine");
  if (!total) return total.error();
  const auto bytes = (*db)->scalar("SELECT coalesce(sum(length(payload)), 0) FROM quarantine");
  if (!bytes) return bytes.error();
  json::object out{{"exists", *total > 0},  {"path", parts.journal.file().filename().string()},
                   {"sizeBytes", *bytes},   {"totalMessages", *total},
                   {"previewLimit", limit}, {"previewCount", preview.size()}};
  out["updatedAt"] = updated ? json::value(model::to_rfc3339(updated)) : json::value(nullptr);
  out["preview"] = std::move(preview);
  return out;
}

json::object session_json(const Parts&) {
  // Sources that sign in report their session through their own state; none of this build keeps a session file.
  return {{"exists", false}, {"path", nullptr}, {"sizeBytes", 0}, {"updatedAt", nullptr}, {"ageMs", nullptr}};
}

Result<json::object> summary_json(const Parts& parts, std::int64_t limit) {
  const auto counts = parts.store.by_status();
  if (!counts) return counts.error();
  json::array by_status;
  std::int64_t total = 0;
  for (const auto& [status, count] : *counts) {
    by_status.push_back(json::object{{"status", store::name_of(status)}, {"total", count}});
    if (status != store::Status::deleted) total += count;
  }
  store::PageQuery query;
  query.limit = static_cast<std::size_t>(limit);
  const auto page = parts.store.page(query);
  if (!page) return page.error();
  json::array recent;
  for (const auto& row : page->rows) recent.push_back(json::parse(message_json(row)));
  json::object pagination{{"total", total},
                          {"limit", limit},
                          {"offset", 0},
                          {"page", 1},
                          {"hasMore", page->has_more},
                          {"totalPages", limit > 0 ? (total + limit - 1) / limit : 0}};
  return json::object{{"total", total},
                      {"byStatus", std::move(by_status)},
                      {"recent", std::move(recent)},
                      {"pagination", std::move(pagination)}};
}

Result<json::object> predecessor_overview(const Parts& parts, const Options&, model::Time started) {
  json::object out;
  out["health"] = health_of_gateway(parts, started);
  auto metrics = metrics_json(parts);
  metrics.erase("raw");  // it has an address of its own
  out["metrics"] = std::move(metrics);
  auto queue = queue_json(parts, kOverviewPreview);
  if (!queue) return queue.error();
  out["queue"] = std::move(*queue);
  out["session"] = session_json(parts);
  auto messages = summary_json(parts, kOverviewPreview);
  if (!messages) return messages.error();
  out["messages"] = std::move(*messages);
  return out;
}

std::optional<json::object> newest_message(store::Store& store, model::ChatId peer) {
  store::PageQuery query;
  query.channels = {peer};
  query.limit = 1;
  const auto page = store.page(query);
  if (!page || page->rows.empty()) return std::nullopt;
  const auto& message = page->rows.front().message;
  json::object out{{"id", model::to_api_id(message.key)},
                   {"messageId", message.key.message.value},
                   {"text", shortened(covered(message), 120)}};
  if (message.media.type != model::MediaType::none) out["media"] = model::name_of(message.media.type);
  return out;
}

}  // namespace tg::api
