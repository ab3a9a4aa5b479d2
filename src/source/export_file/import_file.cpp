#include "source/export_file/import_file.h"

#include "observe/log.h"
#include "source/export_file/detail/importer.h"
#include "source/export_file/detail/input_file.h"
#include "source/export_file/detail/ndjson.h"

namespace tg::export_file {
namespace {

constexpr std::uint64_t kMostSetAside = 10'000;  // beside capture

// Says which file, what was the last good message, and what is kept.
Error with_place(Error error, const std::filesystem::path& file, const std::string& last_good, std::uint64_t messages) {
  error.what = fmt::format("{}: {}", file.string(), error.what);
  error.what +=
      last_good.empty() ? "; no message was read before" : fmt::format("; the last good one was {}", last_good);
  if (messages > 0) error.what += fmt::format("; {} {} kept", messages, messages == 1 ? "message is" : "messages are");
  return error;
}

// Reads to the end. `sink` is a JsonStream or an NdjsonImporter; `settle` is called after each piece.
template <class Sink, class Settle>
Result<void> pump(detail::InputFile& file, std::string_view first, Sink& sink, Report& report, const Settle& settle) {
  for (std::string_view piece = first; !piece.empty();) {
    if (auto taken = sink.write(piece); !taken) return taken;
    report.bytes += static_cast<std::int64_t>(piece.size());
    if (auto settled = settle(); !settled) return settled;
    if (report.stopped) return {};
    auto next = file.read();
    if (!next) return next.error();
    piece = *next;
  }
  return sink.finish();
}

Result<void> room_beside(const journal::Journal& journal) {
  auto left = journal.room(pipeline::kLeftToCapture);
  if (left) return left;
  auto error = left.error();
  error.what = "the import ended, to leave room for what is captured: " + error.what;
  error.fix += "; then import the file again: nothing is stored twice";
  return error;
}

Error too_many(std::uint64_t refused, const std::vector<std::string>& reasons) {
  return {Code::invalid_input,
          fmt::format("{} messages were set aside, and more are not tried{}{}", refused,
                      reasons.empty() ? "" : ". The first: ", reasons.empty() ? "" : reasons.front()),
          "Correct that and import the file again: nothing is stored twice; or stop the gateway and import it on its "
          "machine: telegram-gateway import FILE"};
}

// Exports of this program that do not hold enough to be read back.
std::optional<std::string_view> one_way_export(std::string_view first_bytes) {
  if (first_bytes.starts_with("id,channelId,channelTitle,messageId,")) return "csv";
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto array = first_bytes.find_first_not_of(kBlanks);
  if (array == first_bytes.npos || first_bytes[array] != '[') return std::nullopt;
  const auto inside = first_bytes.find_first_not_of(kBlanks, array + 1);
  if (inside == first_bytes.npos || first_bytes[inside] == ']') return "json";
  const auto head = first_bytes.substr(inside, 200);
  return head.starts_with("{\"id\":") && head.find("\"messageId\":") != head.npos
             ? std::optional<std::string_view>("json")
             : std::nullopt;
}

}  // namespace

Result<void> check_file(const std::filesystem::path& path) {
  std::error_code ec;
  const auto type = std::filesystem::status(path, ec).type();
  if (type == std::filesystem::file_type::fifo || type == std::filesystem::file_type::character) return {};
  auto file = detail::InputFile::open(path, path);
  return file ? Result<void>() : Result<void>(file.error());
}

Result<Report> import_file(const std::filesystem::path& on_disk, const Options& options, pipeline::Intake& intake,
                           const OnProgress& on_progress) {
  const auto path = options.name.empty() ? on_disk : on_disk.parent_path() / options.name;
  const auto shown = options.name.empty() ? path : path.filename();
  auto file = detail::InputFile::open(on_disk, shown);
  if (!file) return file.error();
  auto first = file->read();
  if (!first) return first.error();

  if (const auto format = one_way_export(*first)) {
    return Error{Code::unsupported,
                 fmt::format("{}: it is a {} export of this program, which does not hold all that an import needs",
                             shown.string(), *format),
                 "Export as ndjson, which imports back: telegram-gateway export --format ndjson -o FILE"};
  }
  const bool ndjson = detail::is_ndjson(*first);
  if (ndjson && options.only_telegram) {
    return Error{
        Code::unsupported,
        fmt::format("{}: it is an ndjson export of this program, which may delete what is stored here", shown.string()),
        "If you trust it, stop the gateway and use the command line: telegram-gateway import FILE"};
  }
  Report report;
  const auto before = intake.imported();
  detail::Meter meter(on_progress, file->size());
  const auto settle = [&]() -> Result<void> {
    if (options.beside) {
      if (auto stored = intake.flush(); !stored) return stored;
      if (auto left = room_beside(*options.beside); !left) return left;
      if (const auto refused = (intake.imported() - before).refused; refused >= kMostSetAside) {
        return too_many(refused, report.reasons);
      }
    }
    meter.update(report.bytes, report.messages);
    report.stopped = options.stop.stop_requested();
    return {};
  };
  Result<void> done;
  std::string last_good;
  if (ndjson) {
    detail::NdjsonImporter importer(path, options, intake, report);
    done = pump(*file, *first, importer, report, settle);
    last_good = importer.last_good();
  } else {
    detail::Importer importer(path, options, file->written_at(), intake, report, settle);
    if (auto ready = importer.prepare(); !ready) return ready.error();
    detail::JsonStream stream(importer);
    done = pump(*file, *first, stream, report, settle);
    last_good = importer.last_good();
  }
  // Also after a failure: what came before it must be on disk when this is reported.
  const auto flushed = intake.flush();
  report.changes = intake.imported() - before;
  const auto& changes = report.changes;
  // A disk that is full loses what was read and not committed yet; the next import takes it.
  const auto kept =
      flushed ? report.messages : changes.created + changes.edited + changes.filled + changes.restored + changes.known;
  if (!done) {
    report.failure = with_place(done.error(), shown, last_good, kept);
  } else if (!flushed) {
    report.failure = with_place(flushed.error(), shown, last_good, kept);
  }
  report.refused = std::max(report.refused, report.changes.refused);
  meter.finish(report.bytes, report.messages);
  observe::info("import_done", {{"messages", static_cast<std::int64_t>(report.messages)},
                                {"new", static_cast<std::int64_t>(report.changes.created)},
                                {"refused", static_cast<std::int64_t>(report.refused)},
                                {"stopped", report.stopped ? "yes" : "no"},
                                {"failed", report.failure ? "yes" : "no"}});
  return report;
}

}  // namespace tg::export_file
