#include "api/access/tokens.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "api/access/sessions.h"
#include "api/access/token_file.h"
#include "config/report.h"
#include "observe/log.h"

namespace tg::api {
namespace {

std::string digest_of_hex(std::string_view hex) {
  std::string bytes;
  const auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int high = value(hex[i]), low = value(hex[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes.size() == SHA256_DIGEST_LENGTH ? bytes : std::string{};
}

std::string hex_of(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

bool has_expired(const TokenFacts& facts, model::Time now) { return facts.expires_at && facts.expires_at <= now; }

}  // namespace

std::vector<std::string_view> names_of_scopes(unsigned scopes) {
  std::vector<std::string_view> names;
  for (const auto scope : {config::Scope::read, config::Scope::consume, config::Scope::admin}) {
    if (scopes & bit_of(scope)) names.push_back(config::name_of(scope));
  }
  return names;
}

std::uint64_t caller_of(std::string_view secret) { return std::hash<std::string_view>{}(secret); }

std::optional<unsigned> scopes_named(std::string_view name) {
  using config::Scope;
  if (name == config::name_of(Scope::read)) return bit_of(Scope::read);
  if (name == config::name_of(Scope::consume)) return bit_of(Scope::consume) | bit_of(Scope::read);
  if (name == config::name_of(Scope::admin)) return kAllScopes;
  return std::nullopt;
}

Tokens::Tokens(const config::Auth& auth, const std::filesystem::path& data_dir)
    : required_(auth.require_token), file_(data_dir.empty() ? data_dir : data_dir / "tokens.json") {
  for (const auto& token : auth.tokens) {
    TokenFacts facts;
    facts.name = token.name;
    facts.hint = token.hint;
    for (const auto scope : {config::Scope::read, config::Scope::consume, config::Scope::admin}) {
      if (token.may(scope)) facts.scopes |= bit_of(scope);
    }
    if (auto digest = digest_of_hex(token.sha256); !digest.empty()) take(std::move(facts), std::move(digest));
  }
}

Tokens::~Tokens() {
  const std::unique_lock lock(mutex_);
  const auto used = [](const Entry& entry) { return entry.used_us > entry.facts.last_used_at.us; };
  if (!std::any_of(entries_.begin(), entries_.end(), used)) return;
  if (auto saved = save(); !saved) observe::warn("tokens_not_saved", {{"reason", saved.error().to_string()}});
}

void Tokens::take(TokenFacts facts, std::string digest) {
  auto& entry = entries_.emplace_back();
  facts.number = ++numbers_;
  entry.used_us = facts.last_used_at.us;
  entry.facts = std::move(facts);
  entry.digest = std::move(digest);
}

Result<void> Tokens::load() {
  const std::unique_lock lock(mutex_);
  if (!file_.empty()) {
    auto kept = read_tokens(file_);
    if (!kept) return kept.error();
    for (auto& token : *kept) {
      if (auto digest = digest_of_hex(token.sha256); !digest.empty()) take(std::move(token.facts), std::move(digest));
    }
  }
  loaded_ = true;
  return {};
}

Result<void> Tokens::save() const {
  if (file_.empty() || !loaded_) return {};
  std::vector<KeptToken> made;
  for (const auto& entry : entries_) {
    if (!entry.facts.id.empty()) made.push_back({told(entry), hex_of(entry.digest)});
  }
  return write_tokens(file_, made);
}

TokenFacts Tokens::told(const Entry& entry) const {
  auto facts = entry.facts;
  facts.last_used_at = model::Time{entry.used_us.load()};
  return facts;
}

std::optional<Tokens::Known> Tokens::find(std::string_view secret, model::Time now) const {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest);
  std::optional<Known> known;
  const std::shared_lock lock(mutex_);
  for (const auto& entry : entries_) {
    const bool equal = CRYPTO_memcmp(digest, entry.digest.data(), sizeof(digest)) == 0;
    if (!equal || has_expired(entry.facts, now)) continue;
    entry.used_us = now.us;
    known = Known{(known ? known->scopes : 0) | entry.facts.scopes, entry.facts.number};
  }
  return known;
}

std::optional<unsigned> Tokens::scopes_of(std::uint64_t number, model::Time now) const {
  const std::shared_lock lock(mutex_);
  for (const auto& entry : entries_) {
    if (entry.facts.number != number || has_expired(entry.facts, now)) continue;
    entry.used_us = now.us;
    return entry.facts.scopes;
  }
  return std::nullopt;
}

std::vector<TokenFacts> Tokens::all() const {
  const std::shared_lock lock(mutex_);
  std::vector<TokenFacts> list;
  for (const auto& entry : entries_) list.push_back(told(entry));
  return list;
}

Result<Tokens::Made> Tokens::add(const std::string& name, unsigned scopes, model::Time expires_at, model::Time now) {
  Made made{{}, random_secret()};
  made.facts.id = random_secret().substr(0, 16);
  made.facts.name = name;
  made.facts.hint = config::mask(made.secret);
  made.facts.scopes = scopes;
  made.facts.created_at = now;
  made.facts.expires_at = expires_at;
  const std::unique_lock lock(mutex_);
  std::size_t count = 0;
  for (const auto& entry : entries_) {
    if (!entry.facts.id.empty()) ++count;
    if (entry.facts.name != name) continue;
    return Error{Code::conflict, fmt::format("there is a token with the name {}", name),
                 "Choose another name, or revoke that one first"};
  }
  if (count >= kMostMade) {
    return Error{Code::conflict, fmt::format("there are {} tokens", count), "Revoke those that are not needed"};
  }
  take(made.facts, digest_of_hex(config::sha256_hex(made.secret)));
  if (auto saved = save(); !saved) {
    entries_.pop_back();
    return saved.error();
  }
  made.facts.number = numbers_;
  return made;
}

Result<TokenFacts> Tokens::revoke(std::string_view id) {
  const std::unique_lock lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return !id.empty() && entry.facts.id == id; });
  if (found == entries_.end()) {
    return Error{Code::not_found, "there is no token with this id", "One of the configuration is removed there"};
  }
  auto facts = told(*found);
  entries_.erase(found);
  if (auto saved = save(); !saved) {
    auto error = saved.error();
    error.what =
        fmt::format("the token {} counts no more, but would again after a restart: {}", facts.name, error.what);
    return error;
  }
  return facts;
}

std::string_view Tokens::presented(const Request& request) {
  for (const std::string_view name : {"x-gateway-token", "x-api-key", "x-api-token"}) {
    if (const auto value = request.header(name); !value.empty()) return value;
  }
  const auto authorization = request.header("authorization");
  constexpr std::string_view kBearer = "bearer ";
  if (authorization.size() <= kBearer.size()) return {};
  for (std::size_t i = 0; i < kBearer.size(); ++i) {
    const char c = authorization[i];
    if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != kBearer[i]) return {};
  }
  auto secret = authorization.substr(kBearer.size());
  while (secret.starts_with(' ')) secret.remove_prefix(1);
  return secret;
}

}  // namespace tg::api
