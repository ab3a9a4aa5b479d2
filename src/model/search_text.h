#pragma once
// What text is compared by in a search, the same in every store and in rules: NFKC, case-folded, accents removed.
// "ＡÇÃO" and "acao" are one. A substring search for b in a is search_text(a).contains(search_text(b)). Thread-safe.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tg::model {

std::string search_text(std::string_view text);

// The same with the place of every byte of it in the input. Slower; where a character joins over the edge of what can
// be folded by itself it may differ from search_text().
struct MappedText {
  std::string folded;
  std::vector<std::uint32_t> begins, ends;  // byte by byte: the part of the input that it stands for
};
MappedText mapped_search_text(std::string_view text);

// Code points; the input must be UTF-8.
std::size_t characters(std::string_view text);

}  // namespace tg::model
