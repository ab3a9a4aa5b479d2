#include "config/load.h"

#include <unistd.h>

#include <toml++/toml.h>

#include "config/detail/tokens.h"
#include "config/detail/webhooks.h"
#include "config/nearest.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace tg::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "TELEGRAM_GATEWAY_";

void add(std::vector<Error>& list, std::string what, std::string fix) {
  list.push_back({Code::invalid_input, std::move(what), std::move(fix)});
}

// What may be written instead, for a value that was refused.
std::string example_of(const detail::Key& key) {
  return fmt::format("The default is {} = {}", key.name, detail::to_toml(key, Config{}));
}

constexpr std::string_view kSeeAll = "`telegram-gateway config reference` lists them all";

std::string nearest_key_or_all(std::string_view unknown) {
  const std::string nearest = detail::nearest_key(unknown);
  return nearest.empty() ? std::string(kSeeAll) : fmt::format("The nearest known key is {}", nearest);
}

class FileReader {
 public:
  FileReader(Loaded& loaded, detail::FilePlaces places) : loaded_(loaded), places_(std::move(places)) {}

  void read(const fs::path& path) {
    try {
      const toml::table root = toml::parse_file(path.string());
      loaded_.file_read = true;
      walk(root, "");
    } catch (const toml::parse_error& error) {
      add(loaded_.errors,
          fmt::format("{}, line {}, column {}: {}", path.string(), error.source().begin.line,
                      error.source().begin.column, error.description()),
          "Mend the line; `telegram-gateway config reference` prints a whole file to start from");
    }
  }

 private:
  void walk(const toml::table& table, const std::string& section) {
    for (const auto& [name, node] : table) {
      const std::string key = section.empty() ? std::string(name.str()) : section + "." + std::string(name.str());
      if (const detail::Key* known = detail::find_key(key)) {
        take(*known, node);
      } else if (const toml::table* inner = node.as_table(); inner && (is_section(key) || !inner->empty())) {
        walk(*inner, key);
      } else {
        add(loaded_.errors, fmt::format("unknown key {} ({}, line {})", key, places_.file, node.source().begin.line),
            nearest_key_or_all(key));
      }
    }
  }

  void take(const detail::Key& key, const toml::node& node) {
    if (key.name == "auth.tokens") {
      detail::read_tokens(node, places_, loaded_);
      if (!loaded_.config.auth.tokens.empty()) loaded_.origins["auth.tokens"] = Origin::file;
      return;
    }
    if (key.name == "webhooks") {
      detail::read_webhooks(node, places_, loaded_);
      if (!loaded_.config.webhooks.empty()) loaded_.origins["webhooks"] = Origin::file;
      return;
    }
    const std::string wrong = detail::set_from_toml(key, loaded_.config, node);
    if (wrong.empty()) {
      loaded_.origins[std::string(key.name)] = Origin::file;
    } else {
      add(loaded_.errors, fmt::format("{} ({}, line {}) {}", key.name, places_.file, node.source().begin.line, wrong),
          example_of(key));
    }
  }

  static bool is_section(const std::string& name) {
    const auto keys = detail::keys();
    return std::any_of(keys.begin(), keys.end(),
                       [&](const detail::Key& key) { return key.name.starts_with(name + "."); });
  }

  Loaded& loaded_;
  detail::FilePlaces places_;
};

void take_text(Loaded& loaded, const detail::Key& key, std::string_view text, Origin origin, std::string_view place) {
  const std::string wrong = detail::set_from_text(key, loaded.config, text);
  if (wrong.empty()) {
    loaded.origins[std::string(key.name)] = origin;
  } else {
    add(loaded.errors, fmt::format("{} ({}) {}", key.name, place, wrong), example_of(key));
  }
}

// The prefix that all have in common makes none of them near.
std::string nearest_variable(std::string_view variable) {
  std::vector<std::string> names{"TELEGRAM_GATEWAY_CONFIG"};
  for (const detail::Key& key : detail::keys()) {
    names.push_back(detail::variable_of(key.name));
    if (!key.short_variable.empty()) names.emplace_back(key.short_variable);
  }
  for (const std::string_view name : detail::key_variables()) names.emplace_back(name);
  std::vector<std::string_view> views;
  views.reserve(names.size());
  for (const std::string_view name : names) {
    views.push_back(name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name);
  }
  const std::string nearest = nearest_of(variable.substr(kPrefix.size()), views);
  if (nearest.empty()) return "";
  return names[static_cast<std::size_t>(std::find(views.begin(), views.end(), nearest) - views.begin())];
}

void read_environment(const std::map<std::string, std::string>& environment, Loaded& loaded) {
  std::set<std::string, std::less<>> known{"TELEGRAM_GATEWAY_CONFIG"};
  for (const std::string_view name : detail::key_variables()) known.emplace(name);
  // Short forms first: the long one says it more exactly and wins.
  for (const bool short_form : {true, false}) {
    for (const detail::Key& key : detail::keys()) {
      const std::string variable = short_form ? std::string(key.short_variable) : detail::variable_of(key.name);
      if (variable.empty()) continue;
      known.insert(variable);
      const auto found = environment.find(variable);
      // Compose files and unit files set what they do not know to the empty string.
      if (found == environment.end() || found->second.empty()) continue;
      take_text(loaded, key, found->second, Origin::environment, variable);
    }
  }
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(kPrefix) || known.contains(variable)) continue;
    const std::string nearest = nearest_variable(variable);
    const std::string fix = nearest.empty() ? std::string(kSeeAll) : "The nearest known one is " + nearest;
    // Without a section it may belong to another program of the same family, so it stops nothing.
    const bool meant_for_us = variable.find("__") != std::string::npos;
    add(meant_for_us ? loaded.errors : loaded.warnings, fmt::format("unknown environment variable {}", variable), fix);
  }
  detail::read_key_variables(environment, loaded);
}

