#pragma once
// One row a message as it stands, RFC 4180: CRLF, quotes doubled, UTF-8, a header row. The first row names the columns.

#include "export/detail/output.h"
#include "export/export.h"

namespace tg::exporting::detail {

Result<void> write_csv(store::Store& store, const Options& options, Output& out, Written& written);

// A text cell; `guard`: see Options::guard_formulas.
std::string csv_cell(std::string_view text, bool guard);

}  // namespace tg::exporting::detail
