#include "backup/retention.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/temp_folder.h"

namespace tg::backup {
namespace {

model::Time at(const char* text) { return *model::parse_time(text); }

TEST(BackupName, IsReadAsItIsWritten) {
  const Name name{at("2026-11-27T02:00:05Z"), "3fa91c02", true};

  EXPECT_EQ(name.to_string(), "telegram-gateway-20261127T020005Z-3fa91c02.tar.zst.age");
  const auto parsed = parse_name(name.to_string());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->made_at, name.made_at);
  EXPECT_EQ(parsed->journal, "3fa91c02");
  EXPECT_TRUE(parsed->encrypted);
}

TEST(BackupName, SaysThatSomethingIsMissing) {
  const Name name{at("2026-11-27T02:00:05Z"), "3fa91c02", false, false};

  EXPECT_EQ(name.to_string(), "telegram-gateway-20261127T020005Z-3fa91c02-incomplete.tar.zst");
  EXPECT_FALSE(parse_name(name.to_string())->complete);
}

class BackupsToRemove : public testing::Test {
 protected:
  void have(const char* when, bool complete) {
    folder_.write(Name{at(when), "3fa91c02", false, complete}.to_string(), "");
  }
  std::vector<std::string> removed(const char* made, bool complete, Keep keep) const {
    std::vector<std::string> days;
    for (const auto& path : to_remove(folder_.path(), {at(made), "3fa91c02", false, complete}, keep))
      days.push_back(model::to_rfc3339(parse_name(path.filename().string())->made_at).substr(0, 10));
    std::sort(days.begin(), days.end());
    return days;
  }

  test::TempFolder folder_;
};

TEST_F(BackupsToRemove, NoCompleteOneGoesForOneThatIsNot) {
  have("2026-11-01T02:00:00Z", true);
  have("2026-11-02T02:00:00Z", false);
  have("2026-11-03T02:00:00Z", false);

  EXPECT_EQ(removed("2026-11-04T02:00:00Z", false, {2, 0, 0}), std::vector<std::string>{"2026-11-02"});
  EXPECT_EQ(removed("2026-11-04T02:00:00Z", true, {1, 0, 0}),
            (std::vector<std::string>{"2026-11-01", "2026-11-02", "2026-11-03"}));
}

TEST_F(BackupsToRemove, OneThatWasJustMadeStaysThoughTheClockFellBack) {
  have("2026-11-01T02:00:00Z", true);
  have("2026-11-20T02:00:00Z", true);
  have("2026-11-21T02:00:00Z", true);

  EXPECT_EQ(removed("2026-11-01T02:00:00Z", true, {2, 0, 0}), std::vector<std::string>{});
}

TEST(BackupName, OfOtherFilesIsNone) {
  for (const char* name :
       {"telegram-gateway.tar.zst", "telegram-gateway-20261127T020005Z-3fa91c02.tar.zst.partial",
        ".telegram-gateway-20261127T020005Z-3fa91c02.tar.zst", "telegram-gateway-20261327T020005Z-3fa91c02.tar.zst",
        "telegram-gateway-20261127T020005Z-3FA91C02.tar.zst", "telegram-gateway-20261127T020005Z-3fa91c.tar.zst",
        "photo.jpg", ""}) {
    EXPECT_FALSE(parse_name(name)) << name;
  }
}

TEST(BackupKeep, IsThreeNumbers) {
  const auto keep = parse_keep("7,4,12");
  ASSERT_TRUE(keep);
  EXPECT_EQ(keep->daily, 7);
  EXPECT_EQ(keep->weekly, 4);
  EXPECT_EQ(keep->monthly, 12);
  for (const char* text : {"", "7", "7,4", "7,4,", "7,4,12,1", "7,-4,12", "a,b,c", "7,4,12 "}) {
    EXPECT_FALSE(parse_keep(text)) << text;
  }
}

TEST(BackupKeep, OneADayForAYearLeavesSevenDaysFourWeeksTwelveMonths) {
  std::vector<model::Time> made;
  for (int day = 0; day < 365; ++day)
    made.push_back(model::Time{at("2026-01-01T02:00:00Z").us + day * 86'400'000'000LL});

  const auto old = too_old(made, {7, 4, 12});

  std::set<model::Time> kept(made.begin(), made.end());
  for (const auto one : old) kept.erase(one);
  // 25 to 31 December; the Sundays before them (20, 13; 27 is among the days); the last days of eleven months before.
  std::set<std::string> days;
  for (const auto one : kept) days.insert(model::to_rfc3339(one).substr(0, 10));
  for (const char* day : {"2026-12-25", "2026-12-31", "2026-12-27", "2026-12-20", "2026-12-13", "2026-11-30",
                          "2026-02-28", "2026-01-31"}) {
    EXPECT_TRUE(days.contains(day)) << day;
  }
  EXPECT_EQ(days.size(), 7U + 2U + 11U);
}

TEST(BackupKeep, TheNewestOfADayStandsForIt) {
  const auto old =
      too_old({at("2026-11-27T02:00:00Z"), at("2026-11-27T09:00:00Z"), at("2026-11-26T02:00:00Z")}, {2, 0, 0});

  EXPECT_EQ(old, std::vector{at("2026-11-27T02:00:00Z")});
}

RC_GTEST_PROP(BackupKeep, NeverTakesTheNewestAndNeverMoreThanThereAre,
              (const std::vector<std::uint32_t>& seconds, std::uint8_t daily, std::uint8_t weekly,
               std::uint8_t monthly)) {
  std::vector<model::Time> made;
  for (const auto one : seconds) made.push_back(model::Time::seconds(one));
  const Keep keep{daily % 10, weekly % 10, monthly % 10};

  const auto old = too_old(made, keep);

  RC_ASSERT(old.size() + (made.empty() ? 0 : 1) <= made.size() || made.empty());
  if (!made.empty())
    RC_ASSERT(std::find(old.begin(), old.end(), *std::max_element(made.begin(), made.end())) == old.end());
  // What was kept once is kept when nothing was added since.
  auto rest = made;
  std::erase_if(rest, [&](model::Time one) { return std::find(old.begin(), old.end(), one) != old.end(); });
  RC_ASSERT(too_old(rest, keep).empty());
}

}  // namespace
}  // namespace tg::backup
