#pragma once
// What the search index names, as heads in the order of pages.
//
// Three characters and more are looked up as trigrams, and each match is compared with the text; shorter ones have no
// trigram, so the texts of the range are read one by one (the caller allows that only within a chat and dates).

#include "store/local/detail/scan.h"
#include "store/local/detail/search_index.h"

namespace tg::store::local {

// `needle` is search_text() of what is looked for. Looks at about `budget` texts, then pauses.
Result<std::unique_ptr<HeadSource>> search_heads(SearchIndex& index, journal::Connection& journal, std::string needle,
                                                 std::vector<model::ChatId> peers, Range range, std::size_t budget);

// The FTS5 query that every text with this substring matches; empty for less than three characters.
std::string trigram_query(std::string_view needle);

}  // namespace tg::store::local
