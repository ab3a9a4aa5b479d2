#include "model/utf16.h"

namespace tg::model {

std::int32_t utf16_length(std::string_view utf8) {
  std::int32_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xC0) != 0x80;  // one for each code point
    units += byte >= 0xF0;           // and one more beyond the first plane
  }
  return units;
}

}  // namespace tg::model
