#pragma once
// Telegram counts places in a text in code units of UTF-16.

#include <cstdint>
#include <string_view>

namespace tg::model {

std::int32_t utf16_length(std::string_view utf8);

}  // namespace tg::model
