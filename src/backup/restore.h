#pragma once
// Puts a backup back. Everything is unpacked and proven beside the data folder first; then the two change places in one
// step, so that at any moment the folder is the former or the restored one, whole.
//
//   PARENT/.NAME.restoring/data ──(proven)──▶ ⇄ DATA_DIR        the former: PARENT/NAME.before-20261127T091500Z
//
// Blocks; any thread; one at a time for each data folder.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backup/manifest.h"

namespace tg::backup {

struct RestoreOptions {
  std::filesystem::path archive;
  std::filesystem::path data_dir;
  std::filesystem::path identity_file;  // of age, for an encrypted one
  bool replace = false;                 // what is in the data folder; it is kept beside it
  // Telegram's sessions too. Two users of one session end it, so only where the one they were copied from is gone.
  bool sessions = false;
  std::function<void(std::optional<double>, const std::string&)> on_progress;
};

struct Restored {
  Manifest manifest;
  std::filesystem::path former;  // where what was there is now; empty: nothing was
  std::filesystem::path aside;   // configuration, secrets and dumps, for a person to put where they belong; or empty
  std::vector<FileEntry> put_aside;
  bool sessions = false;       // of the backup
  bool kept_sessions = false;  // those that were in the folder
  std::string warning;         // it is done, but the disk did not say that it keeps it
};

// What would be done, the backup read and proven to its end; changes nothing. An encrypted one is decrypted beside the
// data folder, for as long as that takes.
Result<Restored> rehearse(const RestoreOptions& options);

// conflict while a gateway runs on the folder, or where it holds something and `replace` is not set; corrupt,
// permission (another key) and out_of_space leave everything as it was.
Result<Restored> restore(const RestoreOptions& options);

}  // namespace tg::backup
