#pragma once
// Which backups stay: the newest of each of the last days, weeks and months that have one. Times are UTC; weeks begin
// on Monday. What a backup is called:
//
//   telegram-gateway-20261127T020000Z-3fa91c02[-incomplete].tar.zst[.age]       3fa91c02: the journal's id begins so
//
// so several gateways may share a folder, and none removes another's.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"

namespace tg::backup {

struct Keep {
  std::int64_t daily = 7, weekly = 4, monthly = 12;  // 0 = none of these
};

struct Name {
  model::Time made_at;  // whole seconds
  std::string journal;  // the first eight digits of its id
  bool encrypted = false;
  bool complete = true;  // false: something that it should hold is not in it

  std::string to_string() const;
};
std::optional<Name> parse_name(std::string_view name);

// 7,4,12
std::optional<Keep> parse_keep(std::string_view text);

// Of these times, those that nothing keeps. The newest always stays.
std::vector<model::Time> too_old(std::vector<model::Time> made, const Keep& keep);

struct Found {
  std::filesystem::path path;
  Name name;
};
// Backups of this journal in the folder, newest first.
std::vector<Found> backups_in(const std::filesystem::path& folder, std::string_view journal);

// Those of the folder that nothing keeps when `made` is in it too: never `made` itself, and no complete one for one
// that is not.
std::vector<std::filesystem::path> to_remove(const std::filesystem::path& folder, const Name& made, const Keep& keep);

}  // namespace tg::backup
