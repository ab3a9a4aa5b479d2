#include <iostream>

#include "app/gateway.h"
#include "cli/command.h"
#include "journal/schema.h"

namespace tg::cli {

void add_version(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("version", "Say which program this is");
  command->callback([&common, code] {
    if (common.json) {
      print(boost::json::object{
          {"name", "telegram-gateway"}, {"version", app::kVersion}, {"journalSchema", journal::kSchemaVersion}});
    } else {
      std::cout << "telegram-gateway " << app::kVersion << " (journal schema " << journal::kSchemaVersion
                << "); unofficial, not made by Telegram\n";
    }
    *code = kDone;
  });
}

}  // namespace tg::cli
