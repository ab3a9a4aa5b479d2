// What is said of a message that the store does not have.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "harness.h"
#include "journal/quarantine.h"

namespace tg::test {
namespace {
namespace json = boost::json;

struct NotStored : testing::Test {
  NotStored() { gateway.options.keep_days = 90; }

  void push(std::int64_t message, model::Time date, model::Time observed = model::Time::now()) {
    pipeline::Seen seen;
    seen.from = {model::SourceKind::demo, model::Origin::live, 1, observed};
    seen.message.key = {{}, model::ChatId{kPeer}, model::MessageId{message}};
    seen.message.date = date;
    seen.message.text = "once";
    ASSERT_TRUE(gateway.intake.push(seen));
    ASSERT_TRUE(gateway.intake.flush());
  }
  std::string said_of(std::int64_t message) {
    const auto answer = gateway.get(fmt::format("/api/messages/{}:{}", kPeer, message));
    EXPECT_EQ(answer.status, 404) << answer.body;
    return answer.body;
  }
  json::object pagination_around(std::int64_t message) {
    const auto answer = gateway.get(fmt::format("/api/messages?channelId={0}&around={0}:{1}", kPeer, message));
    return json::parse(answer.body).at("pagination").as_object();
  }
  Harness gateway;
};

TEST_F(NotStored, OneThatIsOlderThanTheDatabaseKeepsIsSaidToBeErased) {
  const auto date = model::Time::seconds(1'600'000'000);
  push(30, date);
  gateway.start();

  EXPECT_NE(said_of(30).find("the database keeps 90 days"), std::string::npos);
  const auto why = pagination_around(30).at("absent").as_object();
  EXPECT_EQ(why.at("reason").as_string(), "erased");
  EXPECT_EQ(why.at("date").as_string(), model::to_rfc3339(date));
  EXPECT_EQ(why.at("keepDays").as_int64(), 90);
}

TEST_F(NotStored, OneThatWasDeletedBeforeItWasSeenIsSaidToBe) {
  pipeline::Deleted deleted;
  deleted.from = {model::SourceKind::demo, model::Origin::live, 1, model::Time::now()};
  deleted.key = {{}, model::ChatId{kPeer}, model::MessageId{31}};
  ASSERT_TRUE(gateway.intake.push(deleted));
  ASSERT_TRUE(gateway.intake.flush());
  gateway.start();

  EXPECT_NE(said_of(31).find("before it was seen"), std::string::npos);
  EXPECT_EQ(pagination_around(31).at("absent").at("reason").as_string(), "deleted");
}

TEST_F(NotStored, OfOneThatIsYoungOrUnknownOrStoredNothingIsMadeUp) {
  push(32, model::Time::now());
  gateway.start();

  for (const auto message : {32, 33}) {
    EXPECT_EQ(said_of(message).find("erased"), std::string::npos);
    EXPECT_FALSE(pagination_around(message).contains("absent"));
  }
  EXPECT_FALSE(pagination_around(1).contains("absent"));
}

TEST_F(NotStored, NothingIsErasedWhereAllIsKept) {
  gateway.options.keep_days = 0;
  push(30, model::Time::seconds(1'600'000'000));
  gateway.start();

  EXPECT_FALSE(pagination_around(30).contains("absent"));
}

TEST_F(NotStored, WhereTheTimeOfArrivalCountsItIsThatOfTheJournal) {
  gateway.options.kept_by_date = false;
  const auto long_ago = model::Time::seconds(1'600'000'000);
  push(30, long_ago, long_ago);
  push(31, long_ago, long_ago);
  ASSERT_TRUE(gateway.intake.write([&](journal::Connection& db) {
    return db.prepared("UPDATE events SET recorded_at = ? WHERE message = 31").with(long_ago).run();
  }));
  gateway.start();

  EXPECT_FALSE(pagination_around(30).contains("absent")) << "seen long ago, but it came just now";
  EXPECT_EQ(pagination_around(31).at("absent").at("reason").as_string(), "erased");
}

TEST_F(NotStored, WhatTheDatabaseRefusedIsNotSaidToBeErased) {
  push(30, model::Time::seconds(1'600'000'000));
  ASSERT_TRUE(gateway.intake.write([](journal::Connection& db) {
    model::Event event;
    event.seq = model::Seq{1};
    event.key = {{}, model::ChatId{kPeer}, model::MessageId{30}};
    return journal::set_aside(db, "postgres", event, "no such field");
  }));
  gateway.start();

  EXPECT_FALSE(pagination_around(30).contains("absent"));
}

}  // namespace
}  // namespace tg::test
