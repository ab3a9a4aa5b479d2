#pragma once
// Text for HTML: nothing of a message is ever taken as markup. Addresses become links only with a harmless scheme.

#include <string>
#include <string_view>
#include <vector>

#include "model/message.h"

namespace tg::exporting::detail {

std::string escape_html(std::string_view text);

// Escaped, with its formatting as elements; entities may overlap.
std::string formatted_html(std::string_view text, const std::vector<model::Entity>& entities);

// The address, or nothing when it is none that may be opened (javascript:, data:, …).
std::string safe_address(std::string_view address);

}  // namespace tg::exporting::detail
