#pragma once
// One message as it stands as a row of RFC 4180: CRLF, quotes doubled, UTF-8.

#include <string>
#include <string_view>

#include "store/store.h"

namespace tg::exporting {

std::string_view csv_columns();  // the first row
// `guard`: see Options::guard_formulas.
std::string csv_row(const store::Row& row, bool guard);

}  // namespace tg::exporting
