#include <cstdlib>
#include <iostream>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/usage.h"
#include "config/secret.h"
#include "legacy/legacy.h"
#include "store/postgres/snapshot.h"

namespace tg::cli {
namespace {

struct MigrateFlags {
  std::string from, from_file, password_file, schema = "telegram_gateway", table = "messages";
  std::string failure_queue, photos, offer_since;
  bool dry_run = false;
};

// What the predecessor was told itself.
constexpr const char* kItsVariable = "TELEGRAM_GATEWAY_DB_URL";

Result<store::postgres::Target> source_of(const MigrateFlags& flags) {
  std::string url = flags.from;
  if (url.empty() && !flags.from_file.empty()) {
    auto read = config::read_secret("--from-file", flags.from_file);
    if (!read) return read.error();
    url = std::move(*read);
  } else if (const char* variable = std::getenv(kItsVariable); url.empty() && variable) {
    url = variable;
  }
  if (url.empty()) {
    return Error{
        Code::invalid_input, "nothing says where the predecessor's database is",
        fmt::format("Name it with --from postgresql://USER@HOST:PORT/DATABASE, --from-file, or {}", kItsVariable)};
  }
  auto target = store::postgres::target_from_url(url);
  if (!target) return target;
  if (!flags.from.empty() && !target->password.empty()) {
    return Error{
        Code::invalid_input, "a password on the command line can be seen by everyone on this machine",
        "Leave it out of --from and name its file with --password-file, or put the whole address into a file of "
        "mode 0600 and name that with --from-file"};
  }
  if (!flags.password_file.empty()) {
    auto password = config::read_secret("--password-file", flags.password_file);
    if (!password) return password.error();
    target->password = std::move(*password);
  }
  return target;
}

std::string number(std::int64_t n) { return grouped(n); }

void show(const legacy::Report& r) {
  for (const auto& step : r.steps) {
    std::cout << fmt::format("{:>2} of {}  {:<14} {}\n", static_cast<int>(step.step) + 1, legacy::kSteps,
                             legacy::name_of(step.step), step.found);
  }
  std::cout << "\n"
            << counted(r.messages, "message") << " in "
            << counted(static_cast<std::int64_t>(r.channels.size()), "channel") << ", from " << counted(r.rows, "row")
            << ": " << number(r.duplicates) << " duplicates merged (" << number(r.differing)
            << " with different contents, kept as versions), " << number(r.set_aside) << " set aside\n"
            << number(r.dates_taken) << " without Telegram's date have the time of their arrival; "
            << number(r.metadata_bad) << " rows had metadata that is no JSON object, " << number(r.metadata_twice)
            << " had it twice encoded; " << number(r.bare_ids) << " had a channel without -100\n"
            << number(r.deleted) << " deleted, " << number(r.marks) << " marks of consumers, " << number(r.offered)
            << " offered to consumers as news\n"
            << counted(r.queue_lines, "line") << " of the failure queue; " << counted(r.photos, "photo") << ", "
            << number(r.photos_alone) << " of them without a message\n";
  for (const auto& [peer, channel] : r.channels) {
    if (channel.source_sum == channel.journal_sum && channel.missing == 0) continue;
    std::cout << fmt::format("different: channel {}: {} of {} messages missing, checksum {:016x}, here {:016x}\n",
                             peer.value, channel.missing, channel.messages, channel.source_sum, channel.journal_sum);
  }
  for (const auto& reason : r.reasons) std::cerr << "set aside: " << reason << "\n";
}

int migrate(const Common& common, const MigrateFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  legacy::Options options;
  auto source = source_of(flags);
  if (!source) return fail(source.error(), kUsage);
  options.source = std::move(*source);
  options.schema = flags.schema;
  options.table = flags.table;
  options.failure_queue = flags.failure_queue;
  options.photos = flags.photos;
  options.dry_run = flags.dry_run;
  std::optional<model::Time> nothing;
  if (auto range = take_range(flags.offer_since, "", options.offer_since, nothing); !range) {
    return fail(range.error(), kUsage);
  }
  const auto report = [&] {
    ProgressLine line;
    return legacy::migrate(*config, options, [&](const legacy::Progress& progress) {
      std::optional<double> fraction;
      if (progress.all > 0) fraction = static_cast<double>(progress.done) / static_cast<double>(progress.all);
      line.show(fraction, fmt::format("step {} of {}, {}: {} rows", static_cast<int>(progress.step) + 1, legacy::kSteps,
                                      legacy::name_of(progress.step), grouped(progress.done)));
    });
  }();
  if (!report) return fail(report.error());
  if (common.json) {
    print(legacy::to_json(*report));
  } else {
    show(*report);
  }
  if (report->dry_run) return report->set_aside > 0 ? kLook : kDone;
  if (!report->sound()) {
    return fail({Code::corrupt,
                 fmt::format("{} messages, {} marks and {} deletions of the predecessor are not in the journal",
                             report->missing, report->marks_missing, report->deletions_missing),
                 "Give the command again; undo it with: telegram-gateway rollback"});
  }
  return report->set_aside > 0 ? kLook : kDone;
}

int roll_back(const Common& common, bool discard_newer, bool dry_run) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  const auto done = legacy::rollback(*config, discard_newer, dry_run);
  if (!done) return fail(done.error());
  if (common.json) {
    print(boost::json::object{{"migrationOf", model::to_rfc3339(done->started_at)},
                              {"events", done->events},
                              {"newer", done->newer},
                              {"photos", done->photos},
                              {"dryRun", dry_run}});
    return kDone;
  }
  std::cout << (dry_run ? "would put back" : "put back") << " the journal as it was before the migration of "
            << local_time(done->started_at) << ": " << counted(done->events, "event") << " and "
            << counted(done->photos, "photo") << " less";
  if (done->newer > 0) std::cout << ", " << grouped(done->newer) << " of them stored since";
  std::cout << "\n";
  return kDone;
}

}  // namespace

