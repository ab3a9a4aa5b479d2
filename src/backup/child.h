#pragma once
// Other people's programs (age, pg_dump, systemctl), run to their end. Every user of the machine can read a process's
// arguments: secrets go into `environment` or a file.

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/result.h"

namespace tg::backup {

struct Child {
  std::vector<std::string> command;                              // the program is looked for in PATH
  std::vector<std::pair<std::string, std::string>> environment;  // on top of this process's own
  std::chrono::seconds patience = std::chrono::hours(6);         // then it is killed
  std::function<Result<void>()> go_on = {};                      // asked often; its error kills it, and is returned
};

struct Ended {
  int code = 0;                   // 128 + signal where one ended it
  std::string out, err;           // the first MiB of each
  std::string complaint() const;  // its first line of standard error
};

// not_found where there is no such program; timeout. Reads nothing from standard input.
Result<Ended> run_child(const Child& child);

}  // namespace tg::backup
