#pragma once
// Who is calling: the configuration's tokens, and those that are made through the API and can be revoked. Secrets are
// compared as SHA-256, in constant time, against every token there is, so that neither the time nor the order tells
// anything. A secret is told once, when it is made; only its hash and its first four characters are kept. Any thread.

#include <atomic>
#include <filesystem>
#include <list>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.h"
#include "config/config.h"
#include "model/ids.h"
#include "model/result.h"

namespace tg::api {

constexpr unsigned bit_of(config::Scope scope) { return 1u << static_cast<unsigned>(scope); }
constexpr unsigned kAllScopes =
    bit_of(config::Scope::read) | bit_of(config::Scope::consume) | bit_of(config::Scope::admin);

std::vector<std::string_view> names_of_scopes(unsigned scopes);
// A scope with those that it includes; nothing for a name that is none.
std::optional<unsigned> scopes_named(std::string_view name);

// What the rate of a token is counted by.
std::uint64_t caller_of(std::string_view secret);

// What may be told of a token.
struct TokenFacts {
  std::string id;  // empty: of the configuration, cannot be revoked here
  std::string name, hint;
  unsigned scopes = 0;
  std::uint64_t number = 0;                          // its own in this process, from 1
  model::Time created_at, expires_at, last_used_at;  // 0 = not known, never, not yet
};

class Tokens {
 public:
  static constexpr std::size_t kMostMade = 200;

  struct Known {
    unsigned scopes = 0;
    std::uint64_t number = 0;
  };
  struct Made {
    TokenFacts facts;
    std::string secret;
  };

  // Made tokens live in DATA_DIR/tokens.json (0600); without a folder they end with the process.
  explicit Tokens(const config::Auth& auth, const std::filesystem::path& data_dir = {});
  ~Tokens();  // writes when each was last used
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  // Reads the file. An error: it is there and cannot be taken, so nothing of it counts and nothing is written over it.
  Result<void> load();

  bool required() const { return required_; }
  // Nothing for a secret that is not known, was revoked or has expired.
  std::optional<Known> find(std::string_view secret, model::Time now) const;
  // The same for one that was found before: a session asks each time, so that it ends with its token.
  std::optional<unsigned> scopes_of(std::uint64_t number, model::Time now) const;

  std::vector<TokenFacts> all() const;
  // Counts when it returns, and is on disk. A name belongs to one token; expires_at 0: never.
  Result<Made> add(const std::string& name, unsigned scopes, model::Time expires_at, model::Time now);
  // Counts no more when it returns, also where an error says that the file still has it.
  Result<TokenFacts> revoke(std::string_view id);

  // X-Gateway-Token, X-API-Key, X-API-Token, Authorization: Bearer, in this order; empty where none is there.
  static std::string_view presented(const Request& request);

 private:
  struct Entry {
    TokenFacts facts;
    std::string digest;  // 32 bytes
    mutable std::atomic<std::int64_t> used_us{0};
  };
  void take(TokenFacts facts, std::string digest);  // with the lock held
  TokenFacts told(const Entry& entry) const;
  Result<void> save() const;  // with the lock held

  const bool required_;
  std::filesystem::path file_;
  mutable std::shared_mutex mutex_;
  std::list<Entry> entries_;
  std::uint64_t numbers_ = 0;
  bool loaded_ = false;
};

}  // namespace tg::api
