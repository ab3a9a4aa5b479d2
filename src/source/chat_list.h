#pragma once
// A list of chats as CSV, as people keep it in a spreadsheet: RFC 4180, with commas, semicolons or tabs, a byte order
// mark or none, any line ends.
//
// With a header the columns link, url, username, name, id, channelId and channel are looked at, and the first of them
// (in this order) that names a chat counts; the rest, such as title, is ignored. Without one the first column counts.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace tg::source {

struct ListedChat {
  std::size_t line = 0;          // where its row begins, from 1
  std::string text;              // as written; what parse_chat_name() reads
  std::optional<Error> problem;  // of the row itself: a quote that is never closed
};

// One entry a row that is not empty. invalid_input where there are more than `most`, or none.
Result<std::vector<ListedChat>> parse_chat_list(std::string_view csv, std::size_t most);

}  // namespace tg::source
