#include "source/tdlib/detail/open_chats.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace tg::tdlib {
namespace {

using namespace std::chrono_literals;

class Told {
 public:
  OpenChats chats{3, [this](model::ChatId chat, bool open) {
                    if (open) {
                      ++opened[chat.value];
                      now.insert(chat.value);
                    } else {
                      now.erase(chat.value);
                    }
                    most = std::max(most, now.size());
                  }};
  std::map<std::int64_t, int> opened;
  std::set<std::int64_t> now;
  std::size_t most = 0;
};

std::vector<model::ChatId> some(int count) {
  std::vector<model::ChatId> all;
  for (int id = 1; id <= count; ++id) all.emplace_back(-id);
  return all;
}

TEST(OpenChats, FewAreAllOpenAndOpenedOnce) {
  Told told;
  OpenChats::Clock::time_point now = OpenChats::Clock::now();
  for (int look = 0; look < 20; ++look) told.chats.rotate(some(3), now += 5s);

  EXPECT_EQ(told.now, (std::set<std::int64_t>{-1, -2, -3}));
  EXPECT_EQ(told.opened, (std::map<std::int64_t, int>{{-1, 1}, {-2, 1}, {-3, 1}}));
}

TEST(OpenChats, ManyHaveTheirTurnAndNeverMoreThanSoMany) {
  Told told;
  OpenChats::Clock::time_point now = OpenChats::Clock::now();
  for (int look = 0; look < 100; ++look) told.chats.rotate(some(20), now += 5s);  // 500 s, 3 a minute

  EXPECT_EQ(told.opened.size(), 20u);
  EXPECT_EQ(told.most, 4u) << "one is opened before another is closed";
  EXPECT_EQ(told.now.size(), 3u);
  for (const auto& [chat, times] : told.opened) EXPECT_LE(times, 2) << chat;
}

TEST(OpenChats, WhatIsNotWantedAnyMoreIsClosed) {
  Told told;
  OpenChats::Clock::time_point now = OpenChats::Clock::now();
  told.chats.rotate(some(3), now);
  told.chats.rotate(some(1), now += 5s);

  EXPECT_EQ(told.now, (std::set<std::int64_t>{-1}));
}

TEST(OpenChats, WhatTheAccountIsNoMemberOfStaysOpen) {
  Told told;
  told.chats.open(model::ChatId{-7}, false);
  OpenChats::Clock::time_point now = OpenChats::Clock::now();
  for (int look = 0; look < 100; ++look) told.chats.rotate(some(20), now += 5s);

  EXPECT_EQ(told.opened[-7], 1);
  EXPECT_TRUE(told.now.contains(-7));
  EXPECT_EQ(told.opened.size(), 20u);
}

TEST(OpenChats, OpenedAgainItIsToldAgain) {
  Told told;
  told.chats.rotate(some(3), OpenChats::Clock::now());
  told.chats.open(model::ChatId{-1});

  EXPECT_EQ(told.opened[-1], 2) << "TDLib asks for what was missed when it is opened";
}

}  // namespace
}  // namespace tg::tdlib
