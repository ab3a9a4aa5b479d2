#include "api/access/sessions.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "config/config.h"

namespace tg::api {

std::string random_secret() {
  unsigned char bytes[24];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1) throw std::runtime_error("no random bytes from OpenSSL");
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

bool equal_secrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() && !a.empty() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void Sessions::drop_idlest(std::optional<std::uint64_t> caller) {
  auto idlest = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (caller && entry->second.session.caller != *caller) continue;
    if (idlest == entries_.end() || entry->second.used < idlest->second.used) idlest = entry;
  }
  if (idlest != entries_.end()) entries_.erase(idlest);
}

std::pair<std::string, Session> Sessions::open(unsigned scopes, std::uint64_t caller, Clock::time_point now,
                                               std::uint64_t token) {
  auto cookie = random_secret();
  Session session{scopes, caller, token, random_secret()};
  std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) {
    return now - entry.second.used > kIdle || now - entry.second.opened > kLongest;
  });
  const auto own = std::count_if(entries_.begin(), entries_.end(),
                                 [&](const auto& entry) { return entry.second.session.caller == caller; });
  if (static_cast<std::size_t>(own) >= kMostOfOne) drop_idlest(caller);
  if (entries_.size() >= kMost) drop_idlest(std::nullopt);
  entries_[config::sha256_hex(cookie)] = Entry{session, now, now};
  return {std::move(cookie), std::move(session)};
}

std::optional<Session> Sessions::find(std::string_view cookie, Clock::time_point now) {
  if (cookie.empty()) return std::nullopt;
  const auto key = config::sha256_hex(cookie);
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  if (now - found->second.used > kIdle || now - found->second.opened > kLongest) {
    entries_.erase(found);
    return std::nullopt;
  }
  found->second.used = now;
  return found->second.session;
}

void Sessions::close(std::string_view cookie) {
  const auto key = config::sha256_hex(cookie);
  std::lock_guard lock(mutex_);
  entries_.erase(key);
}

std::size_t Sessions::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

std::string_view Sessions::cookie_of(const Request& request) {
  auto rest = request.header("cookie");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(kCookie) && pair.size() > kCookie.size() && pair[kCookie.size()] == '=') {
      return pair.substr(kCookie.size() + 1);
    }
  }
  return {};
}

}  // namespace tg::api
