#pragma once
// Between the server and the handlers: who may, how often, from memory or not.
//
//   host and origin ▶ token or session ▶ route ▶ rate ▶ memory (304, or the same bytes again) ▶ scope ▶ handler

#include "api/access/rate_limit.h"
#include "api/cache.h"
#include "api/context.h"
#include "api/http/server.h"
#include "api/route.h"

namespace tg::api {

class Router final : public Service {
 public:
  explicit Router(Context& context);

  bool now(Request& request, Response& response) override;
  void later(Request& request, Response& response) override;
  void refuse(int status, std::string_view why, Response& response) override;

 private:
  struct Known {
    unsigned scopes = 0;
    bool presented = false;  // something was shown, right or wrong
    bool by_cookie = false;
    std::uint64_t key = 0;    // for the rate limit
    std::uint64_t token = 0;  // number of the token
    std::string csrf;
  };
  Known who(const Request& request) const;
  bool within_rate(const Request& request, const Known& known, const Route* route, Response& response);
  bool admitted(Request& request, const Known& known, const Route& route, Response& response);
  bool from_memory(Request& request, const Known& known, Response& response);
  bool still_true(const Encoded& answer) const;
  void run(Request& request, Response& response);
  void remember(const Request& request, Response& response);
  void common_headers(const Request& request, Response& response) const;
  bool preflight(const Request& request, Response& response) const;
  void replace(Response& response, Response with) const;
  void turn_away(std::string_view route, Response& response, Response with);  // counted as `route`'s
  void count(std::size_t route, int status);

  Context& context_;
  RateLimit limit_;
  RateLimit probe_limit_;    // a probe is not refused for what its address asked of the API
  RateLimit sign_in_limit_;  // by address, tokens or not
  Cache cache_;
  // Counters by route for the answers that matter for speed; the others are looked up.
  std::vector<prometheus::Counter*> ok_, not_modified_;
  std::vector<prometheus::Histogram*> seconds_;
};

}  // namespace tg::api
