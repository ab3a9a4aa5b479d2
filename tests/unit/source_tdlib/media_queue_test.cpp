#include "source/tdlib/detail/media_queue.h"

#include <gtest/gtest.h>

namespace tg::tdlib {
namespace {

using Class = MediaQueue::Class;

model::MessageKey key(std::size_t number) {
  return {{}, model::ChatId{-1001000000001}, model::MessageId{static_cast<std::int64_t>(number)}};
}

TEST(MediaQueue, WhatIsAskedForComesFirst) {
  MediaQueue queue;
  EXPECT_TRUE(queue.add({key(1), Class::history}));
  EXPECT_TRUE(queue.add({key(2), Class::fresh}));
  EXPECT_TRUE(queue.add({key(1), Class::asked}));

  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.take({})->key, key(1));
  EXPECT_EQ(queue.take({})->key, key(2));
  EXPECT_FALSE(queue.take({}));
}

TEST(MediaQueue, EachLaneHasItsBound) {
  MediaQueue queue;
  for (std::size_t number = 1; number <= MediaQueue::kMostAsked; ++number) {
    ASSERT_TRUE(queue.add({key(number), Class::asked}));
  }
  EXPECT_FALSE(queue.add({key(MediaQueue::kMostAsked + 1), Class::asked}));
  EXPECT_TRUE(queue.add({key(1), Class::asked})) << "it waits already";
  EXPECT_EQ(queue.size(), MediaQueue::kMostAsked);

  std::size_t number = MediaQueue::kMostAsked;
  while (queue.size() < MediaQueue::kMost) ASSERT_TRUE(queue.add({key(++number), Class::history}));
  EXPECT_FALSE(queue.add({key(number + 1), Class::history}));
  EXPECT_FALSE(queue.add({key(number + 1), Class::fresh}));
}

TEST(MediaQueue, ASecondTryFindsItsPlaceThoughOthersCameMeanwhile) {
  MediaQueue queue;
  for (std::size_t number = 1; number <= MediaQueue::kMostAsked; ++number) {
    ASSERT_TRUE(queue.add({key(number), Class::asked}));
  }
  auto first = queue.take({});
  ASSERT_TRUE(first);
  ASSERT_TRUE(queue.add({key(MediaQueue::kMostAsked + 1), Class::asked}));
  first->tries = 1;
  EXPECT_TRUE(queue.add(*first));
}

}  // namespace
}  // namespace tg::tdlib
