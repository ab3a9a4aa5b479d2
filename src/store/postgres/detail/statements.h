#pragma once
// The statements of an SQL file, so that it can be said which one failed.

#include <string_view>
#include <vector>

namespace tg::store::postgres {

struct ScriptPart {
  std::string_view sql;  // without the ; and without what stands before it
  int line = 1;          // where it begins
};

// Knows comments, '…', "…" and $tag$…$tag$.
std::vector<ScriptPart> statements_of(std::string_view script);

}  // namespace tg::store::postgres
