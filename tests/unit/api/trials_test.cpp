#include "api/routes/trials.h"

#include <gtest/gtest.h>

#include <thread>

namespace tg::api {
namespace {

TEST(Trials, OneRunsAtATime) {
  Trials trials;
  {
    const Trials::Place first(trials, "");
    EXPECT_TRUE(first.got());
    EXPECT_FALSE(Trials::Place(trials, "").got());
    EXPECT_FALSE(Trials::Place(trials, "typing").got());
    EXPECT_FALSE(first.ended().stop_requested());
  }
  EXPECT_TRUE(Trials::Place(trials, "").got());
}

TEST(Trials, ALaterOneOfTheSameNameEndsTheEarlier) {
  Trials trials;
  auto first = std::make_unique<Trials::Place>(trials, "typing");
  EXPECT_FALSE(Trials::Place(trials, "another").got());
  EXPECT_FALSE(first->ended().stop_requested());
  std::jthread runs([&] {
    while (!first->ended().stop_requested()) std::this_thread::yield();
    first.reset();
  });

  const Trials::Place second(trials, "typing");

  EXPECT_TRUE(second.got());
  EXPECT_FALSE(second.ended().stop_requested());
}

}  // namespace
}  // namespace tg::api
