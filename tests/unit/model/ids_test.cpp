#include "model/ids.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tg::model {
namespace {

TEST(Time, IsWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(to_rfc3339(Time{1'762'137'600'123'456}), "2025-11-03T02:40:00.123Z");
  EXPECT_EQ(to_rfc3339(Time{-1'000}), "1969-12-31T23:59:59.999Z");
}

TEST(Time, IsReadWithAnyZone) {
  const auto utc = parse_time("2025-11-03T02:40:00Z");
  ASSERT_TRUE(utc);
  EXPECT_EQ(utc->us, 1'762'137'600'000'000);
  EXPECT_EQ(parse_time("2025-11-02T23:40:00-03:00"), utc);
  EXPECT_EQ(parse_time("2025-11-03T04:40+02:00"), utc);
  EXPECT_EQ(parse_time("2025-11-03")->us, 1'762'128'000'000'000);
}

TEST(Time, WhatIsNoTimeIsNothing) {
  for (const auto* text : {"", "yesterday", "2025-13-01", "2025-02-30", "2025-11-03T02:40:00", "2025-11-03T25:00:00Z",
                           "2025-11-03T02:40:00Zx", "2025-11-03T02:40:00.Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

RC_GTEST_PROP(Time, ReadsWhatItWrites, ()) {
  const Time time{*rc::gen::inRange<std::int64_t>(0, 4'102'444'800'000) * 1000};
  RC_ASSERT(parse_time(to_rfc3339(time)) == time);
}

RC_GTEST_PROP(ApiId, ReadsWhatItWrites, (std::int64_t peer, std::int64_t scope)) {
  const MessageKey key{Scope{scope}, ChatId{peer}, MessageId{*rc::gen::inRange<std::int64_t>(1, INT32_MAX)}};
  RC_ASSERT(parse_api_id(to_api_id(key)) == key);
}

TEST(ApiId, TakesTheEncodedColon) {
  EXPECT_EQ(parse_api_id("-1001%3A7"), parse_api_id("-1001:7"));
  EXPECT_EQ(parse_api_id("-1001%3a7:5")->scope, Scope{5});
}

TEST(ApiId, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "7", ":7", "-1001:", "-1001:0", "-1001:-7", "a:b", "1:2:3:4", "1%2", "99999999999999999999:1"}) {
    EXPECT_FALSE(parse_api_id(text)) << text;
  }
}

}  // namespace
}  // namespace tg::model
