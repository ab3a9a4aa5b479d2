#pragma once
// Configuration from its sources, later ones winning: defaults, the TOML file, the environment, the command line.
// Everything that is wrong is found in one pass; nothing is thrown.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "model/result.h"

namespace tg::config {

inline constexpr const char* kDefaultFile = "/etc/telegram-gateway/telegram-gateway.toml";

enum class Origin : std::uint8_t { default_, file, environment, flag };

std::string_view name_of(Origin origin);  // "default", "file", "env", "flag"

struct Sources {
  // --config. Without it: $TELEGRAM_GATEWAY_CONFIG, else default_file. A file that was named must exist.
  std::optional<std::filesystem::path> file;
  std::map<std::string, std::string> environment;
  // Flags of the command line by key, e.g. {"server.port", "4011"}; written as in the environment.
  std::vector<std::pair<std::string, std::string>> flags;
  std::filesystem::path default_file = kDefaultFile;
};

// The sources of this process: its whole environment.
Sources process_sources(std::optional<std::filesystem::path> file = std::nullopt);

struct Loaded {
  Config config;                          // whole and usable only where errors is empty
  std::vector<Error> errors;              // each with its place and its fix
  std::vector<Error> warnings;            // it works, but look at it
  std::vector<Error> unread_secrets;      // errors for who serves; a command by hand has no credentials of systemd
  std::map<std::string, Origin> origins;  // key → where its value came from; absent = default
  std::filesystem::path file;             // the file that was looked for
  bool file_read = false;

  bool ok() const { return errors.empty(); }
  Origin origin_of(const std::string& key) const;
};

Loaded load(const Sources& sources);

}  // namespace tg::config
