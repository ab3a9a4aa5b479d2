// 24 hours of counts in a ring that never grows.

#include "observe/series.h"

#include <gtest/gtest.h>

namespace tg::observe {
namespace {

constexpr std::int64_t kStart = 1'700'000'000;  // a multiple of the step
constexpr model::Time second(std::int64_t seconds) { return model::Time::seconds(kStart + seconds); }

std::uint64_t total(const std::vector<Series::Point>& points) {
  std::uint64_t sum = 0;
  for (const auto& point : points) {
    for (const auto events : point.events) sum += events;
  }
  return sum;
}

TEST(Series, CountsByStepAndOrigin) {
  Series series;
  series.add(model::Origin::live, 2, second(0));
  series.add(model::Origin::live, 3, second(9));
  series.add(model::Origin::import_, 7, second(10));

  const auto points = series.since(second(0), second(15), 100);

  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].at, second(0));
  EXPECT_EQ(points[0].events, (std::array<std::uint32_t, 4>{5, 0, 0, 0}));
  EXPECT_EQ(points[1].events, (std::array<std::uint32_t, 4>{0, 0, 0, 7}));
}

TEST(Series, SilentStepsAreZeros) {
  Series series;
  series.add(model::Origin::live, 1, second(0));
  series.add(model::Origin::live, 1, second(50));

  const auto points = series.since(second(0), second(50), 100);

  ASSERT_EQ(points.size(), 6U);
  EXPECT_EQ(points[3].events, (std::array<std::uint32_t, 4>{}));
}

TEST(Series, OldStepsAreOverwrittenAndNeverCountedAgain) {
  Series series;
  series.add(model::Origin::live, 100, second(0));
  const std::int64_t day = 24 * 3'600;

  EXPECT_EQ(total(series.since(second(0), second(day - 10), Series::kSteps)), 100U);
  EXPECT_EQ(total(series.since(second(0), second(day), Series::kSteps)), 0U);

  series.add(model::Origin::live, 1, second(day));
  const auto points = series.since(second(-day), second(day), 100'000);
  EXPECT_EQ(points.size(), Series::kSteps);
  EXPECT_EQ(total(points), 1U);
}

TEST(Series, MergingKeepsTheSum) {
  Series series;
  for (int i = 0; i < 1'000; ++i) series.add(model::Origin::catchup, 1, second(i));

  const auto points = series.since(second(0), second(999), 7);

  EXPECT_LE(points.size(), 7U);
  EXPECT_EQ(total(points), 1'000U);
  EXPECT_EQ(points[0].length_s, points[1].at.to_seconds() - points[0].at.to_seconds());
}

TEST(Series, ClockThatGoesBackDoesNoHarm) {
  Series series;
  series.add(model::Origin::live, 1, second(24 * 3'600));
  series.add(model::Origin::live, 1, second(0));  // the same slot of the ring

  EXPECT_EQ(total(series.since(second(0), second(24 * 3'600), 10'000)), 1U);
  EXPECT_TRUE(series.since(second(100), second(50), 10).empty());
  EXPECT_TRUE(series.since(second(0), second(50), 0).empty());
}

}  // namespace
}  // namespace tg::observe
