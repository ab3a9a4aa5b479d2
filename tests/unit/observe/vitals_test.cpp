// A sample a minute of what the program did.

#include "observe/vitals.h"

#include <gtest/gtest.h>

namespace tg::observe {
namespace {

constexpr std::int64_t kVitalsStart = 1'700'000'040;  // begin of a minute
constexpr model::Time at_second(std::int64_t seconds) { return model::Time::seconds(kVitalsStart + seconds); }

struct Watched {
  Metrics metrics;
  Vitals vitals{metrics, metrics.request_seconds("unprocessed")};
};

TEST(Vitals, KeepsEachMinuteApart) {
  Watched watched;
  watched.metrics.stored_seconds.Observe(0.004);
  watched.vitals.look(true, at_second(1));
  watched.vitals.look(false, at_second(30));
  watched.vitals.look(true, at_second(61));
  watched.metrics.stored_seconds.Observe(0.004);
  watched.metrics.stored_seconds.Observe(2);
  watched.vitals.look(true, at_second(62));

  const auto samples = watched.vitals.since(at_second(0));

  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].at, at_second(0));
  EXPECT_EQ(samples[0].looks, 2U);
  EXPECT_EQ(samples[0].captured, 1U);
  EXPECT_EQ(samples[0].stored.count(), 1U);
  EXPECT_EQ(samples[1].stored.count(), 2U);
  EXPECT_EQ(samples[1].captured, 2U);
}

TEST(Vitals, TellsHowManyWereWithinAGoalAndTheQuantiles) {
  Watched watched;
  for (int i = 0; i < 95; ++i) watched.metrics.stored_seconds.Observe(0.3);
  for (int i = 0; i < 5; ++i) watched.metrics.stored_seconds.Observe(3);
  watched.vitals.look(true, at_second(1));

  const auto stored = watched.vitals.since(at_second(0)).front().stored;

  EXPECT_DOUBLE_EQ(watched.vitals.within(stored, 0.5), 95);
  EXPECT_LE(*watched.vitals.quantile(stored, 0.5), 0.5);
  EXPECT_GT(*watched.vitals.quantile(stored, 0.99), 2.5);
  EXPECT_FALSE(watched.vitals.quantile({}, 0.5));
}

TEST(Vitals, ForgetsWhatIsOlderThanADay) {
  Watched watched;
  for (std::int64_t minute = 0; minute < 1'500; ++minute) watched.vitals.look(true, at_second(60 * minute));

  const auto samples = watched.vitals.since(at_second(0));

  EXPECT_EQ(samples.size(), Vitals::kSteps);
  EXPECT_EQ(samples.back().at, at_second(60 * 1'499));
}

}  // namespace
}  // namespace tg::observe
