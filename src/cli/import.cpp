#include <iostream>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/usage.h"
#include "pipeline/intake.h"
#include "pipeline/rulebook.h"
#include "source/export_file/import_file.h"

namespace tg::cli {
namespace {

struct ImportFlags {
  std::vector<std::string> files;
  bool as_live = false;
  bool media = false;
  std::string time_zone;
  std::int64_t account = 0;
};

// With --as-live: new messages, and those that were here as history.
std::uint64_t offered(const export_file::Report& report) { return report.changes.created + report.changes.reprocess; }

boost::json::object to_json(const std::string& file, const export_file::Report& report, const ImportFlags& flags) {
  boost::json::array chats;
  for (const auto& chat : report.chats) {
    chats.push_back(boost::json::object{{"channelId", std::to_string(chat.peer.value)},
                                        {"title", chat.title},
                                        {"kind", chat.kind},
                                        {"messages", chat.messages},
                                        {"refused", chat.refused}});
  }
  boost::json::array reasons(report.reasons.begin(), report.reasons.end());
  boost::json::object object{{"file", file},
                             {"messages", report.messages},
                             {"new", report.changes.created},
                             {"versions", report.changes.edited},
                             {"filled", report.changes.filled},
                             {"known", report.changes.known},
                             {"refused", report.refused},
                             {"noLongerRefused", report.changes.no_longer_refused},
                             {"offered", flags.as_live ? offered(report) : 0},
                             {"leftOut", report.left_out},
                             {"mediaFiles", report.media_files},
                             {"mediaBytes", report.media_bytes},
                             {"mediaMissing", report.media_missing},
                             {"bytes", report.bytes},
                             {"chats", chats},
                             {"reasons", reasons}};
  if (report.failure) object["error"] = report.failure->to_string();
  return object;
}

void summarise(const std::string& file, const export_file::Report& report, const ImportFlags& flags,
               const std::string& media_folder) {
  const auto& c = report.changes;
  const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
  std::cout << file << ": " << counted(static_cast<std::int64_t>(report.messages), "message") << " read, "
            << number(c.created) << " new, " << counted(static_cast<std::int64_t>(c.edited), "version") << " added, "
            << number(c.filled) << " filled in, " << number(c.known) << " known already, " << number(report.refused)
            << " set aside\n";
  if (c.no_longer_refused > 0) std::cout << "  " << number(c.no_longer_refused) << " set aside before, taken in now\n";
  if (flags.as_live) {
    std::cout << "  " << number(offered(report)) << " offered to consumers as if they were new\n";
  }
  if (flags.media) {
    std::cout << "  " << counted(static_cast<std::int64_t>(report.media_files), "media file") << " ("
              << grouped(static_cast<std::int64_t>(report.media_bytes >> 10)) << " KiB) taken into " << media_folder
              << ", " << number(report.media_missing) << " not beside the export\n";
  }
  if (report.left_out > 0) {
    std::cout << "  " << grouped(static_cast<std::int64_t>(report.left_out))
              << " lines left out (orders to deliver again)\n";
  }
  for (const auto& reason : report.reasons) std::cerr << "set aside: " << reason << "\n";
}

// The database keeps less than the journal: said before the gateway leaves it out there.
void warn_of_retention(const config::Postgres& database, journal::Journal& journal) {
  if (!database.enabled || database.keep_days == 0 || database.keep_by != "date") return;
  auto db = journal.read();
  if (!db) return;
  const auto kept_from = model::Time::seconds(model::Time::now().to_seconds() - database.keep_days * 86'400);
  auto& row = (*db)->prepared("SELECT count(*) FROM heads WHERE date < ?").with(kept_from);
  const auto found = row.step();
  const auto older = found && *found ? row.integer(0) : 0;
  row.reset();
  if (older == 0) return;
  std::cerr << "note: " << counted(older, "stored message") << " older than postgres.keep_days (" << database.keep_days
            << ") will not be in the database. Set postgres.keep_days = 0 or postgres.keep_by = \"stored\" before the "
               "gateway starts to have them there\n";
}

// What cannot be read makes no data folder.
bool nothing_to_read(const ImportFlags& flags) {
  return std::none_of(flags.files.begin(), flags.files.end(),
                      [](const std::string& file) { return export_file::check_file(file).ok(); });
}

int import_all(const Common& common, const ImportFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  if (nothing_to_read(flags)) {
    int code = kDone;
    for (const auto& file : flags.files) code = fail(export_file::check_file(file).error());
    if (common.json) print(boost::json::object{{"imports", boost::json::array()}});
    return code;
  }
  journal::Limits limits;
  limits.max_bytes = config->journal.max_bytes;
  limits.disk_reserve_bytes = config->disk.reserve_bytes;
  auto journal = journal::Journal::open(config->data_dir, journal::Access::write, limits);
  if (!journal) return fail(journal.error());
  observe::Metrics metrics;
  pipeline::Intake::Options intake_options;
  intake_options.give_up_on_failure = true;
  intake_options.counters_every = std::chrono::seconds(0);  // nobody watches them change
  // What rules drop or redact stays out, whichever way it comes.
  rules::Live live;
  intake_options.rules = &live;
  pipeline::Intake intake(**journal, metrics, intake_options);
  if (auto loaded = pipeline::Rulebook(**journal, intake, live, {}).load(); !loaded) return fail(loaded.error());

  export_file::Options options;
  options.account = flags.account;
  options.time_zone = flags.time_zone;
  options.as_live = flags.as_live;
  if (flags.media) options.media_folder = config->media.folder;

  int code = kDone;
  boost::json::array reports;
  for (const auto& file : flags.files) {
    auto report = [&] {
      ProgressLine line;
      return export_file::import_file(file, options, intake, [&](const export_file::Progress& p) {
        std::optional<double> fraction;
        if (p.bytes_total > 0) fraction = static_cast<double>(p.bytes_done) / static_cast<double>(p.bytes_total);
        line.show(fraction, fmt::format("{} messages, {} a second{}", grouped(static_cast<std::int64_t>(p.messages)),
                                        grouped(static_cast<std::int64_t>(p.messages_per_second)),
                                        p.seconds_left ? ", " + duration(*p.seconds_left) + " left" : ""));
      });
    }();
    if (!report) {
      code = fail(report.error());
      continue;
    }
    if (common.json) {
      reports.push_back(to_json(file, *report, flags));
    } else {
      summarise(file, *report, flags, config->media.folder);
    }
    if (report->failure) {
      code = fail(*report->failure);
    } else if (report->refused > 0 && code == kDone) {
      code = kLook;
    }
  }
  warn_of_retention(config->postgres, **journal);
  if (common.json) print(boost::json::object{{"imports", reports}});
  return code;
}

}  // namespace

void add_import(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command =
      app.add_subcommand("import", "Take in Telegram Desktop exports (result.json) or ndjson of this program");
  auto flags = std::make_shared<ImportFlags>();
  command->add_option("file", flags->files, "Files to read")->required()->type_name(kFile);
  command->add_flag("--as-live", flags->as_live, "Offer the messages to consumers as if they were new");
  command->add_flag("--media", flags->media, "Take in the media files that lie beside the export");
  command->add_option("--time-zone", flags->time_zone, "Zone of dates that have none, e.g. Europe/Berlin (old exports)")
      ->type_name("ZONE");
  command->add_option("--account", flags->account, "User id of the account that private chats belong to")
      ->type_name("ID");
  command->footer(
      "Importing again changes nothing. Exit code 3: done, but some messages were set aside (telegram-gateway "
      "failures).\n"
      "Example: telegram-gateway import ~/Downloads/ChatExport/result.json");
  command->callback([flags, &common, code] { *code = import_all(common, *flags); });
}

}  // namespace tg::cli
