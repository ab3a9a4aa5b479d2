#include "app/notifier.h"

#include <systemd/sd-daemon.h>

namespace tg::app {

Notifier::Notifier() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) > 0) every_ = std::chrono::microseconds(usec / 2);
}

void Notifier::look(const observe::Health& health, model::Time now, Clock::time_point steady) {
  if (auto status = verdict(health, now); status != status_) {
    status_ = std::move(status);
    sd_notify(0, ("STATUS=" + status_).c_str());
  }
  if (every_.count() == 0 || (told_ && steady - *told_ < every_)) return;
  if (health.live(now).status != 200) return;
  told_ = steady;
  sd_notify(0, "WATCHDOG=1");
}

std::string verdict(const observe::Health& health, model::Time now) {
  const auto answer = health.health(now);
  const std::string_view status = answer.body.at("status").as_string();
  std::vector<std::string> faults;
  for (const auto& one : health.dependencies()) {
    if (one.state != observe::State::ok) faults.push_back(fmt::format("{} {}", one.name, observe::name_of(one.state)));
  }
  const auto live = health.live(now);
  if (const auto* stalled = live.body.if_contains("stalled")) {
    for (const auto& thread : stalled->as_array()) {
      faults.push_back(fmt::format("{} stalled", std::string_view(thread.as_string())));
    }
  }
  return faults.empty() ? std::string(status) : fmt::format("{}: {}", status, fmt::join(faults, ", "));
}

}  // namespace tg::app
