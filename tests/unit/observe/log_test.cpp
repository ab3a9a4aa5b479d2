// One line a thing, and nothing from outside can forge another.

#include "observe/log.h"

#include <gtest/gtest.h>

namespace tg::observe {
namespace {

Record record(Level level, std::string event, std::vector<Field> fields = {}) {
  return {1, *model::parse_time("2026-11-24T08:00:00.123Z"), level, std::move(event), std::move(fields)};
}

std::uint64_t newest_id() {
  const auto newest = recent_records(0, Level::debug, 1);
  return newest.empty() ? 0 : newest.back().id;
}

// What goes to standard error while act runs.
template <class Act>
std::string standard_error(Act act) {
  testing::internal::CaptureStderr();
  act();
  return testing::internal::GetCapturedStderr();
}

class Log : public testing::Test {
 protected:
  void TearDown() override { start_logging({}); }
};

TEST_F(Log, LineHasTimeLevelEventAndFields) {
  EXPECT_EQ(to_line(record(Level::info, "journal_opened", {{"bytes", 4096}, {"path", "/data"}})),
            "2026-11-24T08:00:00.123Z info  journal_opened bytes=4096 path=/data");
  EXPECT_EQ(to_line(record(Level::error, "stopped")), "2026-11-24T08:00:00.123Z error stopped");
}

TEST_F(Log, ValuesCannotForgeFieldsOrLines) {
  const std::string line =
      to_line(record(Level::warn, "e", {{"a", "x y=z"}, {"b", "1\n2\x1b[0m"}, {"c", "\"\\"}, {"d", ""}}));

  EXPECT_EQ(line, R"(2026-11-24T08:00:00.123Z warn  e a="x y=z" b="1\x0a2\x1b[0m" c="\"\\" d="")");
}

TEST_F(Log, JournaldGetsMessagePriorityIdentifierAndFields) {
  const auto fields = to_journald(record(Level::warn, "hole_opened", {{"channel-id", -100}, {"note", "a\nb"}}));

  EXPECT_EQ(fields, (std::vector<std::string>{"MESSAGE=hole_opened channel-id=-100 note=\"a\\x0ab\"", "PRIORITY=4",
                                              "SYSLOG_IDENTIFIER=telegram-gateway", "TG_EVENT=hole_opened",
                                              "TG_CHANNEL_ID=-100", "TG_NOTE=a\nb"}));
}

TEST_F(Log, ConsoleGetsOneLineARecord) {
  const std::string written = standard_error([] {
    info("first", {{"n", 1}});
    warn("second");
  });

  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 2) << written;
  EXPECT_NE(written.find(" info  first n=1\n"), std::string::npos) << written;
  EXPECT_NE(written.find(" warn  second\n"), std::string::npos) << written;
}

TEST_F(Log, LessThanTheLevelIsNeitherWrittenNorKept) {
  start_logging({Level::warn, false});
  const std::uint64_t before = newest_id();

  const std::string written = standard_error([] {
    info("quiet");
    error("loud");
  });

  EXPECT_EQ(written.find("quiet"), std::string::npos);
  const auto kept = recent_records(before, Level::debug, 10);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].event, "loud");
}

TEST_F(Log, RecordsCanBeFollowedWithoutASkip) {
  standard_error([] { info("first"); });  // following begins behind a record: 0 asks for the newest
  const std::uint64_t before = newest_id();
  standard_error([] {
    for (int i = 0; i < 10; ++i) info("tick", {{"i", i}});
    error("bad");
  });

  std::vector<std::uint64_t> followed;
  for (std::uint64_t after = before;;) {
    const auto page = recent_records(after, Level::info, 3);
    if (page.empty()) break;
    for (const Record& entry : page) followed.push_back(entry.id);
    after = page.back().id;
  }

  ASSERT_EQ(followed.size(), 11U);
  for (std::size_t i = 1; i < followed.size(); ++i) EXPECT_EQ(followed[i], followed[i - 1] + 1);
  EXPECT_EQ(recent_records(0, Level::info, 2).back().event, "bad");
  EXPECT_EQ(recent_records(0, Level::info, 2).front().event, "tick");
  EXPECT_EQ(recent_records(before, Level::error, 10).size(), 1U);
}

TEST_F(Log, KeepsTheNewestTwoThousand) {
  standard_error([] { info("first"); });
  const std::uint64_t before = newest_id();
  standard_error([] {
    for (int i = 0; i < 2'100; ++i) info("many");
  });

  const auto kept = recent_records(0, Level::debug, 10'000);

  EXPECT_EQ(kept.size(), 2'000U);
  EXPECT_EQ(kept.back().id, before + 2'100);
}

TEST_F(Log, LongValuesAreCut) {
  const std::uint64_t before = newest_id();
  standard_error([] { info("long", {{"v", std::string(100'000, 'x')}}); });

  EXPECT_LT(recent_records(before, Level::debug, 1).at(0).fields.at(0).value.size(), 4'200U);
}

TEST_F(Log, ManyThreadsLoseNothingAndKeepOneLineARecord) {
  const std::uint64_t before = newest_id();
  const std::string written = standard_error([] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 200; ++i) info("from_a_thread", {{"i", i}});
      });
    }
  });

  EXPECT_EQ(recent_records(before, Level::debug, 2'000).size(), 800U);
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 800);
}

TEST_F(Log, LevelsHaveNames) {
  for (const Level level : {Level::debug, Level::info, Level::warn, Level::error}) {
    EXPECT_EQ(parse_level(name_of(level)), level);
  }
  EXPECT_EQ(parse_level("loud"), std::nullopt);
}

}  // namespace
}  // namespace tg::observe
