#pragma once
// Sign-ins of the dashboard: a cookie that scripts cannot read, and a second secret that every write must repeat in a
// header (CSRF). In memory, bounded, expiring; gone at a restart. Any thread.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/http/message.h"

namespace tg::api {

inline constexpr std::string_view kCookie = "tg_session";

struct Session {
  unsigned scopes = 0;
  std::uint64_t caller = 0;  // the token that opened it: they share a rate
  std::uint64_t token = 0;   // its number in Tokens, with which the session ends; 0 = none is asked for
  std::string csrf;
};

class Sessions {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMost = 1'000;
  static constexpr std::size_t kMostOfOne = 100;  // of one token
  static constexpr std::chrono::hours kIdle{12};
  static constexpr std::chrono::hours kLongest{24 * 7};

  // The cookie's value and the session. Of the same caller's, if there are many, the one that was idle longest makes
  // room; else of all.
  std::pair<std::string, Session> open(unsigned scopes, std::uint64_t caller, Clock::time_point now,
                                       std::uint64_t token = 0);
  std::optional<Session> find(std::string_view cookie, Clock::time_point now);
  void close(std::string_view cookie);
  std::size_t size() const;

  static std::string_view cookie_of(const Request& request);

 private:
  struct Entry {
    Session session;
    Clock::time_point opened, used;
  };
  void drop_idlest(std::optional<std::uint64_t> caller);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;  // by SHA-256 of the cookie: a lookup's time tells nothing of it
};

std::string random_secret();
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace tg::api
