#pragma once
// Which log records a reader wants: `level` (at least), `q` (text that the line holds, in whatever case) and `field`
// (NAME:VALUE, each must be so; `event` is a name like the fields').

#include <string>
#include <utility>
#include <vector>

#include "api/query.h"
#include "observe/log.h"

namespace tg::api {

struct LogFilter {
  observe::Level level = observe::Level::debug;
  std::string text;  // in lower case
  std::vector<std::pair<std::string, std::string>> fields;

  static Result<LogFilter> from(const Query& query, std::string_view level);  // where none is named
  bool wants(const observe::Record& record) const;
};

}  // namespace tg::api
