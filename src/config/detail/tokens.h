#pragma once
// Tokens: [[auth.tokens]] of the file, and the keys that the predecessor's environment variables hold.

#include <filesystem>
#include <map>
#include <string>

#include "config/detail/values.h"
#include "config/load.h"

namespace tg::config::detail {

struct TokenPlaces {
  std::filesystem::path beside;       // the configuration file's folder
  std::filesystem::path credentials;  // $CREDENTIALS_DIRECTORY of systemd; may be empty
  std::string file;                   // for messages
};

void read_tokens(const toml::node& node, const TokenPlaces& places, Loaded& loaded);

// Which variables hold a key, e.g. API_SECRET_TOKEN.
std::span<const std::string_view> key_variables();
void read_key_variables(const std::map<std::string, std::string>& environment, Loaded& loaded);

}  // namespace tg::config::detail
