// Tokens, and the rule that nobody is let in by accident.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/report.h"
#include "support/temp_folder.h"
#include "tells.h"

namespace tg::config {
namespace {

constexpr const char* kSecret = "b7e3c9d04f5a61728394a5b6c7d8e9f0";
// printf %s b7e3c9d04f5a61728394a5b6c7d8e9f0 | sha256sum
constexpr const char* kSecretSha256 = "b3f3f0e1deeb6bd23284580653bae833978b7be622d3c21d6d06b8fc3e28600a";

class Auth : public ::testing::Test {
 protected:
  Auth() { sources_.default_file = folder_ / "absent.toml"; }

  Loaded with_file(std::string_view toml) {
    sources_.file = folder_.write("gateway.toml", toml);
    return load(sources_);
  }

  void write_token(std::string_view content) const {
    const auto file = folder_.write("trader.token", content);
    ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  }

  static constexpr std::string_view kTrader =
      "[[auth.tokens]]\nname = \"trader\"\nscopes = [\"consume\"]\ntoken_file = \"trader.token\"\n";

  test::TempFolder folder_;
  Sources sources_;
};

TEST_F(Auth, TokenFileBesideTheConfigurationIsHashedAndMakesTokensRequired) {
  write_token(std::string(kSecret) + "\n");

  const Loaded loaded = with_file(kTrader);

  ASSERT_TRUE(loaded.ok()) << check_text(loaded);
  ASSERT_EQ(loaded.config.auth.tokens.size(), 1U);
  EXPECT_EQ(loaded.config.auth.tokens[0].sha256, kSecretSha256);
  EXPECT_EQ(loaded.config.auth.tokens[0].hint, "b7e3…");
  EXPECT_TRUE(loaded.config.auth.require_token);
  EXPECT_TRUE(loaded.warnings.empty()) << check_text(loaded);
}

TEST_F(Auth, CredentialOfSystemdComesBeforeTheFileBeside) {
  write_token("another-token-of-good-length");
  folder_.write("credentials/trader.token", kSecret);
  sources_.environment["CREDENTIALS_DIRECTORY"] = (folder_ / "credentials").string();

  EXPECT_EQ(with_file(kTrader).config.auth.tokens.at(0).sha256, kSecretSha256);
}

TEST_F(Auth, TokenFileThatOthersCanReadIsAWarningWithTheCommand) {
  write_token(kSecret);
  ASSERT_EQ(chmod((folder_ / "trader.token").c_str(), 0644), 0);

  const Loaded loaded = with_file(kTrader);

  EXPECT_TRUE(loaded.ok());
  EXPECT_TRUE(tells(loaded.warnings, "chmod 600"));
}

TEST_F(Auth, ScopesIncludeTheLesserOnes) {
  write_token(kSecret);

  const Token token = with_file(kTrader).config.auth.tokens.at(0);

  EXPECT_TRUE(token.may(Scope::read));
  EXPECT_TRUE(token.may(Scope::consume));
  EXPECT_FALSE(token.may(Scope::admin));
}

TEST_F(Auth, EveryMistakeInAnEntryIsTold) {
  const Loaded loaded = with_file(
      "[[auth.tokens]]\nscopes = [\"reed\"]\ntoken = \"secret\"\n"
      "[[auth.tokens]]\nname = \"b\"\nscope = [\"read\"]\nsha256 = \"12\"\n"
      "[[auth.tokens]]\nname = \"c\"\nscopes = [\"read\"]\ntoken_file = \"absent\"\n");

  EXPECT_TRUE(tells(loaded.errors, "has no name"));
  EXPECT_TRUE(tells(loaded.errors, "unknown scope \"reed\""));
  EXPECT_TRUE(tells(loaded.errors, "holds the token itself"));
  EXPECT_TRUE(tells(loaded.errors, "exactly one of token_file and sha256"));
  EXPECT_TRUE(tells(loaded.errors, "nearest known key is scopes"));
  EXPECT_TRUE(tells(loaded.errors, "not 64 hex digits"));
  EXPECT_TRUE(tells(loaded.unread_secrets, "is no file that can be read"));
  EXPECT_EQ(loaded.config.auth.tokens.size(), 1U);
}

// As the package names them: a credential of its unit, which no command by hand has.
TEST_F(Auth, TokenFileThatCannotBeReadStopsOnlyWhoServes) {
  const Loaded loaded = with_file("[server]\nhost = \"0.0.0.0\"\n" + std::string(kTrader));

  EXPECT_TRUE(loaded.ok()) << check_text(loaded);
  EXPECT_TRUE(tells(loaded.unread_secrets, "trader.token"));
  EXPECT_NE(check_text(loaded).find("warning: auth.tokens[0]"), std::string::npos) << check_text(loaded);
  EXPECT_EQ(check_json(loaded).at("warnings").as_array().size(), 1U);
  ASSERT_EQ(loaded.config.auth.tokens.size(), 1U);
  EXPECT_TRUE(loaded.config.auth.require_token);
  EXPECT_TRUE(loaded.config.auth.tokens[0].sha256.empty());
}

TEST_F(Auth, TokenThatCanBeGuessedIsAnError) {
  write_token("fifteen-letters\n");

  EXPECT_TRUE(tells(with_file(kTrader).errors, "shorter than 16 characters"));
}

TEST_F(Auth, EmptyTokenFileIsAnError) {
  write_token("\n");

  EXPECT_TRUE(tells(with_file(kTrader).errors, "is empty"));
}

TEST_F(Auth, TwoTokensOfOneNameAreAnError) {
  write_token(kSecret);

  EXPECT_TRUE(tells(with_file(std::string(kTrader) + std::string(kTrader)).errors, "two entries with the name trader"));
}

TEST_F(Auth, ListeningToOthersWithoutATokenIsAnErrorWithTheFix) {
  const Loaded loaded = with_file("[server]\nhost = \"0.0.0.0\"\n");

  ASSERT_EQ(loaded.errors.size(), 1U) << check_text(loaded);
  EXPECT_TRUE(tells(loaded.errors, "lets others in, but no token is configured"));
  EXPECT_TRUE(tells(loaded.errors, "listen on 127.0.0.1"));
}

TEST_F(Auth, LoopbackNeedsNoToken) {
  for (const char* host : {"127.0.0.1", "127.9.8.7", "::1", "localhost"}) {
    sources_.flags = {{"server.host", host}};
    EXPECT_TRUE(load(sources_).ok()) << host;
  }
  for (const char* host : {"127.evil.example", "127.0.0.1.example.org", "0.0.0.0", "::", "10.0.0.1"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST_F(Auth, PredecessorsKeysAreAcceptedButEnforcedOnlyWhenAskedFor) {
  sources_.environment["TELEGRAM_GATEWAY_API_KEY"] = kSecret;
  sources_.environment["API_SECRET_TOKEN"] = "another-token-of-good-length";
  sources_.flags = {{"server.host", "0.0.0.0"}};

  const Loaded open = load(sources_);
  ASSERT_TRUE(open.ok()) << check_text(open);
  EXPECT_EQ(open.config.auth.tokens.size(), 2U);
  EXPECT_EQ(open.config.auth.tokens[0].sha256, kSecretSha256);
  EXPECT_TRUE(open.config.auth.tokens[0].may(Scope::admin));
  EXPECT_FALSE(open.config.auth.require_token);
  EXPECT_TRUE(tells(open.warnings, "is open"));

  sources_.environment["TELEGRAM_GATEWAY_REQUIRE_TOKEN"] = "true";
  const Loaded closed = load(sources_);
  EXPECT_TRUE(closed.config.auth.require_token);
  EXPECT_TRUE(closed.warnings.empty()) << check_text(closed);
}

TEST_F(Auth, RequiringATokenThatDoesNotExistIsAnError) {
  sources_.environment["TELEGRAM_GATEWAY_REQUIRE_TOKEN"] = "1";

  EXPECT_TRUE(tells(load(sources_).errors, "nobody could call"));
}

TEST_F(Auth, NoReportHoldsMoreOfASecretThanFourCharacters) {
  write_token(kSecret);
  sources_.environment["API_SECRET_TOKEN"] = "short";

  const Loaded loaded = with_file(kTrader);
  const std::string reports = show_text(loaded) + boost::json::serialize(show_json(loaded)) + check_text(loaded) +
                              boost::json::serialize(check_json(loaded));

  EXPECT_NE(reports.find("b7e3…"), std::string::npos) << reports;
  EXPECT_EQ(reports.find("b7e3c"), std::string::npos) << reports;
  EXPECT_EQ(reports.find("shor"), reports.find("shorter")) << reports;
  EXPECT_EQ(reports.find(kSecretSha256), std::string::npos) << reports;
}

}  // namespace
}  // namespace tg::config
