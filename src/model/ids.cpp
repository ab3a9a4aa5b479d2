#include "model/ids.h"

#include <charconv>
#include <chrono>

namespace tg::model {
namespace {

// Reads exactly `digits` decimal digits at `pos` and moves on.
std::optional<int> fixed_digits(std::string_view text, std::size_t& pos, std::size_t digits) {
  if (pos + digits > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[pos + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  pos += digits;
  return value;
}

bool take(std::string_view text, std::size_t& pos, char c) {
  if (pos >= text.size() || text[pos] != c) return false;
  ++pos;
  return true;
}

}  // namespace

Time Time::now() {
  using namespace std::chrono;
  return Time{duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()};
}

std::string to_rfc3339(Time time) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{floor<milliseconds>(microseconds(time.us))};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::optional<Time> parse_time(std::string_view text) {
  using namespace std::chrono;
  std::size_t pos = 0;
  const auto y = fixed_digits(text, pos, 4);
  if (!y || !take(text, pos, '-')) return std::nullopt;
  const auto m = fixed_digits(text, pos, 2);
  if (!m || !take(text, pos, '-')) return std::nullopt;
  const auto d = fixed_digits(text, pos, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t midnight_us = duration_cast<microseconds>(sys_days{date}.time_since_epoch()).count();
  if (pos == text.size()) return Time{midnight_us};

  if (!take(text, pos, 'T') && !take(text, pos, 't') && !take(text, pos, ' ')) return std::nullopt;
  const auto hour = fixed_digits(text, pos, 2);
  if (!hour || *hour > 23 || !take(text, pos, ':')) return std::nullopt;
  const auto minute = fixed_digits(text, pos, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (take(text, pos, ':')) {
    const auto s = fixed_digits(text, pos, 2);
    if (!s || *s > 60) return std::nullopt;
    second = *s;
  }
  std::int64_t fraction_us = 0;
  if (take(text, pos, '.')) {
    std::int64_t unit = 100'000;
    const std::size_t begin = pos;
    while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') {
      fraction_us += (text[pos] - '0') * unit;
      unit /= 10;
      ++pos;
    }
    if (pos == begin) return std::nullopt;
  }
  std::int64_t zone_minutes = 0;
  if (!take(text, pos, 'Z') && !take(text, pos, 'z')) {
    const bool minus = pos < text.size() && text[pos] == '-';
    if (!take(text, pos, '+') && !take(text, pos, '-') && !take(text, pos, ' ')) return std::nullopt;
    const auto zh = fixed_digits(text, pos, 2);
    (void)take(text, pos, ':');
    const auto zm = fixed_digits(text, pos, 2);
    if (!zh || !zm) return std::nullopt;
    zone_minutes = (*zh * 60 + *zm) * (minus ? -1 : 1);
  }
  if (pos != text.size()) return std::nullopt;
  const std::int64_t seconds_of_day = *hour * 3600LL + *minute * 60LL + second - zone_minutes * 60;
  return Time{midnight_us + seconds_of_day * 1'000'000 + fraction_us};
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string to_api_id(const MessageKey& key) {
  return key.scope ? fmt::format("{}:{}:{}", key.peer.value, key.message.value, key.scope.value)
                   : fmt::format("{}:{}", key.peer.value, key.message.value);
}

std::optional<MessageKey> parse_api_id(std::string_view text) {
  std::array<std::int64_t, 3> parts{};
  std::size_t count = 0;
  while (true) {
    std::size_t end = text.find_first_of(":%");
    const auto value = parse_int(text.substr(0, end));
    if (!value || count == parts.size()) return std::nullopt;
    parts[count++] = *value;
    if (end == std::string_view::npos) break;
    const bool encoded = text[end] == '%';
    if (encoded && !(text.substr(end, 3) == "%3A" || text.substr(end, 3) == "%3a")) return std::nullopt;
    text.remove_prefix(end + (encoded ? 3 : 1));
  }
  if (count < 2 || parts[1] <= 0) return std::nullopt;
  return MessageKey{Scope{parts[2]}, ChatId{parts[0]}, MessageId{parts[1]}};
}

}  // namespace tg::model
