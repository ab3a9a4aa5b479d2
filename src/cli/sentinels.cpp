#include "cli/sentinels.h"

#include "sink/redis/connection.h"

namespace tg::cli {

Sentinel ask_sentinel(const redis::Address& address, const redis::Access& access) {
  Sentinel sentinel{address.to_string(), false, "", false};
  auto connection = redis::Connection::open(address, access.sentinel_login, {});
  if (!connection) {
    sentinel.says = connection.error().to_string();
    return sentinel;
  }
  (*connection)->add({"SENTINEL", "CKQUORUM", access.master});
  const auto replies = (*connection)->exchange({}, redis::Connection::kConnectPatience);
  if (!replies) {
    sentinel.says = replies.error().to_string();
    return sentinel;
  }
  sentinel.answers = true;
  sentinel.quorum = !replies->front().is_error();
  sentinel.says = replies->front().text;
  return sentinel;
}

}  // namespace tg::cli
