#pragma once
// Tokens: [[auth.tokens]] of the file, and the keys that the predecessor's environment variables hold.

#include <map>
#include <string>

#include "config/detail/entry.h"
#include "config/detail/values.h"

namespace tg::config::detail {

void read_tokens(const toml::node& node, const FilePlaces& places, Loaded& loaded);

// Which variables hold a key, e.g. API_SECRET_TOKEN.
std::span<const std::string_view> key_variables();
void read_key_variables(const std::map<std::string, std::string>& environment, Loaded& loaded);

}  // namespace tg::config::detail
