#pragma once
// What a backup holds, written first into its archive: the files with their SHA-256, and up to where the journal is
// complete. It comes from outside when it is read: names that could leave a folder are refused.

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/result.h"

namespace tg::backup {

inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kJournalName = "journal.db";

// Of the journal: what must be the same when it is put back.
struct Counts {
  std::string journal_id;
  std::int64_t schema = 0;
  model::Seq seq;  // complete up to here, this one included; 0 = no event yet
  std::int64_t events = 0, messages = 0, versions = 0, chats = 0, acknowledged = 0;

  bool operator==(const Counts&) const = default;
};

struct FileEntry {
  std::string name;  // in the archive: a/b/c
  std::int64_t bytes = 0;
  std::string sha256;  // 64 lower-case hex digits
  std::string from;    // where it stood, for people
};

struct LeftOut {
  std::string what, why;
};

struct Manifest {
  std::string program;  // its version
  model::Time made_at;
  Counts journal;
  std::vector<FileEntry> files;  // in the archive's order
  std::vector<LeftOut> left_out;

  const FileEntry* find(std::string_view name) const;
  std::int64_t bytes() const;  // of all files together
  bool has_sessions() const;   // of Telegram accounts
};

// Parts of letters, digits and .-_+=@, none of them . or .., joined by /; at most 255 bytes.
bool is_safe_name(std::string_view name);

boost::json::object to_json(const Manifest& manifest);
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace tg::backup
