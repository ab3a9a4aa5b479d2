#pragma once
// Takes a backup beside a running gateway, and calls it done only when it was put back into a scratch place and found
// whole.
//
//   DATA_DIR/backup.scratch                                    the backups' folder
//   ┌ journal at one moment, sessions, configuration, dumps ──▶ .….partial ──▶ read back, compared ──▶ its name
//   └ removed at the end, or by the next backup                               age, when asked for
//
// A file under its name is always whole; what a crash left behind has another name and goes with the next backup.
// Blocks; any thread; one at a time for each data folder.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backup/collect.h"
#include "backup/retention.h"

namespace tg::backup {

struct Options {
  std::filesystem::path data_dir;
  std::filesystem::path to;               // folder; made (0700) where it is missing
  std::filesystem::path recipients_file;  // of age: who can read it; empty = not encrypted
  Keep keep;
  std::string program;             // version, for the manifest
  std::int64_t reserve_bytes = 0;  // never below this on the data folder's disk: capture would pause
  std::vector<Outside> outside;    // configuration and secrets
  std::vector<Dump> dumps;         // before the journal, so that it is at least as new as they are
  std::vector<LeftOut> left_out;   // what the caller knows to be missing
  bool complete = true;            // false: one of `left_out` should be in it
  // What is being done, and how much of it (0…1) where that is known.
  std::function<void(std::optional<double>, const std::string&)> on_progress;
  std::function<bool()> interrupted;  // asked often; then nothing is left behind
};

struct Plan {
  std::filesystem::path file;                  // would be written
  std::int64_t journal_bytes = 0;              // the archive is smaller
  std::vector<std::filesystem::path> removed;  // would be, by `keep`
};

struct Made {
  std::filesystem::path file;
  bool whole = true;  // false: something could not be taken (manifest.left_out); last_made() is the one before
  std::int64_t bytes = 0;
  Manifest manifest;
  std::vector<std::filesystem::path> removed;
};

// What would be done; changes nothing.
Result<Plan> plan(const Options& options);

// A dump or a file that cannot be taken is left out; without the journal or a session there is no backup. What is made
// in the data folder belongs to its owner. conflict while another backup of the folder runs; out_of_space before
// anything is harmed.
Result<Made> make(const Options& options);

// When the last one was taken of which nothing failed; nothing where none ever was.
std::optional<model::Time> last_made(const std::filesystem::path& data_dir);

}  // namespace tg::backup
