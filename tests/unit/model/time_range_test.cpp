#include "model/time_range.h"

#include <gtest/gtest.h>

namespace tg::model {
namespace {

TEST(TimeRange, APlainDateEndsWithItsDay) {
  EXPECT_EQ(parse_end("2026-11-24"), Time{parse_time("2026-11-25")->us - 1});
}

TEST(TimeRange, ATimeEndsWhereItSays) {
  EXPECT_EQ(parse_end("2026-11-24T08:00:00Z"), parse_time("2026-11-24T08:00:00Z"));
  EXPECT_EQ(parse_end("yesterday"), std::nullopt);
  EXPECT_FALSE(is_plain_date("2026-13-24"));
}

TEST(TimeRange, OneDayIsARange) {
  EXPECT_TRUE(check_range(parse_time("2026-11-24"), parse_end("2026-11-24"), "from", "to"));
  EXPECT_TRUE(check_range(parse_time("2026-11-24"), std::nullopt, "from", "to"));
}

TEST(TimeRange, TheEndBeforeTheBeginningIsAnError) {
  const auto checked = check_range(parse_time("2026-11-25"), parse_end("2026-11-24"), "--from", "--to");

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Code::invalid_input);
  EXPECT_NE(checked.error().what.find("--from 2026-11-25"), std::string::npos) << checked.error().what;
}

}  // namespace
}  // namespace tg::model
