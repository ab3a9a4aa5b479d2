#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/command.h"

int main(int argc, char** argv) {
  using namespace tg::cli;
  CLI::App app{
      "Telegram Gateway: captures Telegram channels and never loses a message. Unofficial, not made by Telegram."};
  app.name("telegram-gateway");
  app.require_subcommand(1);
  app.fallthrough();
  Common common;
  app.add_option("--config", common.config_file, "Configuration file (TOML)");
  app.add_option("--data-dir", common.data_dir, "Folder of the journal, search index and media");
  app.add_flag("--json", common.json, "Lists and reports as JSON");
  app.footer("Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done but something needs a look.");

  const auto code = std::make_shared<int>(kDone);
  for (const auto add : {add_run, add_demo, add_import, add_export, add_messages, add_channels, add_status,
                         add_coverage, add_failures, add_doctor, add_config, add_journal, add_version}) {
    add(app, common, code);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? kDone : kUsage;
  }
  return *code;
}
