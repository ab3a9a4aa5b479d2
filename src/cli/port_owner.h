#pragma once
// Who listens on a port of this machine, from /proc. Another user's process is seen, who it is only by root.

#include <sys/types.h>

#include <string>
#include <vector>

namespace tg::cli {

struct Listener {
  std::string address;  // 127.0.0.1, [::]
  int port = 0;
  pid_t pid = 0;        // 0 = not seen
  std::string command;  // its name and what it was started with; empty = not seen

  std::string who() const;  // pid 123 (redis-server *:6379)
};

std::vector<Listener> listeners(int port);

}  // namespace tg::cli
