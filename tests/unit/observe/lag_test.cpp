#include "observe/lag.h"

#include <gtest/gtest.h>

namespace tg::observe {
namespace {

constexpr model::ChatId kNews{-1001000000001}, kTalk{-1001000000002};
constexpr std::int64_t kNow = 1'700'000'000;  // seconds

model::Time moment(std::int64_t seconds) { return model::Time::seconds(seconds); }

TEST(Lag, IsTheWorstOfEachChat) {
  Lag lag;
  lag.note(kNews, moment(kNow - 3), moment(kNow));
  lag.note(kNews, moment(kNow - 95), moment(kNow + 1));
  lag.note(kNews, moment(kNow), moment(kNow + 2));
  lag.note(kTalk, moment(kNow), moment(kNow + 1));

  const auto worst = lag.worst(moment(kNow + 3));

  EXPECT_EQ(worst.at(kNews).seconds, 96);
  EXPECT_EQ(worst.at(kNews).at, moment(kNow + 1));
  EXPECT_EQ(worst.at(kTalk).seconds, 1);
}

TEST(Lag, IsForgottenAfterAQuarterOfAnHour) {
  Lag lag;
  lag.note(kNews, moment(kNow - 95), moment(kNow));
  lag.note(kNews, moment(kNow + 14 * 60 - 1), moment(kNow + 14 * 60));

  EXPECT_EQ(lag.worst(moment(kNow + 13 * 60)).at(kNews).seconds, 95);
  EXPECT_EQ(lag.worst(moment(kNow + 16 * 60)).at(kNews).seconds, 1);
  EXPECT_TRUE(lag.worst(moment(kNow + 30 * 60)).empty());
}

TEST(Lag, AMinuteOfAnotherRoundTakesItsPlace) {
  Lag lag;
  lag.note(kNews, moment(kNow - 95), moment(kNow));
  lag.note(kNews, moment(kNow + 15 * 60 - 2), moment(kNow + 15 * 60));

  EXPECT_EQ(lag.worst(moment(kNow + 15 * 60)).at(kNews).seconds, 2);
}

TEST(Lag, AClockThatIsBehindTelegramsIsNoLag) {
  Lag lag;
  lag.note(kNews, moment(kNow + 20), moment(kNow));

  EXPECT_EQ(lag.worst(moment(kNow)).at(kNews).seconds, 0);
}

}  // namespace
}  // namespace tg::observe
