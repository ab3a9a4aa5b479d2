#include "api/view/qr.h"

#include <qrencode.h>

#include <memory>

namespace tg::api {

std::optional<std::string> qr_svg(const std::string& text) {
  constexpr int kQuiet = 4;  // modules, as the standard asks
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_L),
                                                             &QRcode_free);
  if (!code) return std::nullopt;
  const auto dark = [&](int x, int y) { return (code->data[y * code->width + x] & 1) != 0; };
  std::string path;
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width; ++x) {
      if (!dark(x, y)) continue;
      const int from = x;
      while (x + 1 < code->width && dark(x + 1, y)) ++x;
      path += fmt::format("M{} {}h{}v1h-{}z", from + kQuiet, y + kQuiet, x - from + 1, x - from + 1);
    }
  }
  const int side = code->width + 2 * kQuiet;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\">"
      "<rect width=\"{0}\" height=\"{0}\" fill=\"#fff\"/><path d=\"{1}\"/></svg>\n",
      side, path);
}

}  // namespace tg::api
