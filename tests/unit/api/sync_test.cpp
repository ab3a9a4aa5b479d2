// Fetches that are asked for, and what was set aside.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <future>

#include "harness.h"

namespace tg::test {
namespace {
namespace json = boost::json;

constexpr std::int64_t kElsewhere = -1001000000009;
const std::string kSync = "/api/telegram-gateway/sync-messages";

json::object data_of(const Answer& answer) { return json::parse(answer.body).at("data").as_object(); }

TEST(Sync, TellsTheCountsAndThatItIsDone) {
  Harness gateway;
  gateway.sync = [&gateway](const auto&) -> Result<void> {
    gateway.commit(20, "fetched", kPeer, model::Origin::catchup);
    return {};
  };
  gateway.start();

  const auto answer = gateway.post(kSync, "{\"wait\":30}");

  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto data = data_of(answer);
  EXPECT_TRUE(data.at("completed").as_bool());
  EXPECT_EQ(data.at("totalMessagesSaved").as_int64(), 1);
  EXPECT_EQ(gateway.get("/api/telegram-gateway/jobs/" + std::string(data.at("jobId").as_string())).status, 200);
}

TEST(Sync, WithoutASourceSaysWhatToDo) {
  Harness gateway;
  gateway.start();

  const auto answer = gateway.post("/sync-messages", "");

  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("import"), std::string::npos);
}

TEST(Sync, CountsWhatWasFetchedOfTheChannelsThatWereNamed) {
  Harness gateway;
  gateway.sync = [&gateway](const auto&) -> Result<void> {
    gateway.commit(20, "fetched", kPeer, model::Origin::backfill);
    gateway.commit(21, "came by itself");
    gateway.commit(22, "fetched", kElsewhere, model::Origin::backfill);
    return {};
  };
  gateway.start();

  const auto data = data_of(gateway.post(kSync, fmt::format("{{\"wait\":30,\"channels\":[\"{}\"]}}", kPeer)));

  EXPECT_TRUE(data.at("completed").as_bool());
  EXPECT_EQ(data.at("totalMessagesSynced").as_int64(), 1);
  EXPECT_EQ(data.at("totalMessagesSaved").as_int64(), 1);
  ASSERT_EQ(data.at("channelsSynced").as_array().size(), 1u);
  EXPECT_EQ(data.at("channelsSynced").at(0).at("messagesSynced").as_int64(), 1);
}

TEST(Sync, IsOverWhenNothingMoreComesThoughSomethingIsMissing) {
  Harness gateway;
  gateway.options.sync_quiet = std::chrono::milliseconds(200);
  gateway.sync = [](const auto&) { return Result<void>(); };
  const pipeline::Provenance from{model::SourceKind::demo, model::Origin::live, 1, model::Time::now()};
  pipeline::ChatSeen chat{
      from, model::ChatId{kPeer}, {}, "Mesa", "", "channel", model::MessageId{1}, model::MessageId{1}, "", {}};
  ASSERT_TRUE(gateway.intake.push(chat));
  ASSERT_TRUE(gateway.intake.push(pipeline::Proof{
      from, pipeline::ProofKind::walk, {}, model::ChatId{kPeer}, model::MessageId{1}, model::MessageId{1}, {}}));
  chat.newest = model::MessageId{50};
  chat.hole_cause = "connection lost";
  ASSERT_TRUE(gateway.intake.push(chat));
  ASSERT_TRUE(gateway.intake.flush());
  gateway.start();

  const auto data = data_of(gateway.post(kSync, "{\"wait\":5}"));

  EXPECT_TRUE(data.at("completed").as_bool());
}

// A source that does not come back before it is told.
struct Busy : testing::Test {
  Busy() {
    gateway.sync = [this](const auto&) -> Result<void> {
      released.get_future().wait();
      return {};
    };
    gateway.start();
    running = std::string(data_of(ask(kPeer)).at("jobId").as_string());
  }
  ~Busy() override { released.set_value(); }
  Answer ask(std::int64_t channel) {
    return gateway.post(kSync, fmt::format("{{\"wait\":0,\"channels\":[\"{}\"]}}", channel));
  }

  std::promise<void> released;  // outlives the gateway, whose thread waits for it
  Harness gateway;
  std::string running;
};

TEST_F(Busy, FetchIsJoinedByWhoAsksForTheSameChannels) {
  const auto again = ask(kPeer);

  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(data_of(again).at("jobId").as_string(), running);
}

TEST_F(Busy, FetchIsNamedToWhoAsksForOthers) {
  const auto other = ask(kElsewhere);

  EXPECT_EQ(other.status, 409);
  EXPECT_NE(other.body.find(running), std::string::npos) << other.body;
}

struct SetAside : testing::Test {
  static constexpr const char* kRetry = "/api/telegram-gateway/failures/retry";
  static constexpr const char* kDrop = "/api/telegram-gateway/failures/drop";
  SetAside() {
    for (const auto* place : {"line 1", "line 2"}) {
      pipeline::Refused refused;
      refused.place = place;
      refused.reason = "no date";
      if (auto pushed = gateway.intake.push(refused); !pushed) throw std::runtime_error(pushed.error().to_string());
    }
    if (auto done = gateway.intake.flush(); !done) throw std::runtime_error(done.error().to_string());
    gateway.start();
  }
  std::int64_t left() {
    auto db = gateway.journal->read();
    return (*db)->scalar("SELECT count(*) FROM quarantine").value();
  }
  Harness gateway;
};

TEST_F(SetAside, WhatCannotBeTriedAgainIsSaidOfEach) {
  const auto data = data_of(gateway.post(kRetry, R"({"filter":{"destination":"intake"}})"));

  EXPECT_EQ(data.at("matched").as_int64(), 2);
  EXPECT_EQ(data.at("changed").as_int64(), 0);
  ASSERT_EQ(data.at("notTried").as_array().size(), 2u);
  EXPECT_NE(data.at("notTried").at(0).at("why").as_string().find("import"), std::string::npos);
}

TEST_F(SetAside, AFilterThatIsNoneDropsNothing) {
  for (const auto* body : {R"({"filter":{"channelId":"abc"}})", R"({"ids":"1","filter":{"reason":"no date"}})",
                           R"({"ids":[1],"filter":"reason"})"}) {
    EXPECT_EQ(gateway.post(kDrop, body).status, 400) << body;
  }
  EXPECT_EQ(left(), 2);
}

TEST_F(SetAside, WhatIsDroppedIsCounted) {
  const auto data = data_of(gateway.post(kDrop, R"({"filter":{"reason":"no date","channelId":0}})"));

  EXPECT_EQ(data.at("changed").as_int64(), 2);
  EXPECT_EQ(left(), 0);
}

}  // namespace
}  // namespace tg::test
