#include "config/detail/values.h"

#include <toml++/toml.h>
#include <charconv>
#include <cmath>

namespace tg::config::detail {
namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

constexpr std::array kLevels{LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error};
constexpr std::array kTargets{LogTarget::automatic, LogTarget::console, LogTarget::journald};

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string bounds_complaint(const Key& key, double value) {
  if (value >= key.least && value <= key.most) return "";
  if (key.most >= kUnbounded) return fmt::format("is {} but must be at least {}", value, key.least);
  return fmt::format("is {} but must be from {} to {}", value, key.least, key.most);
}

std::string set_number(const Key& key, std::int64_t& place, std::int64_t value) {
  std::string wrong = bounds_complaint(key, static_cast<double>(value));
  if (wrong.empty()) place = value;
  return wrong;
}

std::string set_number(const Key& key, double& place, double value) {
  if (!std::isfinite(value)) return "is no number";
  std::string wrong = bounds_complaint(key, value);
  if (wrong.empty()) place = value;
  return wrong;
}

std::string set_string(const Key& key, std::string& place, std::string value) {
  std::string wrong = key.complaint ? key.complaint(value) : "";
  if (wrong.empty()) place = std::move(value);
  return wrong;
}

std::string set_list(const Key& key, std::vector<std::string>& place, std::vector<std::string> values) {
  for (const std::string& value : values) {
    const std::string wrong = key.complaint ? key.complaint(value) : "";
    if (!wrong.empty()) return fmt::format("has the entry \"{}\", which {}", value, wrong);
  }
  place = std::move(values);
  return "";
}

template <class Enum, std::size_t N>
std::string set_choice(Enum& place, std::string_view text, const std::array<Enum, N>& choices) {
  std::string names;
  for (const Enum choice : choices) {
    if (name_of(choice) == text) {
      place = choice;
      return "";
    }
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(choice));
  }
  return fmt::format("is \"{}\" but must be one of {}", text, names);
}

std::optional<bool> parse_switch(std::string_view text) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "0" || text == "no" || text == "off") return false;
  return std::nullopt;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string quoted_list(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + toml_string(value);
  return "[" + text + "]";
}

boost::json::array token_list(const std::vector<Token>& tokens) {
  boost::json::array list;
  for (const Token& token : tokens) {
    boost::json::array scopes;
    for (const Scope scope : token.scopes) scopes.emplace_back(name_of(scope));
    list.push_back({{"name", token.name}, {"scopes", scopes}, {"hint", token.hint}, {"origin", token.origin}});
  }
  return list;
}

boost::json::array webhook_list(const std::vector<Webhook>& webhooks) {
  boost::json::array list;
  for (const Webhook& one : webhooks) {
    list.push_back({{"name", one.name},
                    {"url", one.shown_url()},
                    {"secretFile", one.secret_file},
                    {"format", one.format},
                    {"batch", one.batch},
                    {"channels", boost::json::array(one.channels.begin(), one.channels.end())},
                    {"kinds", boost::json::array(one.kinds.begin(), one.kinds.end())},
                    {"allowPrivate", one.allow_private},
                    {"tlsCaFile", one.tls_ca_file}});
  }
  return list;
}

std::string webhook_toml(const Webhook& one) {
  return fmt::format(
      "{{name = {}, url = {}, secret_file = {}, format = {}, batch = {}, channels = {}, kinds = {}, allow_private = "
      "{}, tls_ca_file = {}}}",
      toml_string(one.name), toml_string(one.shown_url()), toml_string(one.secret_file), toml_string(one.format),
      one.batch, quoted_list(one.channels), quoted_list(one.kinds), one.allow_private, toml_string(one.tls_ca_file));
}

}  // namespace

std::string set_from_text(const Key& key, Config& config, std::string_view raw) {
  const std::string text = trimmed(raw);
  return std::visit(
      Overload{
          [&](bool* place) -> std::string {
            const auto value = parse_switch(text);
            if (!value) return fmt::format("is \"{}\" but must be true or false", text);
            *place = *value;
            return "";
          },
          [&](std::int64_t* place) -> std::string {
            const auto value = parse_number<std::int64_t>(text);
            if (!value) return fmt::format("is \"{}\" but must be a whole number", text);
            return set_number(key, *place, *value);
          },
          [&](double* place) -> std::string {
            const auto value = parse_number<double>(text);
            if (!value) return fmt::format("is \"{}\" but must be a number", text);
            return set_number(key, *place, *value);
          },
          [&](std::string* place) { return set_string(key, *place, text); },
          [&](std::vector<std::string>* place) {
            std::vector<std::string> values;
            std::size_t from = 0;
            while (from <= text.size()) {
              const std::size_t comma = std::min(text.find(',', from), text.size());
              std::string value = trimmed(std::string_view(text).substr(from, comma - from));
              if (!value.empty()) values.push_back(std::move(value));
              from = comma + 1;
            }
            return set_list(key, *place, std::move(values));
          },
          [&](LogLevel* place) { return set_choice(*place, text, kLevels); },
          [&](LogTarget* place) { return set_choice(*place, text, kTargets); },
          [](std::vector<Token>*) -> std::string {
            return "cannot be given here: use the file's [[auth.tokens]], or TELEGRAM_GATEWAY_API_KEY for one key";
          },
          [](std::vector<Webhook>*) -> std::string { return "cannot be given here: use the file's [[webhooks]]"; },
      },
      key.place(config));
}

