#pragma once
// An array of messages as they stand, one object a line, with the names of the API's fields.

#include "export/detail/output.h"
#include "export/export.h"

namespace tg::exporting::detail {

Result<void> write_json(store::Store& store, const Options& options, Output& out, Written& written);

}  // namespace tg::exporting::detail
