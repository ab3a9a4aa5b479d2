#include <gtest/gtest.h>

#include "context.h"
#include "support/temp_folder.h"

namespace telegram_gateway {
namespace {

Options valid() {
  Options options;
  options.name = "desk";
  options.channels = {-1001487851422};
  return options;
}

std::string wrong(const Options& options) {
  try {
    check(options);
  } catch (const std::invalid_argument& told) {
    return told.what();
  }
  return "";
}

TEST(Options, WhatIsWrongIsNamed) {
  EXPECT_EQ(wrong(valid()), "");

  auto options = valid();
  options.name = "a:b";
  EXPECT_EQ(wrong(options), "Options::name must be 1 to 64 of a-z A-Z 0-9 . _ -");
  options = valid();
  options.channels = {};
  EXPECT_NE(wrong(options).find("channels"), std::string::npos);
  options = valid();
  options.channels = {-1, -2, -1};
  EXPECT_NE(wrong(options).find("twice"), std::string::npos);
  options = valid();
  options.mode = Mode::hybrid;
  EXPECT_NE(wrong(options).find("rabbitmq"), std::string::npos);
  options = valid();
  options.changes = true;
  EXPECT_NE(wrong(options).find("changes"), std::string::npos);
  options = valid();
  options.gateway_url = "file:///etc/passwd";
  EXPECT_NE(wrong(options).find("gateway_url"), std::string::npos);
  options = valid();
  options.batch = 0;
  EXPECT_EQ(wrong(options), "Options::batch is 0; it must be 1 to 1000");
}

TEST(Options, FilesOfSecretsThatCannotBeReadAreNamed) {
  const tg::test::TempFolder folder;
  folder.write("there", "secret");
  const auto there = (folder.path() / "there").string(), missing = (folder.path() / "missing").string();
  auto options = valid();
  options.mode = Mode::hybrid;
  options.token_file = there;
  options.redis = Redis();
  options.redis->password_file = options.redis->sentinel_password_file = there;
  options.rabbitmq = Rabbitmq();
  options.rabbitmq->password_file = there;
  EXPECT_EQ(wrong(options), "");

  const auto told = [&](std::string& path) {
    path = missing;
    const auto error = wrong(options);
    path = there;
    return error;
  };

  EXPECT_EQ(told(options.rabbitmq->password_file),
            "Options::rabbitmq.password_file names " + missing +
                ", which cannot be read; create it with the password in its first line, for the user that runs this "
                "program (chmod 600)");
  EXPECT_NE(told(options.redis->password_file).find("Options::redis.password_file names"), std::string::npos);
  EXPECT_NE(told(options.redis->sentinel_password_file).find("redis.sentinel_password_file"), std::string::npos);
  EXPECT_NE(told(options.token_file).find("Options::token_file names"), std::string::npos);
  EXPECT_NE(told(options.token_file).find("the token in its first line"), std::string::npos);
}

TEST(Consumer, TakesNoOptionsThatAreWrong) {
  EXPECT_THROW(Consumer(Options(), [](const Message&) { return Outcome::done; }), std::invalid_argument);
  EXPECT_THROW(Consumer(valid(), nullptr), std::invalid_argument);
}

TEST(SecretFile, IsReadAnewEachTime) {
  const tg::test::TempFolder folder;
  folder.write("token", "first\r\nmore\n");
  const SecretFile file((folder.path() / "token").string());
  EXPECT_EQ(file.read(), "first");

  folder.write("token", "second");

  EXPECT_EQ(file.read(), "second");
  EXPECT_EQ(SecretFile("").read(), "");
  EXPECT_EQ(SecretFile((folder.path() / "none").string()).read(), std::nullopt);
}

}  // namespace
}  // namespace telegram_gateway
