#include "observe/reader_lag.h"

#include <gtest/gtest.h>

namespace tg::observe {
namespace {

model::Time minute(std::int64_t number, std::int64_t seconds = 0) {
  return model::Time::seconds(number * 60 + seconds);
}

TEST(ReaderLag, KeepsTheWorstOfEachMinuteThatWasLookedAt) {
  ReaderLag lag;
  lag.note("desk", 3, 1.5, minute(100));
  lag.note("desk", 9, 0.5, minute(100, 30));
  lag.note("desk", 0, 0, minute(102));
  lag.note("other", 7, 7, minute(101));

  const auto points = lag.since("desk", minute(0), minute(103));

  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].at, minute(100));
  EXPECT_EQ(points[0].events, 9);
  EXPECT_EQ(points[0].seconds, 1.5);
  EXPECT_EQ(points[1].events, 0);
  EXPECT_EQ(lag.since("desk", minute(101), minute(103)).size(), 1u);
  EXPECT_TRUE(lag.since("nobody", minute(0), minute(103)).empty());
}

TEST(ReaderLag, ForgetsWhatIsOlderThanADay) {
  ReaderLag lag;
  lag.note("desk", 1, 1, minute(100));
  EXPECT_TRUE(lag.since("desk", minute(0), minute(100 + 24 * 60)).empty());

  lag.note("desk", 2, 2, minute(100 + 24 * 60));

  EXPECT_EQ(lag.since("desk", minute(0), minute(100 + 24 * 60)).size(), 1u);
}

TEST(ReaderLag, HasRoomForSoManyAndForgetsTheOneThatWasNotToldOfLongest) {
  ReaderLag lag;
  for (std::size_t i = 0; i <= ReaderLag::kMostReaders; ++i) {
    lag.note("reader" + std::to_string(i), 1, 1, minute(100, static_cast<std::int64_t>(i % 60)));
    if (i == 0) continue;
    lag.note("reader1", 1, 1, minute(101));
  }

  EXPECT_TRUE(lag.since("reader0", minute(0), minute(102)).empty());
  EXPECT_EQ(lag.since("reader1", minute(0), minute(102)).size(), 2u);
}

}  // namespace
}  // namespace tg::observe
