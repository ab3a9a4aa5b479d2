#include "config/report.h"

#include "config/detail/values.h"

namespace tg::config {
namespace {

constexpr std::size_t kLongSecret = 12;  // characters; four of fewer would tell too much
constexpr std::size_t kShown = 4;
constexpr std::size_t kCommentWidth = 116;

// Its default, [], would be refused beside an entry: TOML does not let a table follow a list.
constexpr std::string_view kTokenExample =
    "#[[auth.tokens]]\n"
    "#name = \"trader\"\n"
    "#scopes = [\"consume\"]\n"
    "#token_file = \"trader.token\"\n";
constexpr std::string_view kWebhookExample =
    "#[[webhooks]]\n"
    "#name = \"desk\"\n"
    "#url = \"https://desk.example.org/telegram\"\n"
    "#secret_file = \"desk.secret\"\n";

boost::json::array problems(const std::vector<Error>& list, boost::json::array array = {}) {
  for (const Error& error : list) array.push_back({{"what", error.what}, {"fix", error.fix}});
  return array;
}

std::string file_line(const Loaded& loaded) {
  return fmt::format("{}{}", loaded.file.string(), loaded.file_read ? "" : " (not read)");
}

std::string_view section_of(std::string_view key) {
  const std::size_t dot = key.find('.');
  return dot == std::string_view::npos ? "" : key.substr(0, dot);
}

std::string_view leaf_of(std::string_view key) { return key.substr(key.find('.') + 1); }

std::string wrapped_comment(std::string_view text) {
  std::string out, line;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find(' ', from), text.size());
    const std::string_view word = text.substr(from, end - from);
    if (!line.empty() && line.size() + 1 + word.size() > kCommentWidth) {
      out += "# " + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
    from = end + 1;
  }
  return out + "# " + line + "\n";
}

std::string human_bytes(std::int64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && bytes >= 1'024 && bytes % 1'024 == 0) {
    bytes /= 1'024;
    ++unit;
  }
  return fmt::format("{} {}", bytes, kUnits[unit]);
}

std::string reference_entry(const detail::Key& key) {
  std::string text = wrapped_comment(key.effect);
  Config defaults;
  const detail::Place place = key.place(defaults);
  std::string notes;
  if (!key.unit.empty()) notes += fmt::format("Unit: {}", key.unit);
  if (const auto* number = std::get_if<std::int64_t*>(&place); number && key.unit == "bytes") {
    notes += fmt::format(" ({})", human_bytes(**number));
  }
  const bool number = std::holds_alternative<std::int64_t*>(place) || std::holds_alternative<double*>(place);
  if (number) {
    notes += fmt::format("{}{}", notes.empty() ? "" : ", ",
                         key.most >= detail::kUnbounded ? fmt::format("at least {}", key.least)
                                                        : fmt::format("{} to {}", key.least, key.most));
  }
  if (!notes.empty()) text += "# " + notes + ".\n";
  if (key.name == "auth.tokens") return text + std::string(kTokenExample) + "\n";
  if (key.name == "webhooks") return text + std::string(kWebhookExample) + "\n";
  text += fmt::format("# Environment: {}{}{}\n", key.short_variable, key.short_variable.empty() ? "" : " or ",
                      detail::variable_of(key.name));
  text += fmt::format("#{} = {}\n\n", leaf_of(key.name), detail::to_toml(key, defaults));
  return text;
}

}  // namespace

std::string mask(std::string_view secret) {
  return secret.size() < kLongSecret ? "…" : std::string(secret.substr(0, kShown)) + "…";
}

std::string check_text(const Loaded& loaded) {
  std::string text;
  for (const Error& error : loaded.errors) text += "error: " + error.to_string() + "\n";
  for (const Error& warning : loaded.warnings) text += "warning: " + warning.to_string() + "\n";
  for (const Error& unread : loaded.unread_secrets) text += "warning: " + unread.to_string() + "\n";
  if (loaded.ok()) return text + fmt::format("ok: {}\n", file_line(loaded));
  return text +
         fmt::format("{} error{} in the configuration\n", loaded.errors.size(), loaded.errors.size() == 1 ? "" : "s");
}

boost::json::value check_json(const Loaded& loaded) {
  return {{"ok", loaded.ok()},
          {"file", loaded.file.string()},
          {"fileRead", loaded.file_read},
          {"errors", problems(loaded.errors)},
          {"warnings", problems(loaded.unread_secrets, problems(loaded.warnings))}};
}

std::string show_text(const Loaded& loaded) {
  std::string text = fmt::format("# {}\n", file_line(loaded));
  std::string_view section;
  for (const detail::Key& key : detail::keys()) {
    if (section_of(key.name) != section) {
      section = section_of(key.name);
      text += fmt::format("\n[{}]\n", section);
    }
    const std::string line = fmt::format("{} = {}", leaf_of(key.name), detail::to_toml(key, loaded.config));
    text += fmt::format("{:<48}  # {}\n", line, name_of(loaded.origin_of(std::string(key.name))));
  }
  return text;
}

boost::json::value show_json(const Loaded& loaded) {
  boost::json::array values;
  for (const detail::Key& key : detail::keys()) {
    values.push_back({{"key", key.name},
                      {"value", detail::to_json(key, loaded.config)},
                      {"origin", name_of(loaded.origin_of(std::string(key.name)))},
                      {"unit", key.unit},
                      {"effect", key.effect}});
  }
  return {{"file", loaded.file.string()}, {"fileRead", loaded.file_read}, {"values", std::move(values)}};
}

std::string reference_toml() {
  std::string text = "# Telegram Gateway: every key, commented out at its default.\n\n";
  std::string_view section;
  for (const detail::Key& key : detail::keys()) {
    if (section_of(key.name) != section) {
      section = section_of(key.name);
      text += fmt::format("[{}]\n", section);
    }
    text += reference_entry(key);
  }
  return text;
}

std::string reference_markdown() {
  return fmt::format(
      R"(# Configuration

<!-- Generated from src/config/detail/keys.cpp; a test compares. To write it anew: TG_UPDATE=1 build/debug/tests/unit/test_config -->

Later sources win: defaults, then the file, then the environment, then flags of the command line.

- **File** (TOML): `--config FILE`, else `$TELEGRAM_GATEWAY_CONFIG`, else `{0}`. Only the last may be absent.
- **Environment**: `TELEGRAM_GATEWAY_SECTION__KEY`, with the short forms named below. Lists are separated by commas; an
  empty variable counts as not set. `TELEGRAM_GATEWAY_API_KEY` and `API_SECRET_TOKEN` each add a token with all rights.
- **Secrets** are never in the file: a token is a file of its own, a systemd credential, or its SHA-256.

An unknown key is an error that names the nearest known one, and all errors are told at once:

```
telegram-gateway config check       # what is wrong, and what to do about it
telegram-gateway config show        # each value and where it came from, secrets masked
telegram-gateway config reference   # the file below
```

```toml
{1}```
)",
      kDefaultFile, reference_toml());
}

}  // namespace tg::config
