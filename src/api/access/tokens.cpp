#include "api/access/tokens.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

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

}  // namespace

std::vector<std::string_view> names_of_scopes(unsigned scopes) {
  std::vector<std::string_view> names;
  for (const auto scope : {config::Scope::read, config::Scope::consume, config::Scope::admin}) {
    if (scopes & bit_of(scope)) names.push_back(config::name_of(scope));
  }
  return names;
}

std::uint64_t caller_of(std::string_view secret) { return std::hash<std::string_view>{}(secret); }

Tokens::Tokens(const config::Auth& auth) : required_(auth.require_token) {
  for (const auto& token : auth.tokens) {
    Entry entry{digest_of_hex(token.sha256), 0};
    for (const auto scope : {config::Scope::read, config::Scope::consume, config::Scope::admin}) {
      if (token.may(scope)) entry.scopes |= bit_of(scope);
    }
    if (!entry.digest.empty()) entries_.push_back(std::move(entry));
  }
}

std::optional<unsigned> Tokens::scopes_of(std::string_view secret) const {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest);
  unsigned scopes = 0;
  bool known = false;
  for (const auto& entry : entries_) {
    const bool equal = CRYPTO_memcmp(digest, entry.digest.data(), sizeof(digest)) == 0;
    known |= equal;
    scopes |= equal ? entry.scopes : 0;
  }
  if (!known) return std::nullopt;
  return scopes;
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
