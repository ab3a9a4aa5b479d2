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
