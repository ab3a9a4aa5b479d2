#pragma once
// A folder that any browser opens from the disk: index.html with search, a folder a chat with one page a month (more
// when it has many messages), style.css, site.js, and search/ with one index a page. It asks nothing of the network.
// Built beside its name, then renamed.

#include "export/export.h"

namespace tg::exporting::detail {

Result<Written> write_html_site(store::Store& store, const Options& options);

}  // namespace tg::exporting::detail
