#pragma once
// One message as an <article>.

#include <functional>
#include <string>

#include "store/store.h"

namespace tg::exporting::detail {

// `on_page`: whether a message id can be linked to, because it stands on the same page.
std::string message_html(const store::Row& row, const std::function<bool(model::MessageId)>& on_page);

// 2025-11-04 13:52 UTC
std::string readable(model::Time time);

}  // namespace tg::exporting::detail
