#pragma once
// The word that was meant, for keys, variables, commands and flags that do not exist.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tg::config {

// Edits (insert, drop, replace, swap of neighbours) between two words, without regard to case.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Whether one may have been meant by the other: at most a third of the longer is edited, and one edit always may be.
bool is_near(std::string_view a, std::string_view b);

// The known word that is fewest edits away; empty when none is near.
std::string nearest_of(std::string_view unknown, std::span<const std::string_view> known);

}  // namespace tg::config
