#pragma once
// Numbers that are the same on every machine for the same seed (SplitMix64); the standard distributions are not.

#include <cstdint>
#include <span>
#include <string_view>

namespace tg::demo::detail {

constexpr std::uint64_t scramble(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

template <class... Rest>
constexpr std::uint64_t combine(std::uint64_t first, Rest... rest) {
  std::uint64_t h = scramble(first);
  ((h = scramble(h ^ static_cast<std::uint64_t>(rest))), ...);
  return h;
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    return scramble(state_);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
  bool chance(double probability) { return unit() < probability; }
  std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  template <class T, std::size_t N>
  const T& pick(std::span<const T, N> items) {
    return items[static_cast<std::size_t>(next() % items.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace tg::demo::detail
