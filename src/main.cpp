#include <malloc.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <iostream>
#include <system_error>

#include "app/gateway.h"
#include "cli/command.h"
#include "cli/usage.h"

namespace {

using namespace tg::cli;

int run(int argc, char** argv) {
  CLI::App app{
      "Telegram Gateway: captures Telegram channels and never loses a message. Unofficial, not made by Telegram."};
  app.name("telegram-gateway");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "telegram-gateway " + std::string(tg::app::kVersion), "Print the version and exit");
  Common common;
  // An unset variable of a script must not become the default folder.
  const auto not_empty = [](const std::string& text) { return std::string(text.empty() ? "is empty" : ""); };
  app.add_option("--config", common.config_file, "Configuration file (TOML)")->type_name(kFile)->check(not_empty);
  app.add_option("--data-dir", common.data_dir, "Folder of the journal, search index and media")
      ->type_name(kFolder)
      ->check(not_empty);
  app.add_flag("--json", common.json, "Lists and reports as JSON");
  app.footer("Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done but something needs a look.");

  const auto code = std::make_shared<int>(kDone);
  for (const auto add : {add_account,    add_run,    add_demo,   add_import,  add_export,         add_messages,
                         add_channels,   add_rules,  add_sync,   add_status,  add_coverage,       add_failures,
                         add_broker,     add_cache,  add_db,     add_store,   add_start,          add_stop,
                         add_restart,    add_health, add_ports,  add_backup,  add_restore,        add_bench,
                         add_doctor,     add_config, add_token,  add_journal, add_migrate_legacy, add_rollback,
                         add_completion, add_man,    add_version}) {
    add(app, common, code);
  }
  if (argc < 2) {
    std::cerr << app.help();
    return kUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return complain(app, problem);
  }
  return *code;
}

// Results that nobody could read are a failure: a full disk behind `telegram-gateway messages > list.txt`.
int written(int code) {
  errno = 0;
  std::cout.flush();
  if (std::cout) return code;
  return fail({tg::Code::unavailable,
               fmt::format("writing to standard output: {}",
                           errno ? std::generic_category().message(errno) : std::string("it takes no more")),
               "Free some space, or write to another place"});
}

// glibc gives memory back after every large answer and faults it in again for the next one; so much it may keep
// (bench/README.md has the figures).
void keep_freed_memory() {
  constexpr int kMiB = 1 << 20;
  // NOLINTBEGIN(concurrency-mt-unsafe): before the first thread
  ::mallopt(M_MMAP_THRESHOLD, 8 * kMiB);
  ::mallopt(M_TRIM_THRESHOLD, 16 * kMiB);
  // NOLINTEND(concurrency-mt-unsafe)
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  try {
    return written(run(argc, argv));
  } catch (const std::exception& broken) {
    return fail({tg::Code::internal, fmt::format("this should not have happened: {}", broken.what()),
                 "Please report it, with the output of telegram-gateway doctor"});
  }
}
