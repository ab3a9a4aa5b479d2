#pragma once
// What systemd is told of this service, as sd_notify(3): a line on how it is, and for its watchdog that it lives. The
// latter only while the loops that must come round do (health.live()): when one hangs, systemd ends the service and
// starts it again. Nothing happens where nobody asks ($NOTIFY_SOCKET, $WATCHDOG_USEC). For one thread.

#include <chrono>
#include <optional>
#include <string>

#include "observe/health.h"

namespace tg::app {

class Notifier {
 public:
  using Clock = std::chrono::steady_clock;

  Notifier();  // reads the watchdog's time

  // About once a second; `steady` is the same moment as `now` on a clock that nobody sets.
  void look(const observe::Health& health, model::Time now, Clock::time_point steady);

 private:
  std::chrono::microseconds every_{0};  // half of the watchdog's time; 0: it is off
  std::optional<Clock::time_point> told_;
  std::string status_;
};

// How the whole is, in one line: "degraded: redis down, telegram degraded".
std::string verdict(const observe::Health& health, model::Time now);

}  // namespace tg::app
