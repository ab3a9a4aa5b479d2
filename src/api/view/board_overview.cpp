// What the overview says, from what Board::read() found.
#include "api/view/auth_view.h"
#include "api/view/board.h"
#include "api/view/channel_view.h"

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::int64_t kDayUs = 24LL * 3'600 * 1'000'000;
constexpr int kMinutes = 360;
constexpr std::string_view kWithAccounts = "telegram";  // the source whose accounts stand for it
constexpr std::size_t kMostAttention = 50;

}  // namespace

json::object Board::capture_of(const Input& input) const {
  json::object out;
  const NamedSource* best = nullptr;
  const auto rank = [](source::SourceState::Code code) {
    switch (code) {
      case source::SourceState::Code::running: return 3;
      case source::SourceState::Code::signed_out: return 2;
      case source::SourceState::Code::failed: return 1;
      case source::SourceState::Code::stopped: return 0;
    }
    return 0;
  };
  for (const auto& source : input.sources) {
    if (source.captures && (!best || rank(source.state.code) > rank(best->state.code))) best = &source;
  }
  if (!best) {
    out["state"] = "none";
    return out;
  }
  const auto code = best->state.code;
  out["state"] = code == source::SourceState::Code::running      ? "running"
                 : code == source::SourceState::Code::signed_out ? "signed_out"
                                                                 : "stopped";
  if (best->state.since) out["since"] = model::to_rfc3339(best->state.since);
  out["source"] = best->name;
  if (!best->state.reason.empty()) out["reason"] = best->state.reason;
  return out;
}

json::object Board::totals_of(const Input& input) const {
  journal::ChatCoverage sum;
  std::int64_t promised = 0;
  for (const auto& [peer, one] : input.coverage) {
    if (!one.start) continue;
    ++promised;
    sum.expected += one.expected;
    sum.accounted += one.accounted;
    sum.stored += one.stored;
    sum.empty += one.empty;
    sum.deleted += one.deleted;
    sum.missing += one.missing;
    sum.accepted_lost += one.accepted_lost;
    sum.unknown += one.unknown;
    // The whole was proven when its last part was.
    if (promised == 1 || one.proven_at < sum.proven_at) sum.proven_at = one.proven_at;
  }
  auto out = counts_json(sum);
  out["channels"] = promised;
  std::int64_t messages = 0;
  for (const auto& chat : input.chats) messages += chat.total;
  out["archived"] = json::object{{"channels", input.chats.size()}, {"messages", messages}};
  return out;
}

json::object Board::verdict_of(const Input& input, const json::object& totals, std::string_view capture) const {
  const auto missing = totals.at("missing").to_number<std::int64_t>();
  const auto lost = totals.at("acceptedLost").to_number<std::int64_t>();
  const auto promised = totals.at("channels").to_number<std::int64_t>();
  model::Time oldest_hole, oldest_proof, oldest_private;
  bool unproven = false;
  for (const auto& [peer, one] : input.coverage) {
    if (!one.start) continue;
    const auto chat = std::find_if(input.chats.begin(), input.chats.end(),
                                   [peer = peer](const store::Chat& c) { return c.peer == peer; });
    const bool given_up = chat != input.chats.end() && !chat->active;
    if (one.no_access && !given_up && (!oldest_private || one.no_access->since < oldest_private)) {
      oldest_private = one.no_access->since;
    }
    for (const auto& hole : one.open_holes) {
      if (!oldest_hole || hole.opened_at < oldest_hole) oldest_hole = hole.opened_at;
    }
    if (one.newest < one.start) continue;
    if (!one.proven_at)
      unproven = true;
    else if (!oldest_proof || one.proven_at < oldest_proof)
      oldest_proof = one.proven_at;
  }
  json::object out;
  std::string_view code = "complete";
  if (capture == "signed_out")
    code = "sign_in";
  else if (input.chats.empty())
    code = "empty";
  else if (capture == "stopped")
    code = "stopped";
  else if (promised == 0)
    code = "archive";  // what was only ever imported promises nothing
  else if (oldest_private)
    code = "private";  // whatever was posted since then is missing, and nobody knows how much
  else if (missing > 0)
    code = "hole";
  else if (unproven || oldest_proof < stale_before(input.now))
    code = "stale";
  out["code"] = code;
  out["missing"] = missing;
  out["lost"] = lost;
  out["channels"] = promised;
  if (code == "private") out["since"] = model::to_rfc3339(oldest_private);
  if (oldest_hole && code == "hole") out["since"] = model::to_rfc3339(oldest_hole);
  if (oldest_proof && !unproven && code == "stale") out["since"] = model::to_rfc3339(oldest_proof);
  if (code == "stopped" || code == "sign_in") {
    const auto state = capture_of(input);
    if (const auto* since = state.if_contains("since")) out["since"] = *since;
  }
  if (oldest_proof && !unproven) out["provenAt"] = model::to_rfc3339(oldest_proof);
  return out;
}

