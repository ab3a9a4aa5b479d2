// [[webhooks]]: read whole, refused whole, and without a secret in what is shown.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/report.h"
#include "support/temp_folder.h"
#include "tells.h"

namespace tg::config {
namespace {

constexpr const char* kHookSecret = "c4a7e3c9d04f5a61728394a5b6c7d8e9";

class Webhooks : public ::testing::Test {
 protected:
  Webhooks() { write_secret(kHookSecret); }

  Loaded with_file(std::string_view toml) {
    sources_.file = folder_.write("gateway.toml", toml);
    return load(sources_);
  }
  void write_secret(std::string_view content, mode_t mode = 0600) const {
    const auto file = folder_.write("desk.secret", content);
    ASSERT_EQ(chmod(file.c_str(), mode), 0);
  }

  static constexpr std::string_view kDesk =
      "[[webhooks]]\nname = \"desk\"\nurl = \"https://desk.example.org/in?key=abc\"\nsecret_file = \"desk.secret\"\n";

  test::TempFolder folder_;
  Sources sources_;
};

TEST_F(Webhooks, AnEntryHasItsDefaults) {
  const Loaded loaded = with_file(kDesk);

  ASSERT_TRUE(loaded.ok()) << check_text(loaded);
  ASSERT_EQ(loaded.config.webhooks.size(), 1U);
  const Webhook& desk = loaded.config.webhooks[0];
  EXPECT_EQ(desk.secret_file, (folder_ / "desk.secret").string());
  EXPECT_EQ(desk.format, "events");
  EXPECT_EQ(desk.batch, 20);
  EXPECT_FALSE(desk.allow_private);
  EXPECT_EQ(loaded.origin_of("webhooks"), Origin::file);
  EXPECT_TRUE(loaded.warnings.empty()) << check_text(loaded);
}

TEST_F(Webhooks, EverythingCanBeSaid) {
  folder_.write("ca.pem", "");

  const Loaded loaded = with_file(std::string(kDesk) +
                                  "format = \"events\"\nbatch = 100\nchannels = [\"-1001\"]\nkinds = [\"new\"]\n"
                                  "allow_private = true\ntls_ca_file = \"ca.pem\"\n");

  ASSERT_TRUE(loaded.ok()) << check_text(loaded);
  const Webhook& desk = loaded.config.webhooks.at(0);
  EXPECT_EQ(desk.batch, 100);
  EXPECT_EQ(desk.channels, std::vector<std::string>{"-1001"});
  EXPECT_EQ(desk.kinds, std::vector<std::string>{"new"});
  EXPECT_TRUE(desk.allow_private);
  EXPECT_EQ(desk.tls_ca_file, (folder_ / "ca.pem").string());
}

TEST_F(Webhooks, FlatIsOneMessageARequest) {
  EXPECT_EQ(with_file(std::string(kDesk) + "format = \"flat\"\n").config.webhooks.at(0).batch, 1);
  EXPECT_TRUE(tells(with_file(std::string(kDesk) + "format = \"flat\"\nbatch = 20\n").errors, "Leave batch out"));
}

TEST_F(Webhooks, EveryMistakeIsToldAtOnce) {
  const Loaded loaded = with_file(
      "[[webhooks]]\nname = \"a b\"\nurl = \"ftp://desk.example.org\"\nsecret = \"x\"\nformat = \"xml\"\nbatch = 0\n"
      "channels = [\"@desk\"]\nkinds = [\"counters\"]\nallow_privat = true\ntls_ca_file = \"none.pem\"\n"
      "[[webhooks]]\nurl = \"https://me:pw@desk.example.org\"\nsecret_file = \"none\"\nallow_private = 1\nbatch = "
      "101\n");

  for (const auto* part :
       {"webhooks[0] (", "a-z A-Z", "http or https", "holds the secret itself", "has no secret_file",
        "Formats are events", "from 1 to 100", "@desk", "Kinds are new", "nearest known key is allow_private",
        "none.pem", "webhooks[1] (", "name and password", "neither true nor false"}) {
    EXPECT_TRUE(tells(loaded.errors, part));
  }
  EXPECT_TRUE(tells(loaded.unread_secrets, "no file that can be read"));
  EXPECT_TRUE(loaded.config.webhooks.empty());
  EXPECT_EQ(check_text(loaded).find("pw@"), std::string::npos);
}

TEST_F(Webhooks, TwoOfOneNameAreRefused) {
  EXPECT_TRUE(tells(with_file(std::string(kDesk) + std::string(kDesk)).errors, "two entries with the name desk"));
}

TEST_F(Webhooks, SecretMustBeAloneAndForNobodyElse) {
  write_secret(kHookSecret, 0644);
  EXPECT_TRUE(tells(with_file(kDesk).errors, "chmod 600"));
  write_secret("one line\nX-Other: header");
  EXPECT_TRUE(tells(with_file(kDesk).errors, "more than one line"));
  write_secret("short");
  EXPECT_TRUE(tells(with_file(kDesk).warnings, "can be guessed"));
}

// A credential of the unit, which no command by hand has.
TEST_F(Webhooks, SecretThatCannotBeReadStopsOnlyWhoServes) {
  std::filesystem::remove(folder_ / "desk.secret");

  const Loaded loaded = with_file(kDesk);

  EXPECT_TRUE(loaded.ok()) << check_text(loaded);
  EXPECT_TRUE(tells(loaded.unread_secrets, "desk.secret"));
  EXPECT_EQ(loaded.config.webhooks.size(), 1U);
}

TEST_F(Webhooks, WithoutEncryptionIsAWarningBeyondThisMachine) {
  const auto at = [&](std::string_view url) {
    return with_file(fmt::format("[[webhooks]]\nname = \"desk\"\nurl = \"{}\"\nsecret_file = \"desk.secret\"\n", url));
  };

  EXPECT_TRUE(tells(at("http://desk.example.org/").warnings, "unencrypted"));
  EXPECT_TRUE(at("http://127.0.0.1:9000/").warnings.empty());
}

TEST_F(Webhooks, WhatIsShownHoldsNoSecret) {
  const Loaded loaded = with_file(kDesk);

  for (const auto& shown : {show_text(loaded), boost::json::serialize(show_json(loaded))}) {
    EXPECT_NE(shown.find("https://desk.example.org/in?…"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("key=abc"), std::string::npos);
    EXPECT_EQ(shown.find(kHookSecret), std::string::npos);
  }
}

TEST_F(Webhooks, AreNoTableAndNoVariable) {
  EXPECT_TRUE(tells(with_file("[webhooks]\nname = \"desk\"\n").errors, "must be a list of tables"));
  EXPECT_TRUE(tells(with_file("webhooks = [1]\n").errors, "is no table"));
  EXPECT_TRUE(tells(with_file("[[webhook]]\nname = \"desk\"\n").errors, "nearest known key is webhooks"));
  sources_.environment["TELEGRAM_GATEWAY_WEBHOOKS"] = "desk";
  EXPECT_TRUE(tells(with_file("").errors, "use the file's [[webhooks]]"));
}

}  // namespace
}  // namespace tg::config
