#include "api/live/log_filter.h"

namespace tg::api {
namespace {

constexpr std::size_t kMostFields = 20;

std::string lower(std::string text) {
  for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

bool has(const observe::Record& record, const std::string& name, const std::string& value) {
  if (name == "event") return record.event == value;
  return std::any_of(record.fields.begin(), record.fields.end(),
                     [&](const observe::Field& field) { return field.name == name && field.value == value; });
}

}  // namespace

Result<LogFilter> LogFilter::from(const Query& query, std::string_view level) {
  LogFilter filter;
  const auto name = query.text_or({"level"}, level);
  const auto known = observe::parse_level(name);
  if (!known) return bad_parameter("level", name, "debug, info, warn or error");
  filter.level = *known;
  filter.text = lower(query.text_or({"q", "search"}, ""));
  for (const auto& one : query.each("field")) {
    const auto colon = one.find(':');
    if (colon == 0 || colon == std::string::npos) return bad_parameter("field", one, "NAME:VALUE");
    filter.fields.emplace_back(one.substr(0, colon), one.substr(colon + 1));
  }
  if (filter.fields.size() > kMostFields) return bad_parameter("field", "given too often", "at most 20 times");
  return filter;
}

bool LogFilter::wants(const observe::Record& record) const {
  if (record.level < level) return false;
  for (const auto& [name, value] : fields) {
    if (!has(record, name, value)) return false;
  }
  return text.empty() || lower(observe::to_line(record)).find(text) != std::string::npos;
}

}  // namespace tg::api