void add_migrate_legacy(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("migrate-legacy", "Take over what the predecessor stored, in 12 steps");
  auto flags = std::make_shared<MigrateFlags>();
  command->add_option("--from", flags->from, "Its database, without a password: postgresql://USER@HOST:PORT/DATABASE")
      ->type_name("URL");
  command->add_option("--from-file", flags->from_file, "File of mode 0600, or credential, that holds the whole address")
      ->type_name(kFile);
  command->add_option("--password-file", flags->password_file, "File of mode 0600, or credential, of the password")
      ->type_name(kFile);
  command->add_option("--schema", flags->schema, "Schema of its tables")->capture_default_str()->type_name("NAME");
  command->add_option("--table", flags->table, "Table of its messages")->capture_default_str()->type_name("NAME");
  command->add_option("--failure-queue", flags->failure_queue, "Its data/failure-queue.jsonl")->type_name(kFile);
  command->add_option("--photos", flags->photos, "Its cache/photos")->type_name(kFolder);
  command
      ->add_option("--offer-since", flags->offer_since,
                   "Offer to consumers what nobody had marked and was posted since then")
      ->type_name(kTime);
  command->add_flag("--dry-run", flags->dry_run, "Read and tell, change nothing");
  command->footer(
      "The gateway must be stopped; nothing is written to the predecessor. A run that was ended goes on when the "
      "command "
      "is given again; one that is repeated changes nothing. Exit code 3: done, but some rows are no messages "
      "(telegram-gateway failures).\n"
      "Example: telegram-gateway migrate-legacy --from postgresql://telegram@127.0.0.1:5433/tradingsystem "
      "--password-file /etc/telegram-gateway/predecessor.password --dry-run");
  command->callback([flags, &common, code] { *code = migrate(common, *flags); });
}

void add_rollback(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("rollback", "Put back the journal as it was before migrate-legacy");
  struct Flags {
    bool discard_newer = false, dry_run = false;
  };
  auto flags = std::make_shared<Flags>();
  command->add_flag("--discard-newer", flags->discard_newer, "Also what the gateway has stored since");
  command->add_flag("--dry-run", flags->dry_run, "Tell what would be put back, change nothing");
  command->footer("The gateway must be stopped.\nExample: telegram-gateway rollback --dry-run");
  command->callback([flags, &common, code] { *code = roll_back(common, flags->discard_newer, flags->dry_run); });
}

}  // namespace tg::cli
