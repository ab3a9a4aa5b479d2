#include "json.h"

#include <charconv>
#include <limits>

namespace telegram_gateway {
namespace {

template <class Number>
bool read_digits(std::string_view text, std::size_t at, std::size_t count, Number& out) {
  if (at + count > text.size()) return false;
  const auto* begin = text.data() + at;
  const auto done = std::from_chars(begin, begin + count, out);
  return done.ec == std::errc() && done.ptr == begin + count;
}

}  // namespace

std::int64_t number_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value) return 0;
  if (value->is_int64()) return value->get_int64();
  if (!value->is_string()) return 0;
  const auto& text = value->get_string();
  std::int64_t number = 0;
  const auto done = std::from_chars(text.data(), text.data() + text.size(), number);
  return done.ec == std::errc() && done.ptr == text.data() + text.size() ? number : 0;
}

std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text) {
  // 2025-11-03T02:40:00.000Z
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
  if (!read_digits(text, 0, 4, year) || !read_digits(text, 5, 2, month) || !read_digits(text, 8, 2, day) ||
      !read_digits(text, 11, 2, hour) || !read_digits(text, 14, 2, minute) || !read_digits(text, 17, 2, second))
    return std::nullopt;
  if (text.size() > 20 && !read_digits(text, 20, 3, ms)) return std::nullopt;
  if (text.back() != 'Z') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + std::chrono::milliseconds(ms);
}

}  // namespace telegram_gateway
