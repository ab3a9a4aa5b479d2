#include "observe/health.h"

namespace tg::observe {
namespace {

constexpr std::string_view kService = "telegram-gateway";
constexpr std::string_view kTelegram = "telegram";  // name of the source that is Telegram itself

HealthAnswer answer(bool good, std::string_view good_word, std::string_view bad_word, model::Time now) {
  HealthAnswer made;
  made.status = good ? 200 : 503;
  made.body = {{"status", good ? good_word : bad_word}, {"service", kService}, {"timestamp", model::to_rfc3339(now)}};
  return made;
}

}  // namespace

void Health::set(std::string_view name, Role role, State state, std::string_view detail, model::Time now) {
  const std::lock_guard lock(mutex_);
  const auto [place, added] = dependencies_.try_emplace(std::string(name));
  Dependency& dependency = place->second;
  if (added || dependency.state != state) dependency.since = now;
  dependency.name = std::string(name);
  dependency.role = role;
  dependency.state = state;
  dependency.detail = std::string(detail);
}

void Health::forget(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = dependencies_.find(name); found != dependencies_.end()) dependencies_.erase(found);
}

void Health::expect_beats(std::string_view thread, std::chrono::seconds at_most_apart, model::Time now) {
  const std::lock_guard lock(mutex_);
  beats_.insert_or_assign(std::string(thread), Beat{now, at_most_apart});
}

void Health::beat(std::string_view thread, model::Time now) {
  const std::lock_guard lock(mutex_);
  if (const auto found = beats_.find(thread); found != beats_.end()) found->second.last = now;
}

void Health::retire(std::string_view thread) {
  const std::lock_guard lock(mutex_);
  if (const auto found = beats_.find(thread); found != beats_.end()) beats_.erase(found);
}

void Health::set_ready(bool ready) {
  const std::lock_guard lock(mutex_);
  ready_ = ready;
}

std::vector<Dependency> Health::dependencies() const {
  const std::lock_guard lock(mutex_);
  std::vector<Dependency> all;
  for (const auto& [name, dependency] : dependencies_) all.push_back(dependency);
  return all;
}

bool Health::any(Role role, bool up) const {
  return std::any_of(dependencies_.begin(), dependencies_.end(), [&](const auto& entry) {
    return entry.second.role == role && (entry.second.state != State::down) == up;
  });
}

bool Health::can_journal_locked() const { return any(Role::journal, true) && !any(Role::journal, false); }
bool Health::can_read_locked() const { return any(Role::store, true); }
bool Health::captures_locked() const {
  return can_journal_locked() && !any(Role::disk, false) && any(Role::source, true);
}

bool Health::can_journal() const {
  const std::lock_guard lock(mutex_);
  return can_journal_locked();
}

bool Health::can_read() const {
  const std::lock_guard lock(mutex_);
  return can_read_locked();
}

bool Health::captures() const {
  const std::lock_guard lock(mutex_);
  return captures_locked();
}

HealthAnswer Health::health(model::Time now) const {
  const std::lock_guard lock(mutex_);
  const bool able = can_read_locked() || can_journal_locked();
  const bool all_ok = std::all_of(dependencies_.begin(), dependencies_.end(),
                                  [](const auto& entry) { return entry.second.state == State::ok; });
  HealthAnswer made = answer(able, all_ok ? "healthy" : "degraded", "unhealthy", now);

  const auto telegram = dependencies_.find(kTelegram);
  const bool connected = telegram != dependencies_.end() && telegram->second.state != State::down;
  made.body["telegram"] = connected ? "connected" : "disconnected";
  made.body["uptime"] = std::max<std::int64_t>(0, (now.us - started_.us) / 1'000'000);
  boost::json::object details;
  for (const auto& [name, dependency] : dependencies_) {
    // One word a dependency beside the fields above, which keep their names; the rest one level down.
    if (!made.body.contains(name)) made.body[name] = name_of(dependency.state);
    details[name] = {{"state", name_of(dependency.state)},
                     {"detail", dependency.detail},
                     {"since", model::to_rfc3339(dependency.since)}};
  }
  made.body["dependencies"] = std::move(details);
  return made;
}

HealthAnswer Health::live(model::Time now) const {
  const std::lock_guard lock(mutex_);
  boost::json::array stopped;
  for (const auto& [thread, beat] : beats_) {
    if (now.us - beat.last.us > std::chrono::microseconds(beat.at_most_apart).count()) stopped.emplace_back(thread);
  }
  HealthAnswer made = answer(stopped.empty(), "live", "stalled", now);
  if (!stopped.empty()) made.body["stalled"] = std::move(stopped);
  return made;
}

HealthAnswer Health::ready(model::Time now) const {
  const std::lock_guard lock(mutex_);
  HealthAnswer made = answer(ready_ && can_read_locked(), "ready", "not ready", now);
  if (made.status != 200) made.body["reason"] = ready_ ? "the store cannot be read" : "starting or stopping";
  return made;
}

std::string Health::why_no_capture() const {
  bool source_known = false;
  for (const auto& [name, dependency] : dependencies_) {
    const bool gate = dependency.role == Role::journal || dependency.role == Role::disk;
    if (gate && dependency.state == State::down) return fmt::format("{}: {}", name, dependency.detail);
    source_known = source_known || dependency.role == Role::source;
  }
  if (!any(Role::journal, true)) return "the journal is not open";
  if (!source_known) return "no source is configured";
  std::string reasons;
  for (const auto& [name, dependency] : dependencies_) {
    if (dependency.role != Role::source) continue;
    reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", name, dependency.detail);
  }
  return reasons;
}

HealthAnswer Health::capture(model::Time now) const {
  const std::lock_guard lock(mutex_);
  HealthAnswer made = answer(captures_locked(), "capturing", "stopped", now);
  if (made.status != 200) made.body["reason"] = why_no_capture();
  return made;
}

std::string_view name_of(State state) {
  switch (state) {
    case State::ok: return "ok";
    case State::degraded: return "degraded";
    case State::down: return "down";
  }
  return "?";
}

}  // namespace tg::observe
