#pragma once
// What of a data folder goes into a backup beside the journal, copied into one folder so that it no longer changes.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "backup/manifest.h"
#include "model/result.h"

namespace tg::backup {

// A file from elsewhere: the configuration, a secret.
struct Outside {
  std::string name;  // in the backup
  std::filesystem::path path;
};

// What another program says of itself: a database's dump, a broker's definitions.
struct Dump {
  std::string name;  // in the backup
  std::string what;  // for people
  // `go_on` is asked often; its error ends it.
  std::function<Result<void>(const std::filesystem::path& to, const std::function<Result<void>()>& go_on)> write;
};

struct Collected {
  std::vector<FileEntry> files;  // without their SHA-256
  std::vector<LeftOut> left_out;
};

// TDLib's session of each account, beside a gateway that may be using it. It lives in an append-only log that TDLib
// itself cuts back to its last whole record when it opens it, so the log's beginning is the session as it was a moment
// ago; the message cache beside it is left out, TDLib makes it anew.
Result<void> collect_sessions(const std::filesystem::path& data_dir, const std::filesystem::path& into, Collected& to);

// The gateway's own small files: tokens made in the dashboard, the key of signed links.
Result<void> collect_own(const std::filesystem::path& data_dir, const std::filesystem::path& into, Collected& to);

// A file that this user cannot read is left out, and said so.
Result<void> collect_outside(const std::vector<Outside>& files, const std::filesystem::path& into, Collected& to);

}  // namespace tg::backup
