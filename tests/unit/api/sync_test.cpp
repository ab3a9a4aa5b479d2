// Fetches that are asked for, and what was set aside.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <future>
#include <thread>

#include "harness.h"

namespace tg::test {
namespace {
namespace json = boost::json;

using Stage = source::Walk::Stage;

constexpr std::int64_t kElsewhere = -1001000000009, kGroup = -400;
const std::string kSync = "/api/telegram-gateway/sync-messages";

json::object data_of(const Answer& answer) { return json::parse(answer.body).at("data").as_object(); }

source::AccountWalks account(std::string name, std::vector<source::Walk> chats) {
  source::AccountWalks walks;
  walks.account = std::move(name);
  walks.known = true;
  walks.chats = std::move(chats);
  return walks;
}

source::Walk walk(std::int64_t peer, Stage stage, std::string reason = "") {
  return {model::ChatId{peer}, stage, std::move(reason)};
}

source::Walks ended(std::int64_t peer) {
  return [peer] { return std::vector{account("main", {walk(peer, Stage::done)})}; };
}

// Accounts that a test moves on by hand.
class Accounts {
 public:
  void are(std::vector<source::AccountWalks> all) {
    const std::lock_guard lock(mutex_);
    all_ = std::move(all);
  }
  auto source() {
    return [this](const std::vector<model::ChatId>& chats) -> Result<source::Walks> {
      const std::lock_guard lock(mutex_);
      rounds_.push_back(chats);
      return source::Walks([this] {
        const std::lock_guard looking(mutex_);
        ++looks_;
        return all_;
      });
    };
  }
  std::vector<std::vector<model::ChatId>> rounds() {
    const std::lock_guard lock(mutex_);
    return rounds_;
  }
  int looks() {
    const std::lock_guard lock(mutex_);
    return looks_;
  }

 private:
  std::mutex mutex_;
  std::vector<source::AccountWalks> all_;
  std::vector<std::vector<model::ChatId>> rounds_;
  int looks_ = 0;
};

struct Fetching : testing::Test {
  Fetching() { gateway.sync = accounts.source(); }

