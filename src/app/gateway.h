#pragma once
// The parts of one gateway, put together from its configuration. Starts from the journal outwards and stops in the
// opposite order: sources first, so that nothing new arrives, then the API, then the writer, which commits what waits.
//
//   journal ─ intake ─ store ─ api ─ sources
//   ├────────────── destinations: database, cache, broker, webhooks
//   └────────────── upkeep: health, gauges, watchdog

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "config/load.h"
#include "model/result.h"

namespace tg::app {

inline constexpr std::string_view kVersion = TG_VERSION;

class Gateway {
 public:
  // Takes the journal's lock and listens; serves and captures after start(). The demo is refused (Code::conflict) where
  // messages are stored that it did not make.
  static Result<std::unique_ptr<Gateway>> open(const config::Loaded& loaded);
  ~Gateway();  // stops
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  void start();
  void stop();
  std::uint16_t port() const;

 private:
  struct Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Where the gateway that runs on this data folder listens, e.g. http://127.0.0.1:4010/; empty where none ever did. Left
// behind by one that was killed: ask journal::is_locked whether one runs.
std::string running_url(const std::filesystem::path& data_dir);

// Where a browser on this machine finds the dashboard.
std::string dashboard_url(std::string_view host, std::uint16_t port);

// Runs until SIGTERM or SIGINT; tells systemd when it is ready and that it lives. The process's exit code.
// on_started is called once, when it serves.
int run_until_stopped(const config::Loaded& loaded, const std::function<void(const Gateway&)>& on_started);

}  // namespace tg::app
