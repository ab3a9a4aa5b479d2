#include "sink/rabbitmq/detail/window.h"

#include <gtest/gtest.h>

namespace tg::sink::rabbitmq {
namespace {

Window holding(std::size_t messages) {
  Window window;
  for (std::size_t i = 0; i < messages; ++i) window.sent(100 + i, 10 * (i + 1));
  return window;
}

TEST(Window, IsDoneUpToTheLowestUnconfirmed) {
  auto window = holding(4);

  ASSERT_TRUE(window.confirm(2, false));
  ASSERT_TRUE(window.confirm(3, false));
  EXPECT_EQ(window.lowest(), 100U);
  ASSERT_TRUE(window.confirm(1, false));

  EXPECT_EQ(window.lowest(), 103U);
  EXPECT_EQ(window.size(), 1U);
}

TEST(Window, ConfirmsAllUpToATag) {
  auto window = holding(4);

  ASSERT_TRUE(window.confirm(3, true));

  EXPECT_EQ(window.lowest(), 103U);
}

TEST(Window, TagZeroWithMultipleConfirmsAll) {
  auto window = holding(3);

  ASSERT_TRUE(window.confirm(0, true));

  EXPECT_TRUE(window.empty());
  EXPECT_EQ(window.lowest(), std::nullopt);
}

TEST(Window, GoesOnCountingWhenItWasEmpty) {
  auto window = holding(2);
  ASSERT_TRUE(window.confirm(2, true));

  window.sent(7, 1);

  EXPECT_FALSE(window.confirm(4, false));
  EXPECT_EQ(window.lowest(), 7U);
  EXPECT_TRUE(window.confirm(3, false));
  EXPECT_TRUE(window.empty());
}

TEST(Window, RefusesATagThatWasNeverSent) {
  auto window = holding(2);

  EXPECT_FALSE(window.confirm(3, true));
  EXPECT_FALSE(Window().confirm(1, false));
  EXPECT_EQ(window.size(), 2U);
}

TEST(Window, KnowsTheLargestThatIsUnconfirmed) {
  auto window = holding(3);
  EXPECT_EQ(window.largest(), 30U);

  ASSERT_TRUE(window.confirm(3, false));

  EXPECT_EQ(window.largest(), 20U);
}

}  // namespace
}  // namespace tg::sink::rabbitmq
