#pragma once
// What a browser can be tricked into: DNS rebinding (a foreign name that points here) and writes from other sites.

#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"
#include "api/options.h"

namespace tg::api {

class Guard {
 public:
  explicit Guard(const Options& options);

  // Without a token the Host header must name this machine: loopback, server.host, or one that was configured.
  bool host_allowed(const Request& request) const;
  // No Origin, the same one, or a configured one.
  bool write_allowed(const Request& request) const;
  bool cors_allowed(std::string_view origin) const;

 private:
  bool any_host_;
  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
};

// Without port and brackets, in lower case.
std::string host_name(std::string_view host);

}  // namespace tg::api
