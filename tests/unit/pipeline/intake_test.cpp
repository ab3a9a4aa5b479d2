#include "pipeline/intake.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/temp_folder.h"

namespace tg::pipeline {
namespace {

TEST(Intake, ItsThreadBeatsAlsoWhenThereIsNothingToDo) {
  test::TempFolder folder;
  auto journal =
      std::move(journal::Journal::open(folder / "data", journal::Access::write, {.disk_reserve_bytes = 0}).value());
  observe::Metrics metrics;
  const auto began = model::Time::now();
  observe::Health health(began);
  Intake::Options options;
  options.health = &health;
  const Intake intake(*journal, metrics, options);

  // As if it were so late that only a beat of the next seconds counts.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto stalled = [&](std::int64_t s) { return health.live({began.us + s * 1'000'000}).status != 200; };
  ASSERT_TRUE(stalled(125));
  while (stalled(124) && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(stalled(124));
}

TEST(Intake, IsExpectedToBeatOnlyWhileItIsThere) {
  test::TempFolder folder;
  auto journal =
      std::move(journal::Journal::open(folder / "data", journal::Access::write, {.disk_reserve_bytes = 0}).value());
  observe::Metrics metrics;
  observe::Health health(model::Time::now());
  const model::Time much_later{model::Time::now().us + 3'600'000'000};
  {
    Intake::Options options;
    options.health = &health;
    const Intake intake(*journal, metrics, options);
    EXPECT_EQ(health.live(much_later).status, 503);
  }
  EXPECT_EQ(health.live(much_later).status, 200);
}

}  // namespace
}  // namespace tg::pipeline
