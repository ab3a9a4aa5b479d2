// What people read of the configuration, and that the documentation says what the program does.

#include "config/report.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "config/detail/values.h"
#include "config/nearest.h"
#include "support/temp_folder.h"

namespace tg::config {
namespace {

std::filesystem::path page() { return std::filesystem::path(TG_HOUSE) / "docs" / "configuration.md"; }

TEST(Reference, PageOfTheDocumentationIsTheGeneratedOne) {
  if (std::getenv("TG_UPDATE")) std::ofstream(page()) << reference_markdown();

  EXPECT_EQ(test::read_whole(page()), reference_markdown()) << "run this test with TG_UPDATE=1 and look at the change";
}

TEST(Reference, IsAFileThatLoadsToTheDefaults) {
  const test::TempFolder folder;
  folder.write("trader.token", "a-token-of-good-length");
  const auto secret = folder.write("desk.secret", "a-secret-of-good-length");
  std::filesystem::permissions(secret, std::filesystem::perms::owner_read);
  // Every key set: the comment sign goes where a key or a table follows it.
  std::string toml;
  std::istringstream lines(reference_toml());
  for (std::string line; std::getline(lines, line);) {
    const bool set = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    toml += (set ? line.substr(1) : line) + "\n";
  }
  Sources sources;
  sources.file = folder.write("reference.toml", toml);

  const Loaded loaded = load(sources);

  ASSERT_TRUE(loaded.ok()) << check_text(loaded) << toml;
  Loaded defaults = load({std::nullopt, {}, {}, folder / "absent.toml"});
  for (const detail::Key& key : detail::keys()) {
    EXPECT_EQ(loaded.origin_of(std::string(key.name)), Origin::file) << key.name;
    if (key.name == "auth.tokens" || key.name == "webhooks") continue;
    EXPECT_EQ(detail::to_toml(key, loaded.config), detail::to_toml(key, defaults.config)) << key.name;
  }
  ASSERT_EQ(loaded.config.auth.tokens.size(), 1U);
  EXPECT_EQ(loaded.config.auth.tokens[0].name, "trader");
  ASSERT_EQ(loaded.config.webhooks.size(), 1U);
  EXPECT_EQ(loaded.config.webhooks[0].name, "desk");
}

TEST(Reference, EveryKeySaysItsEffectAndEveryNumberItsUnit) {
  Config config;
  for (const detail::Key& key : detail::keys()) {
    EXPECT_FALSE(key.effect.empty()) << key.name;
    const detail::Place place = key.place(config);
    const bool number = std::holds_alternative<std::int64_t*>(place) || std::holds_alternative<double*>(place);
    const bool pure = key.name.ends_with("port") || key.name == "demo.seed";
    if (number && !pure) {
      EXPECT_FALSE(key.unit.empty()) << key.name;
    }
  }
}

TEST(Show, SaysWhereEachValueCameFrom) {
  const test::TempFolder folder;
  Sources sources;
  sources.file = folder.write("gateway.toml", "[server]\nport = 4999\n");
  sources.environment["TELEGRAM_GATEWAY_LOG__LEVEL"] = "debug";
  const Loaded loaded = load(sources);

  const boost::json::value shown = show_json(loaded);

  std::map<std::string, std::pair<std::string, std::string>> values;
  for (const auto& entry : shown.at("values").as_array()) {
    values[std::string(entry.at("key").as_string())] = {boost::json::serialize(entry.at("value")),
                                                        std::string(entry.at("origin").as_string())};
  }
  EXPECT_EQ(values["server.port"], std::make_pair(std::string("4999"), std::string("file")));
  EXPECT_EQ(values["log.level"], std::make_pair(std::string("\"debug\""), std::string("env")));
  EXPECT_EQ(values["ui.time_zone"], std::make_pair(std::string("\"\""), std::string("default")));
  EXPECT_NE(show_text(loaded).find("port = 4999"), std::string::npos);
}

TEST(Check, CountsTheErrorsAndKeepsTheFixes) {
  Sources sources;
  sources.default_file = "/nonexistent/telegram-gateway.toml";
  sources.flags = {{"server.port", "x"}, {"server.prot", "1"}};

  const Loaded loaded = load(sources);

  EXPECT_NE(check_text(loaded).find("2 errors in the configuration"), std::string::npos) << check_text(loaded);
  EXPECT_EQ(check_json(loaded).at("errors").as_array().size(), 2U);
  EXPECT_EQ(check_json(loaded).at("errors").at(1).at("fix").as_string(), "The nearest known key is server.port");
}

TEST(Nearest, CountsEditsWithoutRegardToCase) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("port", "PORT"), 0U);
  EXPECT_EQ(edit_distance("prot", "port"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace tg::config
