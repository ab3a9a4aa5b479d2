#pragma once
// Writes what is stored into files for people and other programs. Streamed: memory does not grow with the number of
// messages. A file is written beside its name, flushed and then renamed, so the name never stands for half an export.
//
//   ndjson  every event of the journal with all versions, one a line; imports back to the same messages, versions,
//           deletions, counters and chats with their settings. Not in it: coverage, and what consumers were
//           offered, had and marked
//   csv     one row a message (RFC 4180, UTF-8); see Options::guard_formulas
//   json    an array of messages as they stand, with the API's field names
//   html    a folder: a static site with local search, that works from file:// and asks nothing of the network
//
// Blocks; any thread.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "journal/journal.h"
#include "model/ids.h"
#include "model/result.h"
#include "store/store.h"

namespace tg::exporting {

enum class Format : std::uint8_t { ndjson, csv, json, html };
std::string_view name_of(Format format);
std::optional<Format> parse_format(std::string_view name);

struct Options {
  Format format = Format::ndjson;
  std::filesystem::path path;           // "-": standard output (not for html)
  std::vector<model::ChatId> channels;  // empty = all
  std::optional<model::Time> from, to;  // Telegram's date, both inclusive
  bool force = false;                   // replace what is there
  // csv: spreadsheets run cells that begin with = + - @ or a tab. Such text gets an apostrophe in front, as they do it
  // themselves; without the guard the text is exact.
  bool guard_formulas = true;
  std::function<void(std::uint64_t messages)> on_progress;  // after each thousand
};

struct Written {
  std::uint64_t messages = 0;  // rows; for ndjson events
  std::uint64_t chats = 0;
  std::uint64_t files = 0;
  std::int64_t bytes = 0;
  // Messages whose file no format carries (not counted for ndjson), and how many of these files are kept here.
  std::uint64_t files_left_out = 0;
  std::uint64_t files_kept = 0;
};

Result<Written> write_export(store::Store& store, journal::Journal& journal, const Options& options);

}  // namespace tg::exporting
