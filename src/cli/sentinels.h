#pragma once
// What one Sentinel says of its quorum.

#include <string>

#include "sink/redis/master.h"

namespace tg::cli {

struct Sentinel {
  std::string address;
  bool answers = false;
  std::string says;  // of the quorum, or why it does not answer
  bool quorum = false;
};

Sentinel ask_sentinel(const redis::Address& address, const redis::Access& access);

}  // namespace tg::cli
