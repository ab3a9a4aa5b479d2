#include "backup/restore.h"

#include <iostream>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/usage.h"

namespace tg::cli {
namespace {

struct RestoreFlags {
  std::string file, identity;
  bool replace = false, sessions = false, dry_run = false;
};

boost::json::value or_null(const std::filesystem::path& path) {
  if (path.empty()) return nullptr;
  return boost::json::string(path.string());
}

void show_restored(const Common& common, const backup::RestoreOptions& options, const backup::Restored& restored,
                   bool dry_run) {
  const auto& manifest = restored.manifest;
  if (common.json) {
    boost::json::array aside;
    for (const auto& file : restored.put_aside)
      aside.push_back(boost::json::object{{"file", (restored.aside / file.name).string()}, {"from", file.from}});
    auto shown = backup::to_json(manifest);
    print(boost::json::object{{"dryRun", dry_run},
                              {"dataDir", options.data_dir.string()},
                              {"madeAt", shown["madeAt"]},
                              {"journal", shown["journal"]},
                              {"formerDataDir", or_null(restored.former)},
                              {"sessions", restored.sessions        ? "restored"
                                           : restored.kept_sessions ? "kept"
                                                                    : "none"},
                              {"aside", std::move(aside)}});
    return;
  }
  const std::string_view would = dry_run ? "would be " : "";
  std::cout << fmt::format("{}: {}restored from the backup of {}, up to seq {}: {}, {}\n", options.data_dir.string(),
                           would, local_time(manifest.made_at), manifest.journal.seq.value,
                           counted(manifest.journal.events, "event"), counted(manifest.journal.messages, "message"));
  if (!restored.former.empty()) std::cout << "what was there " << would << "kept: " << restored.former.string() << "\n";
  if (restored.sessions) {
    std::cout << "Telegram's sessions " << would
              << "restored: never start the gateway that they were copied from again\n";
  } else if (restored.kept_sessions) {
    std::cout << "Telegram's sessions of the folder " << would << "kept as they are\n";
  } else if (manifest.has_sessions()) {
    std::cout << "Telegram's sessions are left in the backup: sign in anew, or restore with --sessions if the gateway "
                 "that they were copied from is gone for ever\n";
  }
  for (const auto& file : restored.put_aside) {
    std::cout << (dry_run ? "would be put aside: " : "put aside: ") << (restored.aside / file.name).string()
              << " (from " << file.from << ")\n";
  }
}

int restore(const Common& common, const RestoreFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  backup::RestoreOptions options;
  options.archive = std::filesystem::absolute(flags.file);
  options.data_dir = std::filesystem::absolute(config->data_dir).lexically_normal();
  if (options.data_dir.filename().empty()) options.data_dir = options.data_dir.parent_path();
  options.identity_file = flags.identity;
  options.replace = flags.replace;
  options.sessions = flags.sessions;
  Result<backup::Restored> restored = Error{};
  {
    ProgressLine line;
    options.on_progress = [&line](std::optional<double> fraction, const std::string& doing) {
      line.show(fraction, doing);
    };
    restored = flags.dry_run ? backup::rehearse(options) : backup::restore(options);
  }
  if (!restored) return fail(restored.error());
  if (!restored->warning.empty()) std::cerr << "warning: " << restored->warning << "\n";
  show_restored(common, options, *restored, flags.dry_run);
  return kDone;
}

}  // namespace

void add_restore(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("restore", "Put a backup back; the gateway must be stopped");
  auto flags = std::make_shared<RestoreFlags>();
  command->add_option("file", flags->file, "The backup")->required()->type_name(kFile);
  command->add_option("--identity", flags->identity, "File with the age identity that can read it")->type_name(kFile);
  command->add_flag("--replace", flags->replace, "Also where the data folder is not empty; that is kept beside it");
  command->add_flag("--sessions", flags->sessions,
                    "Telegram's sessions too: only where the gateway they were copied from is gone for ever, two users "
                    "of one session end it");
  command->add_flag("--dry-run", flags->dry_run, "Check the whole backup, say what would be done, and do nothing");
  command->footer("Example: telegram-gateway restore telegram-gateway-20261127T020000Z-3fa91c02.tar.zst --dry-run");
  command->callback([flags, &common, code] { *code = restore(common, *flags); });
}

}  // namespace tg::cli
