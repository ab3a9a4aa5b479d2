#include <iostream>

#include "cli/command.h"
#include "config/load.h"
#include "config/report.h"

namespace tg::cli {
namespace {

config::Loaded loaded(const Common& common) { return config::load(sources_of(common)); }

}  // namespace

void add_config(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("config", "Check, show and explain the configuration");
  command->require_subcommand(1);
  command->add_subcommand("check", "Say everything that is wrong, with its fix")->callback([&common, code] {
    const auto result = loaded(common);
    if (common.json) {
      print(config::check_json(result));
    } else {
      (result.ok() ? std::cout : std::cerr) << config::check_text(result);
    }
    *code = result.ok() ? kDone : kUsage;
  });
  command->add_subcommand("show", "Every key, its value and where it came from; secrets are masked")
      ->callback([&common, code] {
        const auto result = loaded(common);
        if (common.json) {
          print(config::show_json(result));
        } else {
          std::cout << config::show_text(result);
        }
        for (const auto& error : result.errors) fail(error);
        *code = result.ok() ? kDone : kUsage;
      });
  auto markdown = std::make_shared<bool>(false);
  auto* reference = command->add_subcommand("reference", "A whole configuration file, every key explained");
  reference->add_flag("--markdown", *markdown, "As docs/configuration.md");
  reference->callback([markdown, code] {
    std::cout << (*markdown ? config::reference_markdown() : config::reference_toml());
    *code = kDone;
  });
}

}  // namespace tg::cli
