#include "seen.h"

#include <gtest/gtest.h>

namespace telegram_gateway {
namespace {

TEST(Seen, ForgetsTheOneThatWasNotLookedAtForTheLongestTime) {
  Seen seen(2);
  seen.add("a");
  seen.add("b");
  EXPECT_TRUE(seen.contains("a"));

  seen.add("c");

  EXPECT_TRUE(seen.contains("a"));
  EXPECT_FALSE(seen.contains("b"));
  EXPECT_TRUE(seen.contains("c"));
}

TEST(Seen, IsTheSameThingOnce) {
  Seen seen(2);
  seen.add("a");
  seen.add("a");
  seen.add("b");

  EXPECT_EQ(seen.size(), 2U);
  EXPECT_TRUE(seen.contains("a"));
}

}  // namespace
}  // namespace telegram_gateway
