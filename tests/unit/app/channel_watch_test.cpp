#include "app/channel_watch.h"

#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace tg::app {
namespace {

constexpr model::ChatId kNews{-1001000000001};
constexpr std::int64_t kHour = 3'600'000'000, kFirst = 500'000;

model::Time at(std::int64_t hour, std::int64_t minutes = 30) { return {hour * kHour + minutes * 60'000'000}; }

// Posted once an hour for twenty hours: three hours without anything are unusual.
class Watched {
 public:
  Watched() {
    run(fmt::format(
        "INSERT INTO heads (peer, message, scope, date, arrival, edit_date, observed_at, hash, n, versions, "
        "flags, source, origin, deleted_at, fetched_at, counters_at, last) "
        "VALUES ({}, 1, 0, {}, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1)",
        kNews.value, at(kFirst).us));
    for (std::int64_t i = 0; i < 20; ++i) {
      run(fmt::format("INSERT INTO hourly VALUES ({}, {}, 1, 0)", kNews.value, kFirst + i));
    }
    run(
        fmt::format("INSERT INTO chats (peer, scope, registered, created_at, updated_at, start, newest, last_date) "
                    "VALUES ({}, 0, 1, 0, 0, 1, 20, {})",
                    kNews.value, at(kLast).us));
    prove(at(kLast));
  }
  void prove(model::Time when) {
    run(fmt::format("DELETE FROM coverage; INSERT INTO coverage VALUES ({}, 0, 7, 1, 20, 1, {})", kNews.value,
                    when.us));
  }
  void run(const std::string& sql) {
    const auto done = journal->writer().execute(sql);
    ASSERT_TRUE(done) << done.error().to_string();
  }
  double gauge(const prometheus::Gauge& one) const { return one.Value(); }

  static constexpr std::int64_t kLast = kFirst + 19;
  test::TempFolder folder;
  std::unique_ptr<journal::Journal> journal = std::move(
      journal::Journal::open(folder.path() / "data", journal::Access::write, {.disk_reserve_bytes = 0}).value());
  observe::Lag lag;
  observe::Metrics metrics;
  std::vector<model::ChatId> asked;
  bool answers = true;
  ChannelWatch watch{{*journal, lag, metrics, std::chrono::seconds(60), false,
                      [this](const std::vector<model::ChatId>& chats) -> Result<void> {
                        if (!answers) return Error{Code::unavailable, "no account is signed in", ""};
                        asked.insert(asked.end(), chats.begin(), chats.end());
                        return {};
                      }}};
};

TEST(ChannelWatch, AnUnusualSilenceIsAskedForOnceAndBelievedWhenTheServerHadNothing) {
  Watched news;
  news.watch.look(at(Watched::kLast + 3), true);
  EXPECT_TRUE(news.asked.empty());

  news.watch.look(at(Watched::kLast + 3, 31), true);
  news.watch.look(at(Watched::kLast + 3, 32), true);
  EXPECT_EQ(news.asked, std::vector{kNews});
  EXPECT_TRUE(news.watch.silences().empty());
  EXPECT_EQ(news.gauge(news.metrics.channels_silent), 0);

  news.prove(at(Watched::kLast + 3, 33));
  news.watch.look(at(Watched::kLast + 3, 34), true);

  ASSERT_EQ(news.watch.silences().size(), 1u);
  EXPECT_EQ(news.watch.silences().front().peer, kNews);
  EXPECT_EQ(news.gauge(news.metrics.channels_silent), 1);
  EXPECT_EQ(news.asked.size(), 1u);
}

TEST(ChannelWatch, ASilenceIsAskedForAgainNoOftenerThanItIsUsual) {
  Watched news;
  news.watch.look(at(Watched::kLast + 4), true);
  news.prove(at(Watched::kLast + 4));

  news.watch.look(at(Watched::kLast + 6, 59), true);
  EXPECT_EQ(news.asked.size(), 1u);
  news.watch.look(at(Watched::kLast + 7), true);
  EXPECT_EQ(news.asked.size(), 2u);
}

TEST(ChannelWatch, WhatCouldNotBeAskedForIsAskedForWhenItCan) {
  Watched news;
  news.answers = false;
  news.watch.look(at(Watched::kLast + 4), true);
  EXPECT_TRUE(news.asked.empty());

  news.answers = true;
  news.watch.look(at(Watched::kLast + 4, 31), true);

  EXPECT_EQ(news.asked.size(), 1u);
}

TEST(ChannelWatch, WhileNothingIsCapturedNobodyIsCalledSilent) {
  Watched news;
  news.prove(at(Watched::kLast + 4));
  news.watch.look(at(Watched::kLast + 5), true);
  EXPECT_EQ(news.watch.silences().size(), 1u);

  news.watch.look(at(Watched::kLast + 6), false);

  EXPECT_TRUE(news.watch.silences().empty());
  EXPECT_EQ(news.gauge(news.metrics.channels_silent), 0);
}

TEST(ChannelWatch, ALagAboveTheAlarmIsOneUntilItIsForgotten) {
  Watched news;
  const auto now = at(Watched::kLast);
  news.lag.note(kNews, model::Time{now.us - 60'000'000}, now);
  news.watch.look(now, true);
  EXPECT_EQ(news.watch.alarm(), "");
  EXPECT_EQ(news.gauge(news.metrics.channel_lag_seconds), 60);

  news.lag.note(kNews, model::Time{now.us - 61'000'000}, now);
  news.watch.look(now, true);
  EXPECT_NE(news.watch.alarm().find("1 channel came up to 61 s late"), std::string::npos) << news.watch.alarm();
  EXPECT_EQ(news.gauge(news.metrics.channels_late), 1);

  news.watch.look(model::Time{now.us + 16 * 60'000'000LL}, true);
  EXPECT_EQ(news.watch.alarm(), "");
  EXPECT_EQ(news.gauge(news.metrics.channels_late), 0);
  EXPECT_EQ(news.gauge(news.metrics.channel_lag_seconds), 0);
}

}  // namespace
}  // namespace tg::app
