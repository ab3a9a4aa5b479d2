#pragma once
// The command table told to others: a manual page and a completion for bash. Both are written from the commands as the
// program knows them, so that neither can name an option that is not there or forget one that is.

#include <CLI/App.hpp>
#include <string>

namespace tg::cli {

std::string manual_page(const CLI::App& app);      // roff, for man(1)
std::string bash_completion(const CLI::App& app);  // to be sourced, or laid where bash-completion looks

}  // namespace tg::cli
