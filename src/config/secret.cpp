#include "config/secret.h"

#include <unistd.h>

#include <fstream>

#include "config/detail/file_mode.h"

namespace tg::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestSecret = 4'096;  // bytes

}  // namespace

fs::path secret_path(const std::string& name) {
  const char* credentials = std::getenv("CREDENTIALS_DIRECTORY");
  std::error_code ignored;
  if (credentials && fs::exists(fs::path(credentials) / name, ignored)) return fs::path(credentials) / name;
  return name;
}

Result<std::string> read_secret(const std::string& key, const std::string& name) {
  const auto path = secret_path(name);
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || access(path.c_str(), R_OK) != 0) {
    return Error{Code::not_found, fmt::format("{} names {}, which is no file that can be read", key, path.string()),
                 std::string(kUnreadSecret)};
  }
  if (detail::open_to_others(path, status.st_mode)) {
    return Error{Code::permission, fmt::format("{} can be read by others", path.string()),
                 fmt::format("Run: chmod 600 {}", path.string())};
  }
  std::ifstream in(path);
  std::string secret(kLongestSecret, '\0');
  in.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  secret.resize(static_cast<std::size_t>(in.gcount()));
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty()) {
    return Error{Code::invalid_input, fmt::format("{} is empty", path.string()),
                 fmt::format("Put the secret of {} into it", key)};
  }
  return secret;
}

}  // namespace tg::config