  json::object post(int wait_s, const std::vector<std::int64_t>& channels = {}) {
    json::object body{{"wait", wait_s}};
    if (!channels.empty()) {
      json::array ids;
      for (const auto one : channels) ids.emplace_back(std::to_string(one));
      body["channels"] = std::move(ids);
    }
    const auto answer = gateway.post(kSync, json::serialize(body));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return data_of(answer);
  }
  static json::object channel(const json::object& data, std::int64_t peer) {
    for (const auto& one : data.at("channelsSynced").as_array()) {
      if (one.at("channelId").as_string() == std::to_string(peer)) return one.as_object();
    }
    return {};
  }
  // So many more looks at how far the accounts are.
  void looked(int count) {
    const auto from = accounts.looks();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (accounts.looks() < from + count) {
      ASSERT_LT(std::chrono::steady_clock::now(), until) << "it has ended";
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  // Ids 2 to 50 are missing.
  void lose(std::int64_t peer) {
    const pipeline::Provenance from{model::SourceKind::demo, model::Origin::live, 1, model::Time::now()};
    pipeline::ChatSeen chat{
        from, model::ChatId{peer}, {}, "Mesa", "", "channel", model::MessageId{1}, model::MessageId{1}, "", {}};
    ASSERT_TRUE(gateway.intake.push(chat));
    prove(peer, 1, 1);
    chat.newest = model::MessageId{50};
    chat.hole_cause = "connection lost";
    ASSERT_TRUE(gateway.intake.push(chat));
    ASSERT_TRUE(gateway.intake.flush());
  }
  // Pushed, and not yet on disk.
  void prove(std::int64_t peer, std::int64_t first, std::int64_t last) {
    const pipeline::Provenance from{model::SourceKind::demo, model::Origin::catchup, 1, model::Time::now()};
    ASSERT_TRUE(gateway.intake.push(pipeline::Proof{from,
                                                    pipeline::ProofKind::walk,
                                                    {},
                                                    model::ChatId{peer},
                                                    model::MessageId{first},
                                                    model::MessageId{last},
                                                    {}}));
  }

  Accounts accounts;  // outlives the gateway, whose thread asks it
  Harness gateway;
};

TEST_F(Fetching, CanBeCancelledWhileItRuns) {
  accounts.are({account("main", {walk(kPeer, Stage::walking)})});
  gateway.start();
  const auto job = std::string(post(0).at("jobId").as_string());
  const auto path = "/api/telegram-gateway/jobs/" + job;

  const auto cancelled = gateway.post(path + "/cancel", "{}");

  EXPECT_EQ(cancelled.status, 202) << cancelled.body;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (data_of(gateway.get(path)).at("state").as_string() == "running") {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(data_of(gateway.get(path)).at("state").as_string(), "cancelled");
  EXPECT_EQ(gateway.post(path + "/cancel", "{}").status, 409);
  EXPECT_EQ(gateway.post("/api/telegram-gateway/jobs/none/cancel", "{}").status, 404);
}

TEST(Sync, TellsTheCountsAndThatItIsDone) {
  Harness gateway;
  gateway.sync = [&gateway](const auto&) -> Result<source::Walks> {
    gateway.commit(20, "fetched", kPeer, model::Origin::catchup);
    return ended(kPeer);
  };
  gateway.start();

  const auto answer = gateway.post(kSync, "{\"wait\":30}");

  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto data = data_of(answer);
  EXPECT_TRUE(data.at("completed").as_bool());
  EXPECT_EQ(data.at("state").as_string(), "done");
  EXPECT_EQ(data.at("totalMessagesSaved").as_int64(), 1);
  const auto job = data_of(gateway.get("/api/telegram-gateway/jobs/" + std::string(data.at("jobId").as_string())));
  EXPECT_EQ(job.at("channels"), data.at("channelsSynced"));
}

TEST(Sync, WithoutASourceSaysWhatToDo) {
  Harness gateway;
  gateway.start();

  const auto answer = gateway.post("/sync-messages", "");

  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("import"), std::string::npos);
}

TEST(Sync, ThatNobodyCanBeginSaysWhy) {
  Harness gateway;
  gateway.sync = [](const auto&) -> Result<source::Walks> {
    return Error{Code::unavailable, "no account is signed in", "Sign in"};
  };
  gateway.start();

  const auto answer = gateway.post(kSync, "{\"wait\":30}");

  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("no account is signed in"), std::string::npos);
}

TEST(Sync, CountsWhatWasFetchedOfTheChannelsThatWereNamed) {
  Harness gateway;
  gateway.sync = [&gateway](const auto&) -> Result<source::Walks> {
    gateway.commit(20, "fetched", kPeer, model::Origin::backfill);
    gateway.commit(21, "came by itself");
    gateway.commit(22, "fetched", kElsewhere, model::Origin::backfill);
    return ended(kPeer);
  };
  gateway.start();

  const auto data = data_of(gateway.post(kSync, fmt::format("{{\"wait\":30,\"channels\":[\"{}\"]}}", kPeer)));

  EXPECT_TRUE(data.at("completed").as_bool());
  EXPECT_EQ(data.at("totalMessagesSynced").as_int64(), 1);
  EXPECT_EQ(data.at("totalMessagesSaved").as_int64(), 1);
  ASSERT_EQ(data.at("channelsSynced").as_array().size(), 1u);
  EXPECT_EQ(data.at("channelsSynced").at(0).at("messagesSynced").as_int64(), 1);
  EXPECT_EQ(data.at("channelsSynced").at(0).at("label").as_string(), "Mesa <Norte>");
}

TEST_F(Fetching, GoesOnUntilItsWalkHasEndedThoughNothingIsMissing) {
  accounts.are({account("main", {walk(kPeer, Stage::waiting)})});
  gateway.start();

  const auto before = post(0);
  looked(5);
  const auto walking = post(0);
  accounts.are({account("main", {walk(kPeer, Stage::done)})});
  const auto after = post(30);

  EXPECT_EQ(before.at("state").as_string(), "running");
  EXPECT_FALSE(walking.at("completed").as_bool());
  EXPECT_EQ(channel(walking, kPeer).at("state").as_string(), "waiting");
  EXPECT_EQ(after.at("jobId"), before.at("jobId"));
  EXPECT_EQ(after.at("state").as_string(), "done");
}

TEST_F(Fetching, WaitsForAnAccountThatHasNotBegun) {
  accounts.are({source::AccountWalks{"main", false, 0, {}, {}}});
  gateway.start();

  post(0);
  looked(5);

  EXPECT_EQ(post(0).at("state").as_string(), "running");
  accounts.are({account("main", {walk(kPeer, Stage::done)})});
  EXPECT_EQ(channel(post(30), kPeer).at("state").as_string(), "done");
}

TEST_F(Fetching, NamesWhatTelegramRefuses) {
  accounts.are({account("main", {walk(kPeer, Stage::done), walk(kElsewhere, Stage::refused, "CHANNEL_PRIVATE")})});
  gateway.start();

  const auto data = post(30);

  EXPECT_TRUE(data.at("completed").as_bool());
  EXPECT_EQ(data.at("state").as_string(), "failed");
  EXPECT_EQ(channel(data, kPeer).at("state").as_string(), "done");
  EXPECT_EQ(channel(data, kElsewhere).at("state").as_string(), "refused");
  EXPECT_NE(channel(data, kElsewhere).at("reason").as_string().find("CHANNEL_PRIVATE"), std::string::npos);
  const auto error = data.at("error").as_string();
  EXPECT_NE(error.find("1 of 2"), std::string::npos) << error;
  EXPECT_NE(error.find(std::to_string(kElsewhere)), std::string::npos) << error;
}

TEST_F(Fetching, AsksOnceMoreForWhatIsMissingThenSaysSo) {
  lose(kPeer);
  accounts.are({account("main", {walk(kPeer, Stage::done), walk(kElsewhere, Stage::done)})});
  gateway.start();

  const auto data = post(30);

  EXPECT_EQ(data.at("state").as_string(), "failed");
  EXPECT_EQ(channel(data, kPeer).at("state").as_string(), "incomplete");
  EXPECT_EQ(channel(data, kPeer).at("missing").as_int64(), 49);
  EXPECT_EQ(channel(data, kElsewhere).at("state").as_string(), "done");
  EXPECT_EQ(accounts.rounds(), (std::vector<std::vector<model::ChatId>>{{}, {model::ChatId{kPeer}}}));
}

TEST_F(Fetching, LooksAtWhatIsMissingOnceWhatTheWalkFoundIsOnDisk) {
  lose(kPeer);
  gateway.sync = [this](const auto&) -> Result<source::Walks> {
    return source::Walks([this] {
      prove(kPeer, 2, 50);
      return std::vector{account("main", {walk(kPeer, Stage::done)})};
    });
  };
  gateway.start();

  const auto data = post(30);

  EXPECT_EQ(data.at("state").as_string(), "done") << json::serialize(data);
}

TEST_F(Fetching, TellsUntilWhenTelegramLetsItWaitAndGoesOnAfterwards) {
  gateway.options.sync_quiet = std::chrono::milliseconds(100);
  auto flooded = account("main", {walk(kPeer, Stage::walking)});
  flooded.flood_until = model::Time{model::Time::now().us + 400'000'000};
  accounts.are({flooded});
  gateway.start();

  post(0);
  looked(5);  // more than the quiet that would end it
  const auto waiting = post(0);
  const auto job = data_of(gateway.get("/api/telegram-gateway/jobs/" + std::string(waiting.at("jobId").as_string())));
  const auto other = gateway.post(kSync, fmt::format(R"({{"wait":0,"channels":["{}"]}})", kElsewhere));
  accounts.are({account("main", {walk(kPeer, Stage::done)})});
  const auto after = post(30);

  EXPECT_EQ(waiting.at("state").as_string(), "running");
  EXPECT_EQ(waiting.at("waitUntil").as_string(), model::to_rfc3339(flooded.flood_until));
  EXPECT_EQ(job.at("waitUntil"), waiting.at("waitUntil"));
  EXPECT_EQ(other.status, 409);
  EXPECT_NE(other.body.find(model::to_rfc3339(flooded.flood_until)), std::string::npos) << other.body;
  EXPECT_EQ(after.at("jobId"), waiting.at("jobId"));
  EXPECT_EQ(after.at("state").as_string(), "done");
  EXPECT_FALSE(after.contains("waitUntil"));
}

TEST_F(Fetching, OneOfTwoAccountsIsEnoughForAChannelThatIsWhole) {
  accounts.are({account("ada", {walk(kPeer, Stage::done)}), account("ben", {walk(kPeer, Stage::waiting)})});
  gateway.start();

  EXPECT_EQ(channel(post(30), kPeer).at("state").as_string(), "done");
}

TEST_F(Fetching, TheOtherAccountIsWaitedForWhereSomethingIsMissing) {
  lose(kPeer);
  accounts.are({account("ada", {walk(kPeer, Stage::done)}), account("ben", {walk(kPeer, Stage::walking)})});
  gateway.start();

  post(0);
  looked(3);

  EXPECT_EQ(channel(post(0), kPeer).at("state").as_string(), "walking");
}

TEST_F(Fetching, EveryAccountLooksThroughAGroupThatItNumbersForItself) {
  accounts.are({account("ada", {walk(kGroup, Stage::done)}), account("ben", {walk(kGroup, Stage::waiting)})});
  gateway.start();

  post(0);
  looked(3);
  const auto before = post(0);
  accounts.are({account("ada", {walk(kGroup, Stage::done)}), account("ben", {walk(kGroup, Stage::done)})});

  EXPECT_EQ(before.at("state").as_string(), "running");
  EXPECT_EQ(post(30).at("state").as_string(), "done");
}

TEST_F(Fetching, AChannelThatOnlyOneAccountKnowsIsDone) {
  accounts.are(
      {account("ada", {walk(kPeer, Stage::done)}), account("ben", {walk(kPeer, Stage::refused, "Chat not found")})});
  gateway.start();

  EXPECT_EQ(channel(post(30), kPeer).at("state").as_string(), "done");
}

TEST_F(Fetching, SaysOfAChannelThatNobodyCapturesWhy) {
  auto off = FakeStore::chat(kElsewhere, "Off");
  off.registered = true;
  off.active = false;
  gateway.store.all_chats.push_back(off);
  accounts.are({account("main", {})});
  gateway.start();

  const auto data = post(30, {kElsewhere, kGroup});

  EXPECT_EQ(channel(data, kElsewhere).at("state").as_string(), "not_captured");
  EXPECT_EQ(channel(data, kElsewhere).at("reason").as_string(), "it is switched off");
  EXPECT_EQ(channel(data, kGroup).at("reason").as_string(), "no channel here has this id");
}

TEST_F(Fetching, IsCutShortWhenItGetsNoFurtherAndSaysSo) {
  gateway.options.sync_quiet = std::chrono::milliseconds(200);
  accounts.are({account("main", {walk(kPeer, Stage::walking)})});
  gateway.start();

  const auto data = post(30);

  EXPECT_TRUE(data.at("completed").as_bool());
  EXPECT_EQ(data.at("state").as_string(), "failed");
  EXPECT_EQ(channel(data, kPeer).at("state").as_string(), "unfinished");
  EXPECT_NE(channel(data, kPeer).at("reason").as_string().find("goes on by itself"), std::string::npos);
}

TEST_F(Fetching, IsNotCutShortWhilePagesCome) {
  gateway.options.sync_quiet = std::chrono::milliseconds(300);
  auto busy = account("main", {walk(kPeer, Stage::waiting)});
  accounts.are({busy});
  gateway.start();

  const auto job = post(0).at("jobId");
  for (int page = 1; page <= 10; ++page) {
    busy.pages = page;
    accounts.are({busy});
    looked(2);
  }

  EXPECT_EQ(post(0).at("jobId"), job);
}

TEST_F(Fetching, AsksAgainWhereAnAccountWasClosedMeanwhile) {
  accounts.are({account("main", {walk(kPeer, Stage::left, "the account main was closed meanwhile")})});
  gateway.start();

  const auto data = post(30);

  EXPECT_EQ(accounts.rounds().size(), 2u);
  EXPECT_EQ(channel(data, kPeer).at("state").as_string(), "unfinished");
  EXPECT_NE(data.at("error").as_string().find("was closed"), std::string::npos);
}

TEST_F(Fetching, EndsWithTheGateway) {
  accounts.are({account("main", {walk(kPeer, Stage::waiting)})});
  gateway.start();
  post(0);

  gateway.api.reset();

  EXPECT_EQ(accounts.rounds().size(), 1u);
}

// A source that does not come back before it is told.
struct Busy : testing::Test {
  Busy() {
    gateway.sync = [this](const auto&) -> Result<source::Walks> {
      released.get_future().wait();
      return ended(kPeer);
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

// A destination that runs; what it was asked to deliver once more.
struct SetAsideByASink : SetAside {
  std::vector<std::int64_t> asked;
  std::int64_t seq = 0, id = 0;

  SetAsideByASink() {
    gateway.api.reset();
    gateway.commit(9, "refused");
    seq = gateway.journal->head().value;
    const auto insert = [](std::string_view reader, std::int64_t at) {
      return fmt::format(
          "INSERT INTO quarantine (reader, seq, place, reason, payload, tries, first_at, last_at) VALUES ('{}', {}, "
          "'', 'answered 400', x'', 1, 0, 0);",
          reader, at);
    };
    const auto sql = insert("webhook:desk", seq) + insert("webhook:desk", 1) + insert("webhook:gone", seq);
    if (!gateway.intake.write([&](journal::Connection& db) { return db.execute(sql); })) ADD_FAILURE();
    id = (*gateway.journal->read())
             ->scalar("SELECT id FROM quarantine WHERE reader = 'webhook:desk' AND seq > 1")
             .value();
    gateway.retry_refused = [this](const std::string& reader, const std::vector<std::int64_t>& entries) {
      asked.insert(asked.end(), entries.begin(), entries.end());
      return reader == "webhook:desk";
    };
    gateway.start();
  }
};

TEST_F(SetAsideByASink, ItsReaderDeliversItOnceMore) {
  const auto data = data_of(gateway.post(kRetry, R"({"filter":{"reason":"answered 400"}})"));

  EXPECT_EQ(data.at("matched").as_int64(), 3);
  EXPECT_EQ(data.at("changed").as_int64(), 1);
  EXPECT_EQ(asked, std::vector{id});
  ASSERT_EQ(data.at("notTried").as_array().size(), 2u);
  EXPECT_NE(data.at("notTried").at(0).at("why").as_string().find("no longer in the journal"), std::string::npos);
  EXPECT_NE(data.at("notTried").at(1).at("why").as_string().find("no reader of this name"), std::string::npos);
}

TEST_F(SetAsideByASink, NothingIsTriedDry) {
  const auto data = data_of(gateway.post(kRetry, fmt::format(R"({{"ids":[{}],"dryRun":true}})", id)));

  EXPECT_EQ(data.at("matched").as_int64(), 1);
  EXPECT_EQ(data.at("changed").as_int64(), 0);
  EXPECT_TRUE(asked.empty());
}

TEST_F(SetAside, OneIsToldWithWhatWasKeptOfItAlsoWhereThatIsNoText) {
  ASSERT_TRUE(gateway.intake.write(
      [](journal::Connection& db) { return db.execute("UPDATE quarantine SET payload = x'7BFF7D'"); }));

  const auto data = data_of(gateway.get("/api/telegram-gateway/failures/1"));

  EXPECT_EQ(data.at("reason").as_string(), "no date");
  EXPECT_EQ(data.at("place").as_string(), "line 1");
  EXPECT_EQ(data.at("payload").as_string(), "{\xEF\xBF\xBD}");
  EXPECT_EQ(data.at("payloadBytes").as_int64(), 3);
  EXPECT_EQ(gateway.get("/api/telegram-gateway/failures/99").status, 404);
  EXPECT_EQ(gateway.get("/api/telegram-gateway/failures/x").status, 404);
}

TEST_F(SetAside, NoneIsDroppedWhereTheyAreNotAsManyAsExpected) {
  const auto refused = gateway.post(kDrop, R"({"filter":{"reason":"no date"},"expect":1})");

  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("2 entries would be dropped, not 1"), std::string::npos) << refused.body;
  EXPECT_EQ(left(), 2);
  EXPECT_EQ(gateway.post(kDrop, R"({"filter":{"reason":"no date"},"expect":"many"})").status, 400);
  const auto dry = data_of(gateway.post(kDrop, R"({"filter":{"reason":"no date"},"expect":1,"dryRun":true})"));
  EXPECT_EQ(dry.at("matched").as_int64(), 2);
  EXPECT_EQ(data_of(gateway.post(kDrop, R"({"filter":{"reason":"no date"},"expect":2})")).at("changed").as_int64(), 2);
  EXPECT_EQ(left(), 0);
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
