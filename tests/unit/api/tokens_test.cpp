// Tokens that are made and revoked while the gateway runs.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>

#include <fstream>

#include "api/access/tokens.h"
#include "harness.h"
#include "observe/log.h"

namespace tg::test {
namespace {
namespace json = boost::json;

constexpr std::string_view kAdminHeader = "X-Gateway-Token: administrator\r\n";
const std::string kTokens = "/api/telegram-gateway/tokens";

json::object token_of(const Answer& answer) { return json::parse(answer.body).at("data").as_object(); }
std::string member(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

struct Guarded : Harness {
  Guarded() {
    options.data_dir = folder / "journal";
    require("administrator", {config::Scope::admin});
  }
  json::object make(const std::string& body) {
    const auto answer = post(kTokens, body, std::string(kAdminHeader));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return token_of(answer);
  }
  int status_with(const std::string& secret, const std::string& target = "/api/messages") {
    return get(target, "X-Gateway-Token: " + secret + "\r\n").status;
  }
  int revoke(const std::string& id) {
    return client().call("DELETE", kTokens + "/" + id, std::string(kAdminHeader)).status;
  }
};

std::string whole_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(MadeTokens, CountAtOnceAndEndAtOnce) {
  Guarded gateway;
  gateway.start();

  const auto made = gateway.make(R"({"name": "desk", "scopes": ["read"]})");
  const auto secret = member(made, "secret");

  EXPECT_EQ(member(made, "hint"), secret.substr(0, 4) + "…");
  EXPECT_EQ(gateway.status_with(secret), 200);
  EXPECT_EQ(gateway.status_with(secret, kTokens), 403) << "it may only read";
  EXPECT_EQ(gateway.revoke(member(made, "id")), 200);
  EXPECT_EQ(gateway.status_with(secret), 403);
  EXPECT_EQ(gateway.revoke(member(made, "id")), 404);
}

TEST(MadeTokens, ASecretIsToldOnceAndKeptNowhere) {
  Guarded gateway;
  gateway.start();

  const auto made = gateway.make(R"({"name": "desk", "scopes": ["consume"]})");
  const auto secret = member(made, "secret");
  const auto list = gateway.get(kTokens, std::string(kAdminHeader));
  const auto file = gateway.folder / "journal" / "tokens.json";

  EXPECT_EQ(list.body.find(secret), std::string::npos);
  EXPECT_NE(list.body.find("\"desk\""), std::string::npos);
  EXPECT_NE(list.body.find("\"configuration\""), std::string::npos) << "those of the configuration stand beside it";
  EXPECT_EQ(whole_file(file).find(secret), std::string::npos);
  EXPECT_NE(whole_file(file).find(config::sha256_hex(secret)), std::string::npos);
  struct stat info {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  for (const auto& record : observe::recent_records(0, observe::Level::debug, observe::kMostRecords)) {
    EXPECT_EQ(observe::to_line(record).find(secret), std::string::npos);
  }
}

TEST(MadeTokens, OutliveARestartAndARevokedOneDoesNot) {
  Guarded gateway;
  gateway.start();
  const auto kept = gateway.make(R"({"name": "kept", "scopes": ["read"]})");
  const auto gone = gateway.make(R"({"name": "gone", "scopes": ["read"]})");
  ASSERT_EQ(gateway.status_with(member(kept, "secret")), 200);
  ASSERT_EQ(gateway.revoke(member(gone, "id")), 200);

  gateway.api.reset();
  gateway.start();
  const auto list = gateway.get(kTokens, std::string(kAdminHeader)).body;

  EXPECT_EQ(gateway.status_with(member(kept, "secret")), 200);
  EXPECT_EQ(gateway.status_with(member(gone, "secret")), 403);
  EXPECT_EQ(list.find("\"gone\""), std::string::npos);
  EXPECT_NE(list.find("lastUsedAt"), std::string::npos);
}

TEST(MadeTokens, ASessionAndAStreamEndWithTheirToken) {
  Guarded gateway;
  gateway.start();
  const auto made = gateway.make(R"({"name": "desk", "scopes": ["read"]})");
  const auto opened = gateway.post("/api/session", R"({"token": ")" + member(made, "secret") + "\"}");
  const auto line = opened.header("Set-Cookie");
  const auto cookie = "Cookie: " + line.substr(0, line.find(';')) + "\r\n";
  ASSERT_EQ(gateway.get("/api/messages", cookie).status, 200);
  auto stream = gateway.client();
  stream.send("GET /api/stream?topics=overview HTTP/1.1\r\nHost: localhost\r\nX-Gateway-Token: " +
              member(made, "secret") + "\r\n\r\n");
  ASSERT_TRUE(stream.receive_until("event: heartbeat"));

  ASSERT_EQ(gateway.revoke(member(made, "id")), 200);

  EXPECT_EQ(gateway.get("/api/messages", cookie).status, 401);
  EXPECT_NE(gateway.get("/api/session", cookie).body.find("\"signedIn\":false"), std::string::npos);
  stream.read_to_end();
  EXPECT_TRUE(stream.received().ends_with("0\r\n\r\n")) << "the stream was closed, not cut";
}

TEST(MadeTokens, ExpireByThemselves) {
  config::Auth auth;
  auth.require_token = true;
  api::Tokens tokens(auth);
  const auto now = model::Time::now();
  const auto day_later = model::Time{now.us + 86'400'000'000};

  const auto made = tokens.add("desk", api::kAllScopes, day_later, now);

  ASSERT_TRUE(made);
  EXPECT_TRUE(tokens.find(made->secret, now));
  EXPECT_TRUE(tokens.scopes_of(made->facts.number, now));
  EXPECT_FALSE(tokens.find(made->secret, day_later));
  EXPECT_FALSE(tokens.scopes_of(made->facts.number, day_later));
}

TEST(MadeTokens, NeedTheScopeAdminAndAName) {
  Guarded gateway;
  gateway.require("reader", {config::Scope::read});
  gateway.start();

  EXPECT_EQ(gateway.get(kTokens, "X-Gateway-Token: reader\r\n").status, 403);
  EXPECT_EQ(gateway.post(kTokens, R"({"name": "a", "scopes": ["admin"]})", "X-Gateway-Token: reader\r\n").status, 403);
  EXPECT_EQ(gateway.get(kTokens).status, 401);
  for (const auto* wrong : {R"({"name": "a b", "scopes": ["read"]})", R"({"name": "", "scopes": ["read"]})",
                            R"({"name": "a", "scopes": []})", R"({"name": "a", "scopes": ["root"]})",
                            R"({"name": "a"})", R"({"name": "a", "scopes": ["read"], "expiresInDays": 0})"}) {
    EXPECT_EQ(gateway.post(kTokens, wrong, std::string(kAdminHeader)).status, 400) << wrong;
  }
  (void)gateway.make(R"({"name": "a", "scopes": ["read"]})");
  EXPECT_EQ(gateway.post(kTokens, R"({"name": "a", "scopes": ["read"]})", std::string(kAdminHeader)).status, 409);
  EXPECT_EQ(gateway.post(kTokens, R"({"name": "test", "scopes": ["read"]})", std::string(kAdminHeader)).status, 409)
      << "a name of the configuration";
}

TEST(MadeTokens, AFileThatOthersMayReadIsRefused) {
  Guarded gateway;
  const auto file = gateway.folder / "journal" / "tokens.json";
  std::ofstream(file) << R"({"version":1,"tokens":[]})";
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);

  EXPECT_THROW(gateway.start(), std::runtime_error);
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  EXPECT_NO_THROW(gateway.start());
  gateway.api.reset();
  std::ofstream(file) << "{";
  EXPECT_THROW(gateway.start(), std::runtime_error) << "nothing is written over what cannot be understood";
}

}  // namespace
}  // namespace tg::test
