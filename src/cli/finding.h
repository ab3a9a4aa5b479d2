#pragma once
// One thing that doctor looked at.

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"

namespace tg::cli {

struct Finding {
  std::string what;
  bool good = true;
  std::string detail;  // where it is not good, with the fix
};

// PostgreSQL, PgBouncer, Redis, the Sentinels and RabbitMQ, those that the configuration uses, and the clock against
// theirs. Blocks for some seconds where one does not answer.
std::vector<Finding> check_servers(const config::Config& config);

// TDLib, and the accounts' sessions.
std::vector<Finding> check_telegram(const config::Config& config);

// Files of the data folder that others may read.
Finding check_modes(const std::string& folder);

// When the last backup was taken of which nothing failed.
Finding check_backup(const std::string& folder);

// Nothing where there is no journal to ask.
std::optional<Finding> check_holes(const std::string& folder);

// Whether the system's clock is set by a server; nothing where that cannot be asked.
std::optional<Finding> check_time_service();

}  // namespace tg::cli