std::string set_from_toml(const Key& key, Config& config, const toml::node& node) {
  return std::visit(
      Overload{
          [&](bool* place) -> std::string {
            const auto value = node.value_exact<bool>();
            if (!value) return "must be true or false, without quotes";
            *place = *value;
            return "";
          },
          [&](std::int64_t* place) -> std::string {
            const auto value = node.value_exact<std::int64_t>();
            if (!value) return "must be a whole number, without quotes";
            return set_number(key, *place, *value);
          },
          [&](double* place) -> std::string {
            if (!node.is_number()) return "must be a number, without quotes";
            return set_number(key, *place, node.value<double>().value_or(0));
          },
          [&](std::string* place) -> std::string {
            const auto value = node.value_exact<std::string>();
            if (!value) return "must be text in quotes";
            return set_string(key, *place, *value);
          },
          [&](std::vector<std::string>* place) -> std::string {
            const toml::array* list = node.as_array();
            if (!list) return "must be a list: [\"…\", \"…\"]";
            std::vector<std::string> values;
            for (const toml::node& entry : *list) {
              const auto value = entry.value_exact<std::string>();
              if (!value) return "must be a list of texts in quotes";
              values.push_back(*value);
            }
            return set_list(key, *place, std::move(values));
          },
          [&](LogLevel* place) { return set_choice(*place, node.value<std::string>().value_or(""), kLevels); },
          [&](LogTarget* place) { return set_choice(*place, node.value<std::string>().value_or(""), kTargets); },
          [](std::vector<Token>*) -> std::string { return "is read by read_tokens"; },
          [](std::vector<Webhook>*) -> std::string { return "is read by read_webhooks"; },
      },
      key.place(config));
}

std::string to_toml(const Key& key, const Config& config) {
  Config copy = config;  // place() wants one that may be written
  return std::visit(
      Overload{
          [](const bool* value) -> std::string { return *value ? "true" : "false"; },
          [](const std::int64_t* value) { return fmt::format("{}", *value); },
          [](const double* value) { return fmt::format("{}{}", *value, *value == std::floor(*value) ? ".0" : ""); },
          [](const std::string* value) { return toml_string(*value); },
          [](const std::vector<std::string>* value) { return quoted_list(*value); },
          [](const LogLevel* value) { return toml_string(name_of(*value)); },
          [](const LogTarget* value) { return toml_string(name_of(*value)); },
          [](const std::vector<Token>* tokens) -> std::string {
            std::string text;
            for (const Token& token : *tokens) {
              std::vector<std::string> scopes;
              for (const Scope scope : token.scopes) scopes.emplace_back(name_of(scope));
              text += fmt::format("{}{{name = {}, scopes = {}, token = \"{}\", from = {}}}", text.empty() ? "" : ", ",
                                  toml_string(token.name), quoted_list(scopes), token.hint, toml_string(token.origin));
            }
            return "[" + text + "]";
          },
          [](const std::vector<Webhook>* webhooks) -> std::string {
            std::string text;
            for (const Webhook& one : *webhooks) text += (text.empty() ? "" : ", ") + webhook_toml(one);
            return "[" + text + "]";
          },
      },
      key.place(copy));
}

boost::json::value to_json(const Key& key, const Config& config) {
  Config copy = config;
  return std::visit(
      Overload{
          [](const bool* value) -> boost::json::value { return *value; },
          [](const std::int64_t* value) -> boost::json::value { return *value; },
          [](const double* value) -> boost::json::value { return *value; },
          [](const std::string* value) -> boost::json::value { return boost::json::string(*value); },
          [](const std::vector<std::string>* values) -> boost::json::value {
            return boost::json::array(values->begin(), values->end());
          },
          [](const LogLevel* value) -> boost::json::value { return boost::json::string(name_of(*value)); },
          [](const LogTarget* value) -> boost::json::value { return boost::json::string(name_of(*value)); },
          [](const std::vector<Token>* tokens) -> boost::json::value { return token_list(*tokens); },
          [](const std::vector<Webhook>* webhooks) -> boost::json::value { return webhook_list(*webhooks); },
      },
      key.place(copy));
}

std::string toml_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace tg::config::detail
