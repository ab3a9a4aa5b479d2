#include "config/detail/entry.h"

#include <toml++/toml.h>

#include "config/nearest.h"
#include "config/secret.h"

namespace tg::config::detail {

Entry::Entry(const toml::table& table, std::string_view list, std::size_t index, const FilePlaces& places,
             Loaded& loaded)
    : table_(table),
      places_(places),
      loaded_(loaded),
      place_(fmt::format("{}[{}] ({}, line {})", list, index, places.file, table.source().begin.line)) {}

void Entry::wrong(std::string_view what, std::string_view fix) {
  loaded_.errors.push_back({Code::invalid_input, fmt::format("{} {}", place_, what), std::string(fix)});
}

void Entry::doubtful(std::string_view what, std::string_view fix) {
  loaded_.warnings.push_back({Code::invalid_input, fmt::format("{} {}", place_, what), std::string(fix)});
}

void Entry::unread(std::string_view what) {
  loaded_.unread_secrets.push_back({Code::not_found, fmt::format("{} {}", place_, what), std::string(kUnreadSecret)});
}

void Entry::check_keys(std::span<const std::string_view> known, std::string_view secret, std::string_view instead) {
  for (const auto& [name, value] : table_) {
    if (name.str() == secret) {
      wrong(fmt::format("holds the {} itself", secret), fmt::format("Keep secrets out of this file: use {}", instead));
    } else if (std::find(known.begin(), known.end(), name.str()) == known.end()) {
      const std::string nearest = nearest_of(name.str(), known);
      wrong(fmt::format("has an unknown key {}", name.str()),
            nearest.empty() ? fmt::format("It may have {}", fmt::join(known, ", "))
                            : fmt::format("The nearest known key is {}", nearest));
    }
  }
}

std::optional<std::string> Entry::text(std::string_view name) {
  const toml::node* node = table_.get(name);
  if (!node) return std::nullopt;
  auto value = node->value_exact<std::string>();
  if (!value) wrong(fmt::format("has a {} that is no text", name), fmt::format("Write {} = \"…\"", name));
  return value;
}

std::optional<bool> Entry::yes(std::string_view name) {
  const toml::node* node = table_.get(name);
  if (!node) return std::nullopt;
  const auto value = node->value_exact<bool>();
  if (!value) {
    wrong(fmt::format("has a {} that is neither true nor false", name), fmt::format("Write {} = true", name));
  }
  return value;
}

std::optional<std::int64_t> Entry::number(std::string_view name, std::int64_t least, std::int64_t most) {
  const toml::node* node = table_.get(name);
  if (!node) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= least && *value <= most) return value;
  wrong(fmt::format("has a {} that is no whole number from {} to {}", name, least, most),
        fmt::format("Write {} = {}", name, most));
  return std::nullopt;
}

std::vector<std::string> Entry::texts(std::string_view name) {
  std::vector<std::string> found;
  const toml::node* node = table_.get(name);
  if (!node) return found;
  const toml::array* list = node->as_array();
  const bool all =
      list && std::all_of(list->begin(), list->end(), [](const toml::node& one) { return one.is_string(); });
  if (!all) {
    wrong(fmt::format("has {} that are no list of texts", name), fmt::format("Write {} = [\"…\", \"…\"]", name));
    return found;
  }
  for (const toml::node& one : *list) found.push_back(*one.value_exact<std::string>());
  return found;
}

std::filesystem::path Entry::find(const std::string& name) const {
  std::filesystem::path path(name);
  if (path.is_absolute()) return path;
  std::error_code ignored;
  if (!places_.credentials.empty() && std::filesystem::exists(places_.credentials / path, ignored)) {
    return places_.credentials / path;
  }
  return std::filesystem::absolute(places_.beside / path, ignored);
}

void for_each_entry(const toml::node& node, std::string_view list, const FilePlaces& places, std::string_view fix,
                    Loaded& loaded, const std::function<void(const toml::table&, std::size_t)>& read) {
  const toml::array* entries = node.as_array();
  if (!entries) {
    loaded.errors.push_back(
        {Code::invalid_input,
         fmt::format("{} ({}, line {}) must be a list of tables", list, places.file, node.source().begin.line),
         std::string(fix)});
    return;
  }
  std::size_t index = 0;
  for (const toml::node& entry : *entries) {
    if (const toml::table* table = entry.as_table()) {
      read(*table, index);
    } else {
      loaded.errors.push_back(
          {Code::invalid_input, fmt::format("{}[{}] ({}) is no table", list, index, places.file), std::string(fix)});
    }
    ++index;
  }
}

}  // namespace tg::config::detail
