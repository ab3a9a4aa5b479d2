#pragma once
// Secrets stand in files of their own, never in the configuration, on a command line or in a log.

#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.h"

namespace tg::config {

// Where it stands: the systemd credential of that name where there is one, else the path as it is.
std::filesystem::path secret_path(const std::string& name);

// What to do about a file that cannot be read.
inline constexpr std::string_view kUnreadSecret =
    "Create it with mode 0600 for the user that runs the gateway; a credential of systemd is there for its service "
    "alone";

// From a file of mode 0600, or from the systemd credential of that name; `key` is what names it, for errors.
Result<std::string> read_secret(const std::string& key, const std::string& name);

}  // namespace tg::config
