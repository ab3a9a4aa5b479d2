#include "store/postgres/detail/statements.h"

#include <algorithm>
#include <cctype>

namespace tg::store::postgres {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Behind what begins at `at`: a comment, a quoted text, or one character.
std::size_t past(std::string_view script, std::size_t at) {
  const auto rest = script.substr(at);
  const auto behind = [&](std::size_t found, std::size_t length) {
    return found == std::string_view::npos ? script.size() : found + length;
  };
  if (rest.starts_with("--")) return behind(script.find('\n', at), 1);
  if (rest.starts_with("/*")) return behind(script.find("*/", at + 2), 2);
  if (rest[0] == '\'' || rest[0] == '"') return behind(script.find(rest[0], at + 1), 1);
  if (rest[0] == '$' && (at == 0 || !is_word(script[at - 1]))) {
    std::size_t end = at + 1;
    while (end < script.size() && is_word(script[end])) ++end;
    if (end < script.size() && script[end] == '$') {
      const auto tag = script.substr(at, end + 1 - at);
      return behind(script.find(tag, end + 1), tag.size());
    }
  }
  return at + 1;
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::vector<ScriptPart> statements_of(std::string_view script) {
  std::vector<ScriptPart> parts;
  std::size_t begin = std::string_view::npos;
  const auto add = [&](std::size_t end) {
    if (begin == std::string_view::npos) return;
    while (end > begin && is_space(script[end - 1])) --end;
    const auto line = 1 + std::count(script.begin(), script.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
    parts.push_back({script.substr(begin, end - begin), static_cast<int>(line)});
    begin = std::string_view::npos;
  };
  for (std::size_t at = 0; at < script.size();) {
    const auto next = past(script, at);
    const bool comment = script.substr(at, 2) == "--" || script.substr(at, 2) == "/*";
    if (script[at] == ';') {
      add(at);
    } else if (begin == std::string_view::npos && !comment && !is_space(script[at])) {
      begin = at;
    }
    at = next;
  }
  add(script.size());
  return parts;
}

}  // namespace tg::store::postgres
