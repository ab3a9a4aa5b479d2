#pragma once
// PostgreSQL's binary format: big-endian numbers, times in microseconds since 2000. The OIDs are those of pg_type.dat,
// which never change.

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace tg::store::postgres::wire {

inline constexpr unsigned kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kFloat4 = 700, kFloat8 = 701;
inline constexpr unsigned kTimestamptz = 1184, kJsonb = 3802;
inline constexpr unsigned kBoolArray = 1000, kTextArray = 1009, kInt8Array = 1016, kTimestamptzArray = 1185;
inline constexpr std::int64_t kEpochUs = 946'684'800'000'000;  // 2000-01-01, in µs since 1970

template <class Number>
void put(std::string& out, Number value) {
  const auto bits = static_cast<std::make_unsigned_t<Number>>(value);
  char bytes[sizeof(bits)];
  for (std::size_t i = 0; i < sizeof(bits); ++i) bytes[i] = static_cast<char>(bits >> (8 * (sizeof(bits) - 1 - i)));
  out.append(bytes, sizeof(bits));
}

// The first bytes of `in`, which must hold so many.
template <class Number>
Number get(std::string_view in) {
  std::make_unsigned_t<Number> bits = 0;
  for (std::size_t i = 0; i < sizeof(bits); ++i) {
    bits = static_cast<decltype(bits)>((static_cast<std::uint64_t>(bits) << 8) | static_cast<unsigned char>(in[i]));
  }
  return static_cast<Number>(bits);
}

}  // namespace tg::store::postgres::wire
