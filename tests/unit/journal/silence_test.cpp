#include "journal/silence.h"

#include <gtest/gtest.h>

#include "journal/access.h"
#include "journal/schema.h"
#include "support/temp_folder.h"

namespace tg::journal {
namespace {

constexpr model::ChatId kNews{-1001000000001};
constexpr std::int64_t kHour = 3'600'000'000;
constexpr std::int64_t kFirst = 500'000;  // hours since 1970

model::Time at(std::int64_t hour, std::int64_t minutes = 30) { return {hour * kHour + minutes * 60'000'000}; }

// A captured channel with one message in each of these hours, ids from 1 on, all proven when the last one came.
class Channel {
 public:
  explicit Channel(const std::vector<std::int64_t>& hours) : last(hours.back()) {
    db = std::move(*Connection::open(folder.path() / "journal.db", Connection::Mode::write));
    EXPECT_TRUE(prepare(*db));
    std::int64_t id = 0;
    for (const auto hour : hours) {
      run(
          fmt::format("INSERT INTO heads (peer, message, scope, date, arrival, edit_date, observed_at, hash, n, "
                      "versions, flags, source, origin, deleted_at, fetched_at, counters_at, last) "
                      "VALUES ({}, {}, 0, {}, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1)",
                      kNews.value, ++id, at(hour).us));
      run(fmt::format("INSERT INTO hourly VALUES ({}, {}, 1, 0)", kNews.value, hour));
    }
    run(
        fmt::format("INSERT INTO chats (peer, scope, registered, created_at, updated_at, start, newest, last_date) "
                    "VALUES ({}, 0, 1, 0, 0, {}, {}, {})",
                    kNews.value, id, id, at(last).us));
    prove(1, id, at(last, 31));
  }
  void run(const std::string& sql) {
    const auto done = db->execute(sql);
    ASSERT_TRUE(done) << done.error().to_string() << " " << sql;
  }
  void prove(std::int64_t first, std::int64_t newest, model::Time when) {
    run(fmt::format("DELETE FROM coverage; INSERT INTO coverage VALUES ({}, 0, 7, {}, {}, 1, {})", kNews.value, first,
                    newest, when.us));
  }
  std::vector<Silence> silent(model::Time now, bool all = false) {
    auto found = silent_chats(*db, now, all, pauses);
    EXPECT_TRUE(found);
    return found ? *found : std::vector<Silence>{};
  }

  test::TempFolder folder;
  std::unique_ptr<Connection> db;
  Pauses pauses;
  std::int64_t last;
};

// Forty hours with something, a night of nine hours among them.
std::vector<std::int64_t> with_a_night() {
  std::vector<std::int64_t> hours;
  for (std::int64_t i = 0; i < 20; ++i) hours.push_back(kFirst + i);
  for (std::int64_t i = 0; i < 20; ++i) hours.push_back(kFirst + 28 + i);
  return hours;
}

TEST(Silence, IsLongerThanTheLongestPause) {
  Channel news(with_a_night());

  EXPECT_TRUE(news.silent(at(news.last + 10)).empty());
  const auto silent = news.silent(at(news.last + 10, 31));

  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent.front().peer, kNews);
  EXPECT_EQ(silent.front().since, at(news.last));
  EXPECT_EQ(silent.front().usual, std::chrono::hours(10)) << "from one hour's beginning to another's end";
}

TEST(Silence, IsProvenByAnAnswerThatCameAfterItHadBecomeUnusual) {
  Channel news(with_a_night());
  const auto now = at(news.last + 20);
  EXPECT_FALSE(news.silent(now).front().proven());

  news.prove(1, 40, at(news.last + 10));
  EXPECT_FALSE(news.silent(now).front().proven());
  news.prove(1, 40, at(news.last + 11));

  EXPECT_TRUE(news.silent(now).front().proven());
}

TEST(Silence, ABusyChannelMayBeSilentForThreeHours) {
  std::vector<std::int64_t> hours;
  for (std::int64_t i = 0; i < 20; ++i) hours.push_back(kFirst + i);
  Channel news(hours);

  EXPECT_TRUE(news.silent(at(news.last + 3)).empty());
  EXPECT_EQ(news.silent(at(news.last + 3, 31)).size(), 1u);
}

TEST(Silence, OfFewMessagesNothingIsUsual) {
  std::vector<std::int64_t> hours;
  for (std::int64_t i = 0; i < 19; ++i) hours.push_back(kFirst + i);
  Channel news(hours);

  EXPECT_TRUE(news.silent(at(news.last + 10'000)).empty());
}

TEST(Silence, AGapThatIsNotProvenIsNoPause) {
  Channel news(with_a_night());
  news.prove(21, 40, at(news.last, 31));

  const auto silent = news.silent(at(news.last + 4));

  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent.front().usual, std::chrono::hours(3));
}

TEST(Silence, OfAHoleAtTheEndNothingIsSaid) {
  Channel news(with_a_night());
  news.run("UPDATE chats SET newest = 41");

  EXPECT_TRUE(news.silent(at(news.last + 100)).empty());
}

TEST(Silence, EndsWithAMessageAndThenThePauseIsUsual) {
  Channel news(with_a_night());
  const auto later = news.last + 30;
  EXPECT_EQ(news.silent(at(later)).size(), 1u);

  news.run(fmt::format("UPDATE chats SET newest = 41, last_date = {}", at(later).us));
  news.run(fmt::format("INSERT INTO hourly VALUES ({}, {}, 1, 0)", kNews.value, later));
  news.prove(1, 41, at(later, 31));

  EXPECT_TRUE(news.silent(at(later + 20)).empty());
  EXPECT_EQ(news.silent(at(later + 32)).front().usual, std::chrono::hours(31));
}

TEST(Silence, IsOfWhatIsCapturedAlone) {
  Channel news(with_a_night());
  const auto now = at(news.last + 20);

  news.run("UPDATE chats SET registered = 0");
  EXPECT_TRUE(news.silent(now).empty());
  EXPECT_EQ(news.silent(now, true).size(), 1u);
  news.run("UPDATE chats SET active = 0");
  EXPECT_TRUE(news.silent(now, true).empty());
  news.run("UPDATE chats SET active = 1, start = 0");
  EXPECT_TRUE(news.silent(now, true).empty());
}

TEST(Silence, WhatNobodyMaySeeIsNotCalledSilent) {
  Channel news(with_a_night());
  ASSERT_TRUE(note_access(*news.db, kNews, {}, 7, false, "CHANNEL_PRIVATE", at(news.last + 1)));

  EXPECT_TRUE(news.silent(at(news.last + 20)).empty());
}

}  // namespace
}  // namespace tg::journal
