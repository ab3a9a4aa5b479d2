#pragma once
// One value in and out: from text (environment, flags) or TOML into its place, and back for people and programs.
// The setters return what is wrong with the value, or nothing; a bad value changes nothing.

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "config/detail/keys.h"

namespace toml {
inline namespace v3 {
class node;
}
}  // namespace toml

namespace tg::config::detail {

std::string set_from_text(const Key& key, Config& config, std::string_view text);
std::string set_from_toml(const Key& key, Config& config, const toml::node& node);

std::string to_toml(const Key& key, const Config& config);         // 4010, "127.0.0.1", ["a", "b"]
boost::json::value to_json(const Key& key, const Config& config);  // tokens: name, scopes, hint

std::string toml_string(std::string_view text);  // quoted and escaped

}  // namespace tg::config::detail
