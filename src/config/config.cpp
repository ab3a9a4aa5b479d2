#include "config/config.h"

#include <openssl/sha.h>

namespace tg::config {

bool Token::may(Scope scope) const {
  return std::any_of(scopes.begin(), scopes.end(), [&](Scope held) { return held >= scope; });
}

std::string Webhook::shown_url() const {
  const auto query = url.find('?');
  return query == std::string::npos ? url : url.substr(0, query) + "?…";
}

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::read: return "read";
    case Scope::consume: return "consume";
    case Scope::admin: return "admin";
  }
  return "?";
}

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "?";
}

std::string_view name_of(LogTarget target) {
  switch (target) {
    case LogTarget::automatic: return "auto";
    case LogTarget::console: return "console";
    case LogTarget::journald: return "journald";
  }
  return "?";
}

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == 0 || at == text.npos || at + 1 == text.size() || text.size() > 254) return false;
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              std::string_view("@.-_+=/!#$%&'*?^`{|}~").find(static_cast<char>(c)) !=
                                  std::string_view::npos;
                     }) &&
         text.find('@', at + 1) == text.npos;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1" || host == "[::1]") return true;
  if (!host.starts_with("127.")) return false;
  // Digits and dots only: 127.example.org is a name that may lead anywhere.
  return std::count(host.begin(), host.end(), '.') == 3 && host.back() != '.' &&
         std::all_of(host.begin(), host.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

std::string sha256_hex(std::string_view secret) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace tg::config
