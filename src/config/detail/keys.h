#pragma once
// The one table of keys. Reading, printing, the reference and the search for the nearest known key all walk it.

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"

namespace tg::config::detail {

// Where a key lives in a Config.
using Place = std::variant<bool*, std::int64_t*, double*, std::string*, std::vector<std::string>*, LogLevel*,
                           LogTarget*, std::vector<Token>*, std::vector<Webhook>*>;

// The largest whole number that JSON readers hold exactly is a little above.
inline constexpr double kUnbounded = 9.0e15;

struct Key {
  std::string_view name;  // "server.port"
  std::string_view unit;  // "bytes", "seconds"; empty for text and switches
  std::string_view effect;
  Place (*place)(Config&);
  double least = 0;  // numbers only
  double most = kUnbounded;
  std::string_view short_variable = {};                    // besides TELEGRAM_GATEWAY_SECTION__KEY
  std::string (*complaint)(const std::string&) = nullptr;  // text and each entry of a list: what is wrong with it
};

std::span<const Key> keys();
const Key* find_key(std::string_view name);

// TELEGRAM_GATEWAY_SERVER__PORT for server.port, TELEGRAM_GATEWAY_DATA_DIR for data_dir.
std::string variable_of(std::string_view key);

// The keys of one entry of auth.tokens, for unknown ones among them.
std::span<const std::string_view> token_keys();
// The same of webhooks.
std::span<const std::string_view> webhook_keys();
// What is wrong with the id of a chat; empty = nothing.
std::string chat_id_complaint(const std::string& text);

// The known key that is fewest edits away; a right leaf in the wrong section counts as near. Empty when none is near.
std::string nearest_key(std::string_view unknown);

}  // namespace tg::config::detail
