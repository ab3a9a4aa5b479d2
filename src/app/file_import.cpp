#include "app/file_import.h"

#include "source/export_file/import_file.h"

namespace tg::app {
namespace {

// Whoever may read sees how an import ended, and where the data lies is not for them.
Error without_folder(Error error, const std::filesystem::path& folder) {
  std::error_code none;
  const auto path = std::filesystem::canonical(folder, none).string() + "/";
  for (auto at = error.what.find(path); at != error.what.npos; at = error.what.find(path)) {
    error.what.erase(at, path.size());
  }
  return error;
}

}  // namespace

Result<bool> import_upload(const api::ImportOrder& order, const journal::Journal& journal, pipeline::Intake& intake,
                           const std::function<void(const api::ImportProgress&)>& tell) {
  export_file::Options options;
  options.name = order.name;
  options.only_telegram = true;
  options.beside = &journal;
  options.stop = order.stop;
  const auto before = intake.imported();
  api::ImportProgress now;
  const auto report = export_file::import_file(order.file, options, intake, [&](const export_file::Progress& progress) {
    const auto changes = intake.imported() - before;
    now.counts = {progress.messages, changes.created, changes.edited + changes.filled + changes.restored, changes.known,
                  changes.refused};
    if (progress.bytes_total > 0) {
      now.fraction = static_cast<double>(progress.bytes_done) / static_cast<double>(progress.bytes_total);
    }
    now.seconds_left = progress.seconds_left;
    tell(now);
  });
  if (!report) return without_folder(report.error(), journal.folder());
  // Of whole chats too, whose messages were not kept.
  now.counts.refused = report->refused;
  now.seconds_left.reset();
  tell(now);
  if (report->failure) return without_folder(*report->failure, journal.folder());
  return !report->stopped;
}

}  // namespace tg::app
