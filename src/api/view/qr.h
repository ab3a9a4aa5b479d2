#pragma once
// A QR code as a picture that a browser shows by itself.

#include <optional>
#include <string>

namespace tg::api {

// Black on white with its quiet zone, whatever the theme is: scanners want it so. Nothing where it does not fit.
std::optional<std::string> qr_svg(const std::string& text);

}  // namespace tg::api
