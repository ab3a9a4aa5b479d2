#pragma once
// Names of an enum's values, in one table that is read both ways.

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace tg::model {

template <class Enum, std::size_t N>
struct Names {
  std::array<std::pair<Enum, std::string_view>, N> table;

  constexpr std::string_view of(Enum value) const {
    for (const auto& [v, name] : table) {
      if (v == value) return name;
    }
    return {};
  }
  constexpr std::optional<Enum> parse(std::string_view name) const {
    for (const auto& [v, n] : table) {
      if (n == name) return v;
    }
    return std::nullopt;
  }
};

template <class Enum, class... Rest>
constexpr auto names(std::pair<Enum, std::string_view> first, Rest... rest) {
  return Names<Enum, 1 + sizeof...(rest)>{{first, rest...}};
}

}  // namespace tg::model
