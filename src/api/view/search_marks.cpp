#include "api/view/search_marks.h"

#include "model/search_text.h"
#include "model/utf16.h"

namespace tg::api {

std::vector<SearchMark> search_marks(std::string_view text, std::string_view search) {
  std::vector<SearchMark> marks;
  const auto needle = model::search_text(search);
  if (needle.empty()) return marks;
  const auto mapped = model::mapped_search_text(text);
  std::size_t counted = 0;  // bytes of the text that are in `units`
  std::int64_t units = 0;
  for (auto at = mapped.folded.find(needle); at != std::string::npos && marks.size() < kMostSearchMarks;) {
    const std::size_t begin = mapped.begins[at], end = mapped.ends[at + needle.size() - 1];
    if (begin >= counted) {
      units += model::utf16_length(text.substr(counted, begin - counted));
      const auto length = model::utf16_length(text.substr(begin, end - begin));
      marks.push_back({units, length});
      units += length;
      counted = end;
    }
    at = mapped.folded.find(needle, at + needle.size());
  }
  return marks;
}

}  // namespace tg::api
