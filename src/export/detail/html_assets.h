#pragma once
// The style and the script of the exported site. The script searches: it loads the pages' indexes one after the other
// as scripts, because file:// may not be fetched.

#include <string_view>

namespace tg::exporting::detail {

std::string_view site_style();
std::string_view site_script();

}  // namespace tg::exporting::detail