json::object Board::figures_of(const Input& input) const {
  auto& metrics = parts_.metrics;
  json::object out;
  std::uint64_t recent = 0;
  std::int64_t seconds = 0;
  auto points = parts_.series.since(model::Time{input.now.us - 60'000'000}, input.now, 1'000);
  if (points.size() > 1) points.pop_back();  // still growing
  for (const auto& point : points) {
    recent += point.events[0] + point.events[1];
    seconds += point.length_s;
  }
  out["messagesPerMinute"] =
      seconds > 0 ? std::round(static_cast<double>(recent) * 600 / static_cast<double>(seconds)) / 10 : 0.0;
  const auto hour = static_cast<std::size_t>(input.now.us / 3'600'000'000 % 24);
  std::int64_t today = 0;
  for (const auto& [peer, hours] : input.last_day) {
    for (std::size_t i = 23 - std::min<std::size_t>(hour, 23); i < 24; ++i) today += hours[i];
  }
  out["messagesToday"] = today;
  if (const auto p95 = observe::quantile(metrics.stored_seconds, 0.95))
    out["storedP95Ms"] = std::round(*p95 * 10'000) / 10;
  if (const auto p95 = observe::quantile(metrics.request_seconds("unprocessed"), 0.95)) {
    out["pollsP95Ms"] = std::round(*p95 * 10'000) / 10;
  }
  const auto hits = metrics.memory_hits.Value();
  const auto all = hits + metrics.memory_misses.Value();
  if (all > 0) out["memoryHitRatio"] = std::round(hits / all * 1'000) / 1'000;
  const auto slowest =
      std::max_element(input.destinations.begin(), input.destinations.end(), [](const auto& a, const auto& b) {
        return std::tie(a.behind_seconds, a.behind_events) < std::tie(b.behind_seconds, b.behind_events);
      });
  if (slowest != input.destinations.end()) {
    out["slowest"] = json::object{
        {"name", slowest->name}, {"behindEvents", slowest->behind_events}, {"behindSeconds", slowest->behind_seconds}};
  }
  // In steps of 64 MiB: what changes with every byte would make every overview a new one.
  constexpr std::int64_t kStep = 64LL << 20;
  out["disk"] = json::object{{"freeBytes", parts_.journal.disk_free() / kStep * kStep}};
  return out;
}

void Board::add_late_and_silent(const Input& input, json::array& out) const {
  const auto add = [&](std::string_view code, const store::Chat& chat, model::Time since) -> json::object& {
    out.push_back(json::object{{"code", code},
                               {"channelId", std::to_string(chat.peer.value)},
                               {"title", chat.title.empty() ? chat.label : chat.title},
                               {"since", model::to_rfc3339(since)}});
    return out.back().as_object();
  };
  for (const auto& chat : input.chats) {
    if (out.size() >= kMostAttention) return;
    const auto lag = input.lags.find(chat.peer);
    if (lag == input.lags.end() || lag->second.seconds <= options_.lag_alarm.count()) continue;
    add("late", chat, lag->second.at)["count"] = lag->second.seconds;
  }
  for (const auto& chat : input.chats) {
    if (out.size() >= kMostAttention) return;
    const auto silence = input.silences.find(chat.peer);
    if (silence != input.silences.end()) add("silent", chat, silence->second.since);
  }
}

json::array Board::attention_of(const Input& input, std::string_view capture) const {
  json::array out;
  if (capture == "stopped" || capture == "signed_out") {
    json::object one{{"code", "capture_stopped"}};
    const auto state = capture_of(input);
    if (const auto* since = state.if_contains("since")) one["since"] = *since;
    if (const auto* reason = state.if_contains("reason")) one["detail"] = *reason;
    out.push_back(std::move(one));
  }
  if (const auto room = parts_.journal.room(); !room) {
    out.push_back(json::object{{"code", "disk_low"}, {"detail", room.error().to_string()}});
  }
  for (const auto& chat : input.chats) {
    const auto found = input.coverage.find(chat.peer);
    if (found == input.coverage.end() || out.size() >= kMostAttention) continue;
    const auto& lost = found->second.no_access;
    const bool is_private = lost && chat.active;
    if (!is_private && found->second.missing == 0) continue;
    json::object one{{"code", is_private ? "private" : "hole"},
                     {"channelId", std::to_string(chat.peer.value)},
                     {"title", chat.title.empty() ? chat.label : chat.title},
                     {"count", found->second.missing}};
    if (is_private) {
      one["since"] = model::to_rfc3339(lost->since);
      one["detail"] = lost->reason;
    } else if (!found->second.open_holes.empty()) {
      one["since"] = model::to_rfc3339(found->second.open_holes.front().opened_at);
      one["detail"] = found->second.open_holes.front().cause;
    }
    out.push_back(std::move(one));
  }
  add_late_and_silent(input, out);
  for (const auto& destination : input.destinations) {
    if ((destination.state == "ok" || destination.state == "off") && destination.last_error.empty()) continue;
    json::object one{
        {"code", "destination_late"}, {"destination", destination.name}, {"count", destination.behind_events}};
    if (!destination.last_error.empty()) one["detail"] = destination.last_error;
    out.push_back(std::move(one));
  }
  if (input.quarantined > 0) out.push_back(json::object{{"code", "set_aside"}, {"count", input.quarantined}});
  return out;
}

json::object Board::charts_of(const Input& input) const {
  json::array days;
  const auto today = input.now.us / kDayUs * kDayUs;
  // Days are shown for channels of which completeness is promised, and proven as far as the oldest of their proofs.
  model::Time begin = input.now, proven_at = input.now;
  bool promised = false;
  for (const auto& chat : input.chats) {
    const auto found = input.coverage.find(chat.peer);
    if (found == input.coverage.end() || !found->second.start) continue;
    promised = true;
    if (chat.created_at) begin = std::min(begin, chat.created_at);
    if (found->second.newest >= found->second.start) proven_at = std::min(proven_at, found->second.proven_at);
  }
  for (std::size_t i = 0; i < input.holes.size(); ++i) {
    const model::Time day{today - static_cast<std::int64_t>(input.holes.size() - 1 - i) * kDayUs};
    const auto& holes = input.holes[i];
    const bool before = !promised || day.us + kDayUs <= begin.us;
    const std::string_view state = holes.open > 0 ? "hole" : before ? "none" : day > proven_at ? "unknown" : "proven";
    days.push_back(json::object{{"date", model::to_rfc3339(day).substr(0, 10)},
                                {"state", state},
                                {"closed", holes.opened_and_closed},
                                {"open", holes.open}});
  }
  json::array minutes;
  // Whole minutes only: the chart of a quiet minute does not change with every second.
  const model::Time minute{input.now.us / 60'000'000 * 60'000'000};
  for (const auto& point :
       parts_.series.since(model::Time{minute.us - kMinutes * 60'000'000LL}, minute, kMinutes + 1)) {
    if (point.at >= minute) break;  // has just begun
    minutes.push_back(json::object{{"at", model::to_rfc3339(point.at)},
                                   {"live", point.events[0]},
                                   {"catchup", point.events[1]},
                                   {"other", point.events[2] + point.events[3]}});
  }
  return {{"days", std::move(days)}, {"perMinute", std::move(minutes)}};
}

json::object Board::core_of(const Input& input, Snapshot& snapshot) const {
  json::object out;
  out["version"] = options_.version;
  auto capture = capture_of(input);
  snapshot.capture = std::string(capture.at("state").as_string());
  auto totals = totals_of(input);
  snapshot.missing = totals.at("missing").to_number<std::int64_t>();
  snapshot.channels = static_cast<std::int64_t>(input.chats.size());
  for (const auto& chat : input.chats) snapshot.messages += chat.total;
  for (const auto& [peer, one] : input.coverage) snapshot.proven_at = std::max(snapshot.proven_at, one.proven_at);
  out["verdict"] = verdict_of(input, totals, snapshot.capture);
  out["completeness"] = std::move(totals);
  out["figures"] = figures_of(input);
  out["attention"] = attention_of(input, snapshot.capture);
  json::array destinations, accounts;
  for (const auto& destination : input.destinations) destinations.push_back(destination_json(destination));
  if (parts_.control) accounts = account_cards(parts_.control->accounts());
  for (const auto& source : input.sources) {
    if (source.name == kWithAccounts && parts_.control) continue;
    std::string_view state = "stopped";
    if (source.state.code == source::SourceState::Code::running) state = "running";
    if (source.state.code == source::SourceState::Code::signed_out) state = "signed_out";
    if (source.state.code == source::SourceState::Code::failed) state = "failed";
    json::object account{{"name", source.name}, {"kind", source.kind}, {"state", state}};
    if (source.state.since) account["since"] = model::to_rfc3339(source.state.since);
    accounts.push_back(std::move(account));
  }
  out["capture"] = std::move(capture);
  const auto jobs = jobs_();
  out["jobsRunning"] = std::count_if(jobs.begin(), jobs.end(), [](const Job& job) { return job.state == "running"; });
  out["destinations"] = std::move(destinations);
  out["accounts"] = std::move(accounts);
  return out;
}

}  // namespace tg::api
