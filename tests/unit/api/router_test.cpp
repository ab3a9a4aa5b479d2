// What the router decides before a handler is asked: memory, rates, sessions, refusals.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "harness.h"

namespace tg::test {
namespace {

// The Cookie line of a new session.
std::string signed_in(Harness& gateway, const std::string& token) {
  const auto opened = gateway.post("/api/session", "{\"token\":\"" + token + "\"}");
  const auto line = opened.header("Set-Cookie");
  return "Cookie: " + line.substr(0, line.find(';')) + "\r\n";
}

TEST(Memory, WhatARouteDoesNotReadIsNoReasonToAskTheStoreAgain) {
  Harness gateway;
  gateway.start();
  const std::string target = "/api/messages?channelId=-1001487851422&limit=1";

  const auto first = gateway.get(target);
  const auto more = gateway.get(target + "&utm_source=a&_=17&limi=2");
  const auto turned = gateway.get("/api/messages?x=1&limit=1&&channelId=-1001487851422");

  EXPECT_EQ(gateway.store.pages.load(), 1);
  EXPECT_EQ(more.body, first.body);
  EXPECT_EQ(turned.body, first.body);
}

TEST(Memory, EveryNameOfAParameterCounts) {
  Harness gateway;
  gateway.start();

  for (const auto* name : {"channelId", "channel_id", "channel", "channelId%5B%5D", "channel[]"}) {
    const auto mine = gateway.get(std::string("/api/messages?") + name + "=-1001487851422");
    const auto other = gateway.get(std::string("/api/messages?") + name + "=-100");
    EXPECT_NE(mine.body.find("\"one\""), std::string::npos) << name;
    EXPECT_EQ(other.body.find("\"one\""), std::string::npos) << name;
  }
}

TEST(Rates, AProbeIsNotRefusedForWhatItsAddressAsksOfTheApi) {
  Harness gateway;
  gateway.options.server.rate_limit_per_minute = 2;
  gateway.start();

  for (int i = 0; i < 3; ++i) (void)gateway.get("/api/session");

  EXPECT_EQ(gateway.get("/api/session").status, 429);
  EXPECT_EQ(gateway.get("/health/live").status, 200);
  EXPECT_EQ(gateway.get("/metrics").status, 200);
}

TEST(Rates, SessionsOfATokenShareItsRate) {
  Harness gateway;
  gateway.options.server.rate_limit_per_minute = 10;
  gateway.require("secret", {config::Scope::read});
  gateway.start();

  const auto first = gateway.get("/api/messages", signed_in(gateway, "secret"));
  const auto second = gateway.get("/api/messages", signed_in(gateway, "secret"));
  const auto token = gateway.get("/api/messages", "X-Gateway-Token: secret\r\n");

  EXPECT_EQ(first.header("RateLimit-Remaining"), "9");
  EXPECT_EQ(second.header("RateLimit-Remaining"), "8");
  EXPECT_EQ(token.header("RateLimit-Remaining"), "7");
}

TEST(Rates, AnAddressSignsInOnlySoOften) {
  Harness gateway;
  gateway.require("secret", {config::Scope::read});
  gateway.start();
  auto client = gateway.client();

  int status = 0, tries = 0;
  while (status != 429 && tries < 100) {
    status = client.call("POST", "/api/session", "", "{\"token\":\"guess\"}").status;
    ++tries;
  }

  EXPECT_EQ(tries, 61);
  EXPECT_EQ(client.call("GET", "/api/session").status, 200) << "only signing in is refused";
}

TEST(Sessions, AStreamEndsWithTheSessionThatOpenedIt) {
  Harness gateway;
  gateway.options.server.stream_heartbeat_s = 3'600;
  gateway.require("secret", {config::Scope::read});
  gateway.start();
  const auto cookie = signed_in(gateway, "secret");
  auto reader = gateway.client(), other = gateway.client();
  reader.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n" + cookie + "\r\n");
  other.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\nX-Gateway-Token: secret\r\n\r\n");
  ASSERT_TRUE(reader.receive_until("following"));
  ASSERT_TRUE(other.receive_until("following"));

  ASSERT_EQ(gateway.client().call("DELETE", "/api/session", cookie).status, 200);

  EXPECT_TRUE(reader.receive_until("\r\n0\r\n\r\n"));
  gateway.commit(10, "ten");
  EXPECT_TRUE(other.receive_until("\"text\":\"ten\"")) << "who shows the token itself goes on";
}

TEST(Refusals, SayWhichScopeIsMissingAndWhichSettingLetsAHostIn) {
  Harness gateway;
  gateway.options.server.allowed_hosts = {"gateway.lan"};
  gateway.start();
  Harness guarded;
  guarded.require("secret", {config::Scope::read});
  guarded.start();

  const auto host = gateway.get("/api/messages", "Host: evil.example\r\n");
  const auto scope = guarded.post("/api/channels", "{}", "X-Gateway-Token: secret\r\n");

  EXPECT_EQ(host.status, 421);
  EXPECT_NE(host.body.find("server.allowed_hosts"), std::string::npos);
  EXPECT_EQ(gateway.get("/api/messages", "Host: gateway.lan:4010\r\n").status, 200);
  EXPECT_EQ(scope.status, 403);
  EXPECT_NE(scope.body.find("'admin'"), std::string::npos);
}

TEST(Refusals, AreCountedLikeEveryAnswer) {
  Harness gateway;
  gateway.options.server.max_body_bytes = 1'024;
  gateway.require("secret", {config::Scope::read});
  gateway.start();

  (void)gateway.post("/api/channels", std::string(2'000, ' '));
  (void)gateway.get("/api/nothing");
  (void)gateway.get("/api/messages");
  auto broken = gateway.client();
  broken.send("\x16\x03\x01 hello\r\n\r\n");
  (void)broken.answer();

  EXPECT_EQ(gateway.metrics.requests("none", 413).Value(), 1);
  EXPECT_EQ(gateway.metrics.requests("none", 404).Value(), 1);
  EXPECT_EQ(gateway.metrics.requests("none", 400).Value(), 1);
  EXPECT_EQ(gateway.metrics.requests("messages", 401).Value(), 1);
}

}  // namespace
}  // namespace tg::test
