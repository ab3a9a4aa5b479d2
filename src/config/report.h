#pragma once
// Configuration as people and programs read it: `config check`, `config show`, `config reference` and the page
// docs/configuration.md. Secrets are never in it, at most their first four characters.

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "config/load.h"

namespace tg::config {

// Every error and warning with its fix, or that all is well.
std::string check_text(const Loaded& loaded);
boost::json::value check_json(const Loaded& loaded);  // {ok, file, fileRead, errors: [{what, fix}], warnings}

// Every key with its value and where it came from.
std::string show_text(const Loaded& loaded);
boost::json::value show_json(const Loaded& loaded);  // {file, fileRead, values: [{key, value, origin, unit, effect}]}

std::string reference_toml();      // a whole file, every key commented out at its default
std::string reference_markdown();  // docs/configuration.md

// The first four characters of a long secret, nothing of a short one.
std::string mask(std::string_view secret);

}  // namespace tg::config
