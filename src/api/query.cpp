#include "api/query.h"

namespace tg::api {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::int64_t kLastMillisecond = 253'402'300'799'999;  // of the year 9999

// name, the pair as it was written, and where its '=' is (its end: there is none).
template <class F>
void for_each_pair(std::string_view query, F f) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = unescape(pair.substr(0, equals), true);
    if (name.ends_with("[]")) name.resize(name.size() - 2);
    f(std::move(name), pair, equals);
  }
}

}  // namespace

std::string unescape(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])));
      i += 2;
    } else {
      out.push_back(plus_is_blank && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::string known_part(std::string_view query, const std::function<bool(std::string_view name)>& known) {
  std::vector<std::pair<std::string, std::string_view>> kept;
  for_each_pair(query, [&](std::string name, std::string_view pair, std::size_t) {
    if (known(name)) kept.emplace_back(std::move(name), pair);
  });
  std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string part;
  for (const auto& [name, pair] : kept) {
    if (!part.empty()) part.push_back('&');
    part += pair;
  }
  return part;
}

Query::Query(std::string_view text) {
  for_each_pair(text, [this](std::string name, std::string_view pair, std::size_t equals) {
    values_.emplace_back(std::move(name),
                         equals < pair.size() ? unescape(pair.substr(equals + 1), true) : std::string{});
  });
}

std::optional<std::string> Query::text(Names names) const {
  for (const auto name : names) {
    for (const auto& [key, value] : values_) {
      if (key == name && !value.empty()) return value;
    }
  }
  return std::nullopt;
}

std::string Query::text_or(Names names, std::string_view otherwise) const {
  return text(names).value_or(std::string(otherwise));
}

std::vector<std::string> Query::list(Names names) const {
  std::vector<std::string> all;
  for (const auto name : names) {
    for (const auto& [key, value] : values_) {
      if (key != name) continue;
      std::string_view rest = value;
      while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        auto part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (!part.empty()) all.emplace_back(part);
      }
    }
  }
  return all;
}

std::vector<std::string> Query::each(std::string_view name) const {
  std::vector<std::string> all;
  for (const auto& [key, value] : values_) {
    if (key == name && !value.empty()) all.push_back(value);
  }
  return all;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (const auto number = model::parse_int(text)) return number;
  const bool digits =
      !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional<std::int64_t>(INT64_MAX) : std::nullopt;
}

Error bad_parameter(std::string_view name, std::string_view value, std::string_view wanted) {
  return Error{Code::invalid_input, fmt::format("the parameter {} is {}, not {}", name, value, wanted),
               fmt::format("Send {} for {}", wanted, name)};
}

Result<std::int64_t> Query::number(Names names, std::int64_t otherwise, std::int64_t least, std::int64_t most) const {
  const auto value = text(names);
  if (!value) return otherwise;
  const auto number = whole_number(*value);
  if (!number || *number < least) {
    return bad_parameter(*names.begin(), *value, fmt::format("a whole number from {}", least));
  }
  return std::min(*number, most);
}

Result<std::optional<model::Time>> Query::time(Names names) const {
  const auto value = text(names);
  if (!value) return std::optional<model::Time>{};
  if (auto time = model::parse_time(*value)) return time;
  // Some callers send seconds or milliseconds since 1970.
  if (const auto number = model::parse_int(*value); number && *number > 0 && *number <= kLastMillisecond) {
    return std::optional(*number < 100'000'000'000 ? model::Time::seconds(*number) : model::Time{*number * 1'000});
  }
  return bad_parameter(*names.begin(), *value, "a date, or a time with a zone such as 2025-11-03T02:40:00Z");
}

Result<std::optional<bool>> Query::boolean(Names names) const {
  const auto value = text(names);
  if (!value) return std::optional<bool>{};
  if (*value == "true" || *value == "1" || *value == "yes") return std::optional(true);
  if (*value == "false" || *value == "0" || *value == "no") return std::optional(false);
  return bad_parameter(*names.begin(), *value, "true or false");
}

}  // namespace tg::api
