#pragma once
// Words about a command line that cannot be understood: what is wrong, what was probably meant, and where it is
// explained. Also the few shapes of options that the commands share, so that --help, the manual page and the completion
// (cli/describe.h) name values alike.

#include <CLI/App.hpp>
#include <initializer_list>
#include <string>

namespace tg::cli {

// What an option takes, as shown in --help. The completion offers files, folders and known channels for the first
// three.
inline constexpr const char *kFile = "FILE", *kFolder = "FOLDER", *kChannel = "CHANNEL", *kTime = "TIME";

// A number from least to most; --help shows 1-10000.
CLI::Option* within(CLI::Option* option, double least, double most);
// One of these words; --help shows a|b|c.
CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words);

// Prints why the command line was refused; the exit code.
int complain(const CLI::App& app, const CLI::ParseError& problem);

}  // namespace tg::cli
