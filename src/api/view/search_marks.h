#pragma once
// Where a text has what was searched for, in UTF-16 units as entities have them. Compared as the search itself
// compares: accents, case and width do not count.

#include <cstdint>
#include <string_view>
#include <vector>

namespace tg::api {

struct SearchMark {
  std::int64_t offset = 0, length = 0;
};

inline constexpr std::size_t kMostSearchMarks = 50;
// In order, none over another, at most kMostSearchMarks.
std::vector<SearchMark> search_marks(std::string_view text, std::string_view search);

}  // namespace tg::api
