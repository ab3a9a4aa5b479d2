#include <gtest/gtest.h>

#include "api/access/guard.h"
#include "api/access/rate_limit.h"
#include "api/access/sessions.h"
#include "api/access/tokens.h"

namespace tg::api {
namespace {

config::Auth auth_of(std::string_view secret, std::vector<config::Scope> scopes) {
  config::Auth auth;
  auth.require_token = true;
  auth.tokens.push_back({"one", std::move(scopes), config::sha256_hex(secret), "", "test"});
  return auth;
}

Request request_with(std::string_view name, std::string_view value) {
  Request request;
  request.set_target("/");
  request.add_header(name, value);
  return request;
}

TEST(Tokens, KnowASecretByItsHashOnly) {
  const Tokens tokens(auth_of("s3cret", {config::Scope::consume}));

  const auto known = tokens.find("s3cret", model::Time::now());

  ASSERT_TRUE(known);
  EXPECT_EQ(known->scopes, bit_of(config::Scope::read) | bit_of(config::Scope::consume));
  EXPECT_FALSE(tokens.find("s3cre", model::Time::now()));
  EXPECT_FALSE(tokens.find("", model::Time::now()));
}

TEST(Tokens, AreReadFromEveryHeaderThatCallersUse) {
  for (const auto* name : {"X-Gateway-Token", "X-API-Key", "x-api-token"}) {
    EXPECT_EQ(Tokens::presented(request_with(name, "abc")), "abc") << name;
  }
  EXPECT_EQ(Tokens::presented(request_with("Authorization", "bearer abc")), "abc");
  EXPECT_EQ(Tokens::presented(request_with("Authorization", "Basic abc")), "");
}

TEST(Guard, WithoutATokenOnlyNamesOfThisMachineAreServed) {
  Options options;
  options.server.allowed_hosts = {"gateway.lan"};
  const Guard guard(options);

  EXPECT_TRUE(guard.host_allowed(request_with("Host", "localhost:4010")));
  EXPECT_TRUE(guard.host_allowed(request_with("Host", "[::1]:4010")));
  EXPECT_TRUE(guard.host_allowed(request_with("Host", "GATEWAY.lan")));
  EXPECT_FALSE(guard.host_allowed(request_with("Host", "rebound.example:4010")));
  EXPECT_FALSE(guard.host_allowed(request_with("Accept", "*/*")));
}

TEST(Guard, WithATokenEveryNameIsServed) {
  Options options;
  options.auth = auth_of("x", {config::Scope::read});

  EXPECT_TRUE(Guard(options).host_allowed(request_with("Host", "anything.example")));
}

TEST(RateLimit, RefillsEvenly) {
  RateLimit limit(60);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(limit.take(1, 0).allowed) << i;

  const auto over = limit.take(1, 0);
  const auto a_second_later = limit.take(1, 1'000'000);

  EXPECT_FALSE(over.allowed);
  EXPECT_EQ(over.retry_s, 1);
  EXPECT_TRUE(a_second_later.allowed);
  EXPECT_FALSE(limit.take(1, 1'000'000).allowed);
  EXPECT_TRUE(limit.take(2, 0).allowed) << "another caller has a bucket of its own";
}

TEST(RateLimit, RemembersOnlySoManyCallers) {
  RateLimit limit(10);

  for (std::uint64_t caller = 0; caller < 100'000; ++caller) (void)limit.take(caller, 0);

  EXPECT_LE(limit.size(), 16u * 4'096u);
}

TEST(Sessions, ExpireWhenIdle) {
  Sessions sessions;
  const auto start = Sessions::Clock::now();
  const auto [cookie, session] = sessions.open(kAllScopes, 1, start);

  EXPECT_TRUE(sessions.find(cookie, start + std::chrono::hours(11)));
  EXPECT_FALSE(sessions.find(cookie, start + std::chrono::hours(24)));
  EXPECT_FALSE(sessions.find("guess", start));
}

TEST(Sessions, OfOneTokenDoNotPushOutAnothers) {
  Sessions sessions;
  const auto start = Sessions::Clock::now();
  const auto [cookie, session] = sessions.open(kAllScopes, 1, start);
  const auto [oldest, second] = sessions.open(kAllScopes, 2, start);

  for (int i = 1; i <= 2'000; ++i) (void)sessions.open(kAllScopes, 2, start + std::chrono::seconds(i));

  EXPECT_TRUE(sessions.find(cookie, start + std::chrono::hours(1)));
  EXPECT_FALSE(sessions.find(oldest, start + std::chrono::hours(1)));
  EXPECT_LE(sessions.size(), 101u);
}

TEST(Sessions, AreFoundAmongOtherCookies) {
  EXPECT_EQ(Sessions::cookie_of(request_with("Cookie", "a=b; tg_session=xyz; c=d")), "xyz");
  EXPECT_EQ(Sessions::cookie_of(request_with("Cookie", "tg_session_old=xyz")), "");
}

}  // namespace
}  // namespace tg::api
