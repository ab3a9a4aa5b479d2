#pragma once
// Which server to write to: the one that the Sentinels name and that says itself that it is the master, or the one of
// the configuration where there are no Sentinels. One thread at a time.

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "config/config.h"
#include "sink/redis/connection.h"

namespace tg::redis {

struct Access {
  std::vector<Address> sentinels;
  std::string master;  // under which name they know it
  Address address;     // of the server, where there are no Sentinels
  Login login, sentinel_login;
};

// Reads the passwords' files.
Result<Access> access_of(const config::Redis& config);

class Master {
 public:
  explicit Master(Access access) : access_(std::move(access)) {}

  const Access& access() const { return access_; }

  // A connection to the master, which has said that it is.
  Result<std::unique_ptr<Connection>> connect(const std::stop_token& stop);
  // Whom the first Sentinel that answers names: the one that answered last is asked first.
  Result<Address> named(const std::stop_token& stop);
  // An error when the Sentinels name another server. Sentinels that are gone are no error: the server is there.
  Result<void> check_still(const Address& server, const std::stop_token& stop);

 private:
  Result<Address> ask_one(std::size_t index, const std::stop_token& stop);

  Access access_;
  std::size_t first_ = 0;                 // the Sentinel to ask first
  std::unique_ptr<Connection> sentinel_;  // to it
  std::chrono::steady_clock::time_point ask_again_at_;
};

// An error unless the reply to ROLE says that it is a master.
Result<void> check_role(const Reply& role, const Address& server);

}  // namespace tg::redis
