#include "export/export.h"

#include <iostream>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/usage.h"

namespace tg::cli {
namespace {

struct ExportFlags {
  std::string format = "ndjson";
  std::string output = "-";
  std::vector<std::int64_t> channels;
  std::string from, to;
  bool force = false;
  bool exact = false;
};

int export_all(const Common& common, const ExportFlags& flags) {
  exporting::Options options;
  options.format = *exporting::parse_format(flags.format);
  options.path = flags.output;
  for (const auto channel : flags.channels) options.channels.emplace_back(channel);
  if (options.format == exporting::Format::html && flags.output == "-") {
    return fail({Code::invalid_input, "an html export is a folder", "Name it with --output"}, kUsage);
  }
  if (auto taken = take_range(flags.from, flags.to, options.from, options.to); !taken)
    return fail(taken.error(), kUsage);
  options.force = flags.force;
  options.guard_formulas = !flags.exact;

  const auto config = load_config(common);
  if (!config) return kUsage;
  auto reading = Reading::open(*config, false);
  if (!reading) return fail(reading.error());
  auto written = [&] {
    ProgressLine line;
    options.on_progress = [&line](std::uint64_t messages) {
      line.show(std::nullopt, grouped(static_cast<std::int64_t>(messages)) + " messages written");
    };
    return exporting::write_export(*reading->store, *reading->journal, options);
  }();
  if (!written) return fail(written.error());
  if (flags.output != "-" && common.json) {
    print(boost::json::object{{"output", flags.output},
                              {"format", flags.format},
                              {"messages", written->messages},
                              {"chats", written->chats},
                              {"filesLeftOut", written->files_left_out},
                              {"filesKept", written->files_kept},
                              {"bytes", written->bytes}});
  } else if (flags.output != "-") {
    std::cout << counted(static_cast<std::int64_t>(written->messages),
                         options.format == exporting::Format::ndjson ? "event" : "message")
              << " of " << counted(static_cast<std::int64_t>(written->chats), "chat") << " written to " << flags.output
              << " (" << grouped(written->bytes >> 10) << " KiB)\n";
    if (written->files_left_out > 0) {
      std::cout << "  without the media files of "
                << counted(static_cast<std::int64_t>(written->files_left_out), "message");
      if (written->files_kept > 0) {
        std::cout << "; " << grouped(static_cast<std::int64_t>(written->files_kept)) << " of them are kept in "
                  << config->media.folder << ": copy that folder beside it";
      } else {
        std::cout << ": none was taken in (import --media takes in those of an export)";
      }
      std::cout << "\n";
    }
  }
  return kDone;
}

}  // namespace

void add_export(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("export", "Write stored messages as ndjson, csv, json or a static site");
  auto flags = std::make_shared<ExportFlags>();
  one_of(command->add_option("--format", flags->format,
                             "ndjson (the default; all versions, imports back), csv, json or html (a folder)"),
         {"ndjson", "csv", "json", "html"});
  command->add_option("-o,--output", flags->output, "File, or folder for html; without it standard output")
      ->type_name(kFile);
  command->add_option("--channel", flags->channels, "Only this channel id; may be repeated")->type_name(kChannel);
  command->add_option("--from", flags->from, "Only messages posted since, e.g. 2026-11-24")->type_name(kTime);
  command->add_option("--to", flags->to, "Only messages posted until, a plain date included (UTC)")->type_name(kTime);
  command->add_flag("--force", flags->force, "Replace what is there");
  command->add_flag("--exact", flags->exact, "csv: no apostrophe before text that a spreadsheet would run");
  command->footer(
      "ndjson imports back messages, versions, deletions, counters and channels; not the proof of completeness, nor "
      "what "
      "consumers had and marked: for those copy the data folder.\n"
      "Example: telegram-gateway export --format html -o archive --channel -1001234567890");
  command->callback([flags, &common, code] { *code = export_all(common, *flags); });
}

}  // namespace tg::cli
