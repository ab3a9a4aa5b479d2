#pragma once
// Reading JSON that others wrote: what is absent or of another type is empty.

#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telegram_gateway {

inline std::optional<boost::json::value> parse_json(std::string_view text) {
  boost::json::error_code error;
  auto value = boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error) return std::nullopt;
  return value;
}

inline std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Whole numbers, also where they are written as text.
std::int64_t number_of(const boost::json::object& object, std::string_view name);

// RFC 3339 with Z, as the gateway writes it.
std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text);

}  // namespace telegram_gateway
