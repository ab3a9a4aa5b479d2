#include "journal/topics.h"

#include <gtest/gtest.h>

#include "journal/schema.h"
#include "support/temp_folder.h"

namespace tg::journal {
namespace {

constexpr model::ChatId kTalk{-1001000000002}, kOther{-1001000000003};
constexpr model::MessageId kTides{17};

class Named {
 public:
  Named() : db(std::move(*Connection::open(folder.path() / "journal.db", Connection::Mode::write))) {
    EXPECT_TRUE(prepare(*db));
  }
  bool note(std::string_view title, std::int64_t at) {
    return note_topic(*db, kTalk, kTides, title, model::Time::seconds(at)).value();
  }
  std::string title() { return topic_title(*db, kTalk, kTides).value(); }

  test::TempFolder folder;
  std::unique_ptr<Connection> db;
};

TEST(TopicTitles, TheLatestCountsInWhateverOrderTheyAreTold) {
  Named topics;
  EXPECT_EQ(topics.title(), "");

  EXPECT_TRUE(topics.note("Tides", 100));
  EXPECT_TRUE(topics.note("High water", 300));
  EXPECT_FALSE(topics.note("Ebb", 200));

  EXPECT_EQ(topics.title(), "High water");
}

TEST(TopicTitles, OneThatIsToldAgainIsNoNewsButCountsAsLater) {
  Named topics;
  topics.note("Tides", 100);

  EXPECT_FALSE(topics.note("Tides", 300));
  EXPECT_FALSE(topics.note("Ebb", 200));

  EXPECT_EQ(topics.title(), "Tides");
}

TEST(TopicTitles, WhatCanBeNoTitleChangesNothing) {
  Named topics;
  topics.note("Tides", 100);

  EXPECT_FALSE(topics.note("", 200));
  EXPECT_FALSE(topics.note(std::string(kLongestTopicTitle + 1, 'x'), 200));

  EXPECT_EQ(topics.title(), "Tides");
}

TEST(TopicTitles, AreListedByChatAndNumber) {
  Named topics;
  topics.note("Tides", 100);
  ASSERT_TRUE(note_topic(*topics.db, kTalk, model::MessageId{1}, "General", model::Time::seconds(1)));
  ASSERT_TRUE(note_topic(*topics.db, kOther, kTides, "elsewhere", model::Time::seconds(1)));

  const auto of_talk = journal::topics(*topics.db, kTalk).value();

  ASSERT_EQ(of_talk.size(), 2u);
  EXPECT_EQ(of_talk[0].title, "General");
  EXPECT_EQ(of_talk[1].title, "Tides");
  EXPECT_EQ(journal::topics(*topics.db, {}).value().size(), 3u);
}

}  // namespace
}  // namespace tg::journal
