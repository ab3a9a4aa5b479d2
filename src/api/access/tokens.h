#pragma once
// Who is calling. Secrets are compared as SHA-256, in constant time, against every token there is, so that neither the
// time nor the order tells anything. Any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"
#include "config/config.h"

namespace tg::api {

constexpr unsigned bit_of(config::Scope scope) { return 1u << static_cast<unsigned>(scope); }
constexpr unsigned kAllScopes =
    bit_of(config::Scope::read) | bit_of(config::Scope::consume) | bit_of(config::Scope::admin);

std::vector<std::string_view> names_of_scopes(unsigned scopes);

// What the rate of a token is counted by.
std::uint64_t caller_of(std::string_view secret);

class Tokens {
 public:
  explicit Tokens(const config::Auth& auth);

  bool required() const { return required_; }
  // The scopes of a secret; nothing for one that is not known.
  std::optional<unsigned> scopes_of(std::string_view secret) const;
  // X-Gateway-Token, X-API-Key, X-API-Token, Authorization: Bearer, in this order; empty where none is there.
  static std::string_view presented(const Request& request);

 private:
  struct Entry {
    std::string digest;  // 32 bytes
    unsigned scopes = 0;
  };
  bool required_;
  std::vector<Entry> entries_;
};

}  // namespace tg::api
