#pragma once
// Who may read a file with a secret.

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

namespace tg::config::detail {

// A systemd credential has the mode 0440, an access list for the service's user alone, and a folder that no other user
// enters; anything else is for its owner.
inline bool open_to_others(const std::filesystem::path& file, mode_t mode) {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  const bool credential = credentials && *credentials && file.parent_path() == std::filesystem::path(credentials);
  return (mode & (credential ? S_IRWXO : S_IRWXG | S_IRWXO)) != 0;
}

}  // namespace tg::config::detail
