#pragma once
// Where a database is, and as whom the gateway signs in there.

#include <cstdint>
#include <string>

namespace tg::store::postgres {

struct Target {
  std::string host;
  std::int64_t port = 0;
  std::string database, user, password;
  std::string tls = "prefer";  // libpq's sslmode
  std::string tls_ca_file;     // empty = the system's
};

}  // namespace tg::store::postgres
