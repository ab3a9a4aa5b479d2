#pragma once
// Puts other words in the place of parts of a message's texts, and keeps the formatting where it belongs.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/message.h"

namespace tg::rules::detail {

struct Part {
  std::size_t begin = 0, end = 0;  // bytes
};

// The parts of a text that go; in order, not empty, without overlaps.
using Find = std::function<std::vector<Part>(std::string_view text)>;

// Every text that is written by people goes through it, addresses of links as well. True: something was there, perhaps
// in the source's own JSON alone. Then that is dropped: what goes may stand in it in any spelling.
bool redact(model::Message& message, const Find& find, std::string_view with);

}  // namespace tg::rules::detail
