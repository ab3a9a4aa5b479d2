#include "cli/describe.h"

#include <iostream>

#include "cli/command.h"

namespace tg::cli {

void add_completion(CLI::App& app, Common&, const ExitCode& code) {
  auto* command = app.add_subcommand("completion", "Print what makes a shell complete commands and options");
  command->require_subcommand(1);
  command->add_subcommand("bash", "For bash 4.4 or newer")->callback([&app, code] {
    std::cout << bash_completion(app);
    *code = kDone;
  });
  command->footer("Example: source <(telegram-gateway completion bash)");
}

void add_man(CLI::App& app, Common&, const ExitCode& code) {
  auto* command = app.add_subcommand("man", "Print the manual page");
  command->footer("Example: telegram-gateway man | man -l -");
  command->callback([&app, code] {
    std::cout << manual_page(app);
    *code = kDone;
  });
}

}  // namespace tg::cli
