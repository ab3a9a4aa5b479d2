#pragma once
// What text is compared by in a search, the same in every store: NFKC, case-folded, accents removed. "ＡÇÃO" and "acao"
// are one. A substring search for b in a is search_text(a).contains(search_text(b)). Thread-safe.

#include <cstddef>
#include <string>
#include <string_view>

namespace tg::store {

std::string search_text(std::string_view text);

// Code points; the input must be UTF-8.
std::size_t characters(std::string_view text);

}  // namespace tg::store