void read_flags(const std::vector<std::pair<std::string, std::string>>& flags, Loaded& loaded) {
  for (const auto& [name, value] : flags) {
    if (const detail::Key* key = detail::find_key(name)) {
      take_text(loaded, *key, value, Origin::flag, "command line");
    } else {
      add(loaded.errors, fmt::format("unknown key {} (command line)", name), nearest_key_or_all(name));
    }
  }
}

// What follows from other values where nothing was said.
void derive(Loaded& loaded) {
  Config& config = loaded.config;
  if (config.media.folder.empty()) config.media.folder = (fs::path(config.data_dir) / "media").string();
  const bool hybrid = config.profile == "hybrid";
  const auto follows_profile = [&](const char* key, bool& enabled) {
    if (!loaded.origins.contains(key)) enabled = hybrid;
  };
  follows_profile("postgres.enabled", config.postgres.enabled);
  follows_profile("redis.enabled", config.redis.enabled);
  follows_profile("rabbitmq.enabled", config.rabbitmq.enabled);
  const bool own_tokens = std::any_of(config.auth.tokens.begin(), config.auth.tokens.end(), [](const Token& token) {
    const auto variables = detail::key_variables();
    return std::find(variables.begin(), variables.end(), token.origin) == variables.end();
  });
  if (own_tokens && !loaded.origins.contains("auth.require_token")) config.auth.require_token = true;
}

void check_whole(Loaded& loaded) {
  const Config& config = loaded.config;
  const bool loopback = is_loopback(config.server.host);
  std::set<std::string> names;
  for (const Token& token : config.auth.tokens) {
    if (!names.insert(token.name).second) {
      add(loaded.errors, fmt::format("auth.tokens has two entries with the name {}", token.name),
          "Names tell tokens apart in logs and metrics: choose another");
    }
  }
  std::set<std::string> webhooks;
  for (const Webhook& webhook : config.webhooks) {
    if (!webhooks.insert(webhook.name).second) {
      add(loaded.errors, fmt::format("webhooks has two entries with the name {}", webhook.name),
          "How far each has got is kept under its name: choose another");
    }
  }
  if (config.auth.require_token && config.auth.tokens.empty()) {
    add(loaded.errors, "auth.require_token is true, but there is no token: nobody could call",
        "Add [[auth.tokens]] or set TELEGRAM_GATEWAY_API_KEY");
  }
  if (!loopback && config.auth.tokens.empty()) {
    add(loaded.errors,
        fmt::format("server.host = {} lets others in, but no token is configured",
                    detail::toml_string(config.server.host)),
        "Add [[auth.tokens]] with name, scopes and token_file, or listen on 127.0.0.1");
  } else if (!loopback && !config.auth.require_token) {
    add(loaded.warnings, fmt::format("the API on {} is open: tokens are accepted but not required", config.server.host),
        "Set auth.require_token = true");
  }
  if (config.store == "postgres" && !config.postgres.enabled) {
    add(loaded.errors, "store = \"postgres\", but nothing is written there: postgres.enabled is false",
        "Set postgres.enabled = true, or store = \"local\"");
  }
  if (config.server.max_connections_per_address > config.server.max_connections) {
    add(loaded.errors, "server.max_connections_per_address is larger than server.max_connections",
        "Lower the first or raise the second");
  }
}

}  // namespace

std::string_view name_of(Origin origin) {
  switch (origin) {
    case Origin::default_: return "default";
    case Origin::file: return "file";
    case Origin::environment: return "env";
    case Origin::flag: return "flag";
  }
  return "?";
}

Origin Loaded::origin_of(const std::string& key) const {
  const auto found = origins.find(key);
  return found == origins.end() ? Origin::default_ : found->second;
}

Sources process_sources(std::optional<fs::path> file) {
  Sources sources;
  sources.file = std::move(file);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view pair(*entry);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    sources.environment.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return sources;
}

Loaded load(const Sources& sources) {
  Loaded loaded;
  const auto variable = [&](const char* name) -> std::string {
    const auto found = sources.environment.find(name);
    return found == sources.environment.end() ? "" : found->second;
  };
  bool named = true;
  if (sources.file) {
    loaded.file = *sources.file;
  } else if (const std::string from_environment = variable("TELEGRAM_GATEWAY_CONFIG"); !from_environment.empty()) {
    loaded.file = from_environment;
  } else {
    loaded.file = sources.default_file;
    named = false;
  }

  std::error_code problem;
  const fs::file_status status = fs::status(loaded.file, problem);
  if (fs::is_regular_file(status)) {
    detail::FilePlaces places{loaded.file.parent_path(), variable("CREDENTIALS_DIRECTORY"), loaded.file.string()};
    FileReader(loaded, std::move(places)).read(loaded.file);
  } else if (status.type() != fs::file_type::not_found) {
    add(loaded.errors, fmt::format("{} is no file that can be read", loaded.file.string()),
        "Name a TOML file that the gateway's user may read");
  } else if (named) {
    add(loaded.errors, fmt::format("configuration file {} does not exist", loaded.file.string()),
        fmt::format("Create it: telegram-gateway config reference > {}", loaded.file.string()));
  }

  read_environment(sources.environment, loaded);
  read_flags(sources.flags, loaded);
  derive(loaded);
  check_whole(loaded);
  return loaded;
}

}  // namespace tg::config
