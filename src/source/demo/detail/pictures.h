#pragma once
// Small pictures of our own, drawn for the demonstration: base64 JPEG, as Telegram sends miniatures.

#include <cstdint>
#include <span>
#include <string_view>

namespace tg::demo::detail {

struct Picture {
  std::string_view name;
  std::string_view jpeg;  // base64
  std::int32_t width;     // of the photo that it stands for
  std::int32_t height;
};

std::span<const Picture> charts();  // three candle charts
const Picture& sunset();
const Picture& ship();
const Picture& fire_map();

}  // namespace tg::demo::detail
