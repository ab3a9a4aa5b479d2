#include "backup/backup.h"

#include <sys/resource.h>

#include <csignal>
#include <iostream>

#include "app/backup_contents.h"
#include "app/gateway.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/usage.h"

namespace tg::cli {
namespace {

constexpr int kBackupNice = 10;  // capture and answers come first

volatile std::sig_atomic_t interrupted_backup = 0;

struct BackupFlags {
  std::string to, encrypt_to, keep;
  bool no_database = false, dry_run = false;
};

backup::Options backup_options(const config::Loaded& loaded, const BackupFlags& flags) {
  const auto& config = loaded.config;
  backup::Options options;
  options.data_dir = config.data_dir;
  const auto& to = flags.to.empty() ? config.backup.folder : flags.to;
  if (!to.empty()) options.to = std::filesystem::absolute(to);
  options.recipients_file = flags.encrypt_to.empty() ? config.backup.recipients_file : flags.encrypt_to;
  options.keep = {config.backup.keep_daily, config.backup.keep_weekly, config.backup.keep_monthly};
  if (!flags.keep.empty()) options.keep = *backup::parse_keep(flags.keep);
  options.program = std::string(app::kVersion);
  options.reserve_bytes = config.disk.reserve_bytes;
  options.outside = app::outside_files(loaded);
  options.left_out.push_back({"media", "files of messages are fetched again when they are asked for"});
  if (config.rabbitmq.enabled) {
    if (config.rabbitmq.management_url.empty()) {
      options.left_out.push_back({"RabbitMQ's definitions", "rabbitmq.management_url is not set"});
    } else {
      options.dumps.push_back(app::broker_definitions(config));
    }
  }
  if (!config.postgres.enabled) return options;
  if (flags.no_database) {
    options.left_out.push_back({"PostgreSQL", "--no-database"});
    options.complete = false;
    return options;
  }
  options.dumps.push_back(app::database_dump(config));
  return options;
}

boost::json::array names_of(const std::vector<std::filesystem::path>& paths) {
  boost::json::array names;
  for (const auto& path : paths) names.emplace_back(path.string());
  return names;
}

int show_plan(const Common& common, const backup::Options& options) {
  const auto plan = backup::plan(options);
  if (!plan) return fail(plan.error());
  if (common.json) {
    print(boost::json::object{{"dryRun", true},
                              {"file", plan->file.string()},
                              {"journalBytes", plan->journal_bytes},
                              {"encrypted", !options.recipients_file.empty()},
                              {"removed", names_of(plan->removed)}});
    return kDone;
  }
  std::cout << "would write   " << plan->file.string() << "\n"
            << "journal       " << grouped(plan->journal_bytes >> 10) << " KiB before it is compressed\n";
  for (const auto& file : plan->removed) std::cout << "would remove  " << file.string() << "\n";
  return kDone;
}

void show_made(const Common& common, const backup::Made& made, bool encrypted) {
  const auto& manifest = made.manifest;
  if (common.json) {
    auto shown = backup::to_json(manifest);
    print(boost::json::object{{"file", made.file.string()},
                              {"bytes", made.bytes},
                              {"verified", true},
                              {"whole", made.whole},
                              {"encrypted", encrypted},
                              {"madeAt", shown["madeAt"]},
                              {"journal", shown["journal"]},
                              {"files", shown["files"]},
                              {"leftOut", shown["leftOut"]},
                              {"removed", names_of(made.removed)}});
    return;
  }
  std::cout << made.file.string() << "\n"
            << fmt::format("{} KiB, complete up to seq {}: {}, {}, {}\n", grouped(made.bytes >> 10),
                           manifest.journal.seq.value, counted(manifest.journal.events, "event"),
                           counted(manifest.journal.messages, "message"), counted(manifest.journal.chats, "chat"))
            << "put back into a scratch place and found whole\n";
  for (const auto& one : manifest.left_out) std::cout << "left out: " << one.what << " (" << one.why << ")\n";
  for (const auto& file : made.removed) std::cout << "removed:  " << file.string() << "\n";
}

int back_up(const Common& common, const BackupFlags& flags) {
  const auto loaded = load_whole(common, Kind::answers);
  if (!loaded) return kUsage;
  auto options = backup_options(*loaded, flags);
  if (flags.dry_run) return show_plan(common, options);
  ::setpriority(PRIO_PROCESS, 0, kBackupNice);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted_backup = 1; };
    ::sigaction(signal, &action, nullptr);
  }
  options.interrupted = [] { return interrupted_backup != 0; };
  Result<backup::Made> made = Error{};
  {
    ProgressLine line;
    options.on_progress = [&line](std::optional<double> fraction, const std::string& doing) {
      line.show(fraction, doing);
    };
    made = backup::make(options);
  }
  if (!made) return fail(made.error(), made.error().code == Code::invalid_input ? kUsage : kFailed);
  show_made(common, *made, !options.recipients_file.empty());
  return made->whole ? kDone : kLook;
}

}  // namespace

void add_backup(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command =
      app.add_subcommand("backup", "Back up the journal, sessions and configuration; also beside a running gateway");
  auto flags = std::make_shared<BackupFlags>();
  command->add_option("--to", flags->to, "Folder to write to (backup.folder)")->type_name(kFolder);
  command->add_option("--encrypt-to", flags->encrypt_to, "Encrypt for the age recipients in this file")
      ->type_name(kFile);
  command->add_option("--keep", flags->keep, "So many daily, weekly and monthly backups stay (7,4,12)")
      ->type_name("D,W,M")
      ->check([](const std::string& text) {
        return backup::parse_keep(text) ? std::string() : "takes three numbers, as 7,4,12, not " + text;
      });
  command->add_flag("--no-database", flags->no_database, "Leave PostgreSQL out");
  command->add_flag("--dry-run", flags->dry_run, "Say what would be done, and do nothing");
  command->footer(
      "A backup is put back into a scratch place and compared before it gets its name. It holds what signs in to "
      "Telegram: keep it as safe as the data folder, or encrypt it. Exit code 3: done, but what could "
      "not be taken is left out, as a database that does not answer.\n"
      "Example: telegram-gateway backup --to /srv/backups --encrypt-to recipients.txt");
  command->callback([flags, &common, code] { *code = back_up(common, *flags); });
}

}  // namespace tg::cli
