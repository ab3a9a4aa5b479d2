// Where values come from, and how each kind of mistake is told.

#include "config/load.h"

#include <gtest/gtest.h>

#include "support/temp_folder.h"
#include "tells.h"

namespace tg::config {
namespace {

class Load : public ::testing::Test {
 protected:
  Load() { sources_.default_file = folder_ / "absent.toml"; }

  Loaded with_file(std::string_view toml) {
    sources_.file = folder_.write("gateway.toml", toml);
    return load(sources_);
  }

  test::TempFolder folder_;
  Sources sources_;
};

TEST_F(Load, AbsentDefaultFileGivesDefaults) {
  const Loaded loaded = load(sources_);

  EXPECT_TRUE(loaded.ok()) << all_of(loaded.errors);
  EXPECT_FALSE(loaded.file_read);
  EXPECT_EQ(loaded.config.data_dir, "/var/lib/telegram-gateway");
  EXPECT_EQ(loaded.config.server.port, 4010);
  EXPECT_EQ(loaded.config.disk.reserve_bytes, 536'870'912);
  EXPECT_EQ(loaded.config.deliver.max_age_s, 600);
  EXPECT_EQ(loaded.origin_of("server.port"), Origin::default_);
}

TEST_F(Load, AbsentNamedFileIsAnErrorThatSaysHowToMakeIt) {
  sources_.file = folder_ / "nowhere.toml";

  const Loaded loaded = load(sources_);

  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_TRUE(tells(loaded.errors, "nowhere.toml does not exist"));
  EXPECT_TRUE(tells(loaded.errors, "config reference >"));
}

TEST_F(Load, FileNamedByTheEnvironmentMustExistToo) {
  sources_.environment["TELEGRAM_GATEWAY_CONFIG"] = (folder_ / "nowhere.toml").string();

  EXPECT_TRUE(tells(load(sources_).errors, "nowhere.toml does not exist"));
}

TEST_F(Load, FolderInsteadOfAFileIsAnError) {
  sources_.file = folder_.path();

  EXPECT_TRUE(tells(load(sources_).errors, "is no file that can be read"));
}

TEST_F(Load, FlagWinsOverEnvironmentOverFileOverDefault) {
  sources_.environment["TELEGRAM_GATEWAY_SERVER__PORT"] = "2222";
  sources_.environment["TELEGRAM_GATEWAY_DEMO__RATE"] = "2.5";
  sources_.flags = {{"server.port", "3333"}};

  const Loaded loaded = with_file("[server]\nport = 1111\nthreads = 7\n[demo]\nrate = 9\n");

  EXPECT_TRUE(loaded.ok()) << all_of(loaded.errors);
  EXPECT_EQ(loaded.config.server.port, 3333);
  EXPECT_EQ(loaded.origin_of("server.port"), Origin::flag);
  EXPECT_DOUBLE_EQ(loaded.config.demo.rate, 2.5);
  EXPECT_EQ(loaded.origin_of("demo.rate"), Origin::environment);
  EXPECT_EQ(loaded.config.server.threads, 7);
  EXPECT_EQ(loaded.origin_of("server.threads"), Origin::file);
  EXPECT_EQ(loaded.origin_of("demo.channels"), Origin::default_);
}

TEST_F(Load, ShortVariablesWorkAndTheLongOneWins) {
  sources_.environment["TELEGRAM_GATEWAY_DATA_DIR"] = "/srv/data";
  sources_.environment["TELEGRAM_GATEWAY_PORT"] = "5001";

  EXPECT_EQ(load(sources_).config.server.port, 5001);
  EXPECT_EQ(load(sources_).config.data_dir, "/srv/data");
  EXPECT_EQ(load(sources_).config.media.folder, "/srv/data/media");

  sources_.environment["TELEGRAM_GATEWAY_SERVER__PORT"] = "5002";
  EXPECT_EQ(load(sources_).config.server.port, 5002);
}

TEST_F(Load, EmptyVariableCountsAsNotSet) {
  sources_.environment["TELEGRAM_GATEWAY_SERVER__PORT"] = "";

  const Loaded loaded = load(sources_);

  EXPECT_TRUE(loaded.ok()) << all_of(loaded.errors);
  EXPECT_EQ(loaded.origin_of("server.port"), Origin::default_);
}

TEST_F(Load, ListsComeFromTheFileAndFromCommas) {
  EXPECT_EQ(with_file("[server]\ncors_origins = [\"https://a.example\"]\n").config.server.cors_origins,
            std::vector<std::string>{"https://a.example"});

  sources_.environment["TELEGRAM_GATEWAY_SERVER__CORS_ORIGINS"] = "https://b.example, http://c.example:81 ,";

  EXPECT_EQ(load(sources_).config.server.cors_origins,
            (std::vector<std::string>{"https://b.example", "http://c.example:81"}));
}

TEST_F(Load, UnknownKeyNamesTheNearestOne) {
  const Loaded loaded = with_file("datadir = \"/x\"\n[server]\nprot = 1\n[jurnal]\nkeep_days = 3\n");

  EXPECT_EQ(loaded.errors.size(), 3U) << all_of(loaded.errors);
  EXPECT_TRUE(tells(loaded.errors, "unknown key server.prot"));
  EXPECT_TRUE(tells(loaded.errors, "nearest known key is server.port"));
  EXPECT_TRUE(tells(loaded.errors, "nearest known key is data_dir"));
  EXPECT_TRUE(tells(loaded.errors, "nearest known key is journal.keep_days"));
}

TEST_F(Load, KeyThatIsNearToNothingIsNotGuessed) {
  sources_.environment["TELEGRAM_GATEWAY_ZZZ"] = "1";
  const Loaded loaded = with_file("xyzzy = 1\n[server]\nbogus = 1\n");

  EXPECT_EQ(loaded.errors.size(), 2U) << all_of(loaded.errors);
  EXPECT_FALSE(tells(loaded.errors, "nearest"));
  EXPECT_TRUE(tells(loaded.errors, "config reference"));
  EXPECT_FALSE(tells(loaded.warnings, "nearest"));
}

TEST_F(Load, ATimeZoneMustExist) {
  EXPECT_TRUE(with_file("[ui]\ntime_zone = \"America/Sao_Paulo\"\n").ok());
  EXPECT_TRUE(with_file("[ui]\ntime_zone = \"\"\n").ok());
  for (const auto* zone : {"Sao_Paulo", "America/Atlantis", "GMT+3"}) {
    EXPECT_TRUE(tells(with_file(fmt::format("[ui]\ntime_zone = \"{}\"\n", zone)).errors, "is no time zone")) << zone;
  }
}

TEST_F(Load, RightKeyInTheWrongSectionIsFound) {
  EXPECT_TRUE(tells(with_file("port = 4010\n").errors, "nearest known key is server.port"));
}

TEST_F(Load, UnknownVariableWithASectionIsAnErrorWithoutOneAWarning) {
  sources_.environment["TELEGRAM_GATEWAY_SERVER__PROT"] = "1";
  sources_.environment["TELEGRAM_GATEWAY_API_URL"] = "http://elsewhere";

  const Loaded loaded = load(sources_);

  ASSERT_EQ(loaded.errors.size(), 1U) << all_of(loaded.errors);
  EXPECT_TRUE(tells(loaded.errors, "nearest known one is TELEGRAM_GATEWAY_SERVER__PORT"));
  ASSERT_EQ(loaded.warnings.size(), 1U);
  EXPECT_TRUE(tells(loaded.warnings, "TELEGRAM_GATEWAY_API_URL"));
}

TEST_F(Load, AllErrorsAreToldAtOnceWithTheirPlaces) {
  sources_.environment["TELEGRAM_GATEWAY_LOG__LEVEL"] = "loud";
  sources_.flags = {{"demo.rat", "1"}};

  const Loaded loaded = with_file(
      "[server]\nport = 70000\nthreads = \"two\"\nbogus = 1\n[demo]\nenabled = 1\n[ui]\ntime_zone = \"SP; DROP\"\n");

  EXPECT_EQ(loaded.errors.size(), 7U) << all_of(loaded.errors);
  EXPECT_TRUE(tells(loaded.errors, "line 2) is 70000 but must be from 0 to 65535"));
  EXPECT_TRUE(tells(loaded.errors, "line 3) must be a whole number"));
  EXPECT_TRUE(tells(loaded.errors, "server.bogus"));
  EXPECT_TRUE(tells(loaded.errors, "demo.enabled"));
  EXPECT_TRUE(tells(loaded.errors, "is no time zone"));
  EXPECT_TRUE(tells(loaded.errors, "TELEGRAM_GATEWAY_LOG__LEVEL) is \"loud\" but must be one of debug, info"));
  EXPECT_TRUE(tells(loaded.errors, "nearest known key is demo.rate"));
}

TEST_F(Load, BrokenTomlNamesLineAndColumnAndTheRestIsStillChecked) {
  sources_.environment["TELEGRAM_GATEWAY_PORT"] = "x";

  const Loaded loaded = with_file("[server]\nport = = 3\n");

  EXPECT_EQ(loaded.errors.size(), 2U) << all_of(loaded.errors);
  EXPECT_TRUE(tells(loaded.errors, "line 2, column 8"));
  EXPECT_TRUE(tells(loaded.errors, "TELEGRAM_GATEWAY_PORT"));
}

TEST_F(Load, RefusedValueLeavesTheDefault) { EXPECT_EQ(with_file("[server]\nport = -1\n").config.server.port, 4010); }

TEST_F(Load, WholeNumberIsAllowedWhereAFractionIs) {
  EXPECT_DOUBLE_EQ(with_file("[demo]\nrate = 3\n").config.demo.rate, 3.0);
}

TEST_F(Load, WildcardOriginIsRefused) {
  EXPECT_TRUE(tells(with_file("[server]\ncors_origins = [\"*\"]\n").errors, "name the origins"));
}

TEST_F(Load, AllowedHostsAreNamesAlone) {
  EXPECT_EQ(with_file("[server]\nallowed_hosts = [\"gateway.lan\"]\n").config.server.allowed_hosts,
            std::vector<std::string>{"gateway.lan"});
  EXPECT_TRUE(tells(with_file("[server]\nallowed_hosts = [\"*\"]\n").errors, "name the hosts"));
  EXPECT_TRUE(tells(with_file("[server]\nallowed_hosts = [\"https://a.example\"]\n").errors, "is no host name"));
  EXPECT_TRUE(tells(with_file("[server]\nallowed_hosts = [\"a.example:4010\"]\n").errors, "is no host name"));
}

TEST_F(Load, BoundForOneAddressCannotExceedTheBoundForAll) {
  EXPECT_TRUE(tells(with_file("[server]\nmax_connections = 10\n").errors, "larger than server.max_connections"));
}

}  // namespace
}  // namespace tg::config
