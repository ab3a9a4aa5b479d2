#pragma once
// Reads a file into the intake: a Telegram Desktop export (`result.json`, one chat or a whole account) or an export of
// this program (ndjson). Which one it is shows in its first bytes.
//
//   file ──▶ [ 256 KiB ] ──▶ parser ──▶ one message at a time ──▶ intake ──▶ journal
//
// Streamed: memory depends on the largest message, not on the file. Runs in the caller's thread. A message that cannot
// be read is set aside with its place and the rest goes on; a fault of the file itself ends the import, and what came
// before it is on disk. Importing the same file again changes nothing.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/ids.h"
#include "model/result.h"
#include "pipeline/intake.h"

namespace tg::export_file {

struct Options {
  std::int64_t account = 0;            // whose private chats these are; 0 = as the export says
  std::string time_zone;               // for dates written without a zone, e.g. Europe/Berlin; empty = set aside
  bool as_live = false;                // offered to consumers as if it were new
  std::filesystem::path media_folder;  // media files beside the export are taken in here; empty = not
  std::int64_t max_media_bytes = 0;    // larger files stay where they are; 0 = no limit
  std::string name;                    // of the file, in words and places; empty = as it is on the disk
  bool only_telegram = false;          // what this program exported is trusted, deletions and all: not taken
  // Beside what is captured into it: what was read is on disk before more is, so that nobody waits behind much; the
  // file proves nothing of what the server has; and it ends while there is room for capture, or at 10,000 set aside.
  const journal::Journal* beside = nullptr;
  std::stop_token stop;  // ends it behind a piece; what it took in stays
};

struct ChatReport {
  model::ChatId peer;
  model::Scope scope;
  std::string title;
  std::string kind;            // channel, supergroup, group, private
  std::uint64_t messages = 0;  // read and handed over
  std::uint64_t refused = 0;   // set aside
  model::Time first_date, last_date;
};

struct Report {
  std::uint64_t messages = 0;                      // read and handed over, of all chats
  std::uint64_t refused = 0;                       // set aside, of all chats
  std::uint64_t left_out = 0;                      // lines of an ndjson that are no news here: orders to deliver again
  std::uint64_t media_files = 0, media_bytes = 0;  // taken in
  std::uint64_t media_missing = 0;                 // named by the export, not beside it
  std::int64_t bytes = 0;                          // of the file, read
  std::vector<ChatReport> chats;
  pipeline::Totals changes;          // what the intake made of it
  std::vector<std::string> reasons;  // of the first 20 messages set aside: place and reason
  std::optional<Error> failure;      // the import ended early; all before it is kept
  bool stopped = false;              // because it was asked to
};

struct Progress {
  std::int64_t bytes_done = 0;
  std::int64_t bytes_total = 0;  // 0 = unknown (a pipe)
  std::uint64_t messages = 0;
  double messages_per_second = 0;  // of the last seconds
  std::optional<std::int64_t> seconds_left;
};
using OnProgress = std::function<void(const Progress&)>;  // at most five times a second, and once at the end

// Whether a file could be read: not there, a folder, no permission. Pipes are not opened.
Result<void> check_file(const std::filesystem::path& file);

// An error when nothing could be read at all (not there, a folder, no permission); otherwise a report, which may hold
// a failure.
Result<Report> import_file(const std::filesystem::path& file, const Options& options, pipeline::Intake& intake,
                           const OnProgress& on_progress = {});

}  // namespace tg::export_file
