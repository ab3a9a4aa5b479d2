#pragma once
// The files of db/postgres, embedded at build time (cmake/migrations.cmake), by number.

#include <string>
#include <string_view>
#include <vector>

namespace tg::store::postgres {

struct Migration {
  int version = 0;
  std::string_view name;      // of the file, without .sql
  std::string_view checksum;  // SHA-256, hex
  std::string_view sql;
};

const std::vector<Migration>& migrations();

}  // namespace tg::store::postgres
