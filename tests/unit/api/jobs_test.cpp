// What may be asked of a piece of work.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "harness.h"

namespace tg::test {
namespace {
namespace json = boost::json;

const std::string kJobs = "/api/telegram-gateway/jobs";

// One history on its way.
class OneHistory : public source::Control {
 public:
  source::HistoryState history{model::ChatId{kPeer}, 400, 100, 60, model::Time::seconds(1'000),
                               "Telegram asked to",  {}};

  std::optional<model::Time> asked_from;
  bool listed = true;  // false: no account walks it now

  std::vector<source::HistoryState> histories() const override {
    return listed ? std::vector{history} : std::vector<source::HistoryState>{};
  }
  Result<void> pause_history(model::ChatId chat) override {
    if (chat != history.chat) return kNothing;
    history.held_since = model::Time::seconds(2'000);
    history.seconds_left.reset();
    return {};
  }
  Result<void> resume_history(model::ChatId chat) override {
    if (chat != history.chat) return kNothing;
    history.held_since = {};
    return {};
  }

  Result<void> available() const override { return {}; }
  std::vector<source::AccountState> accounts() const override { return {}; }
  Result<void> begin(const std::string&) override { return kNothing; }
  Result<void> give(const std::string&, source::Input, const std::string&) override { return kNothing; }
  Result<void> resend_code(const std::string&) override { return kNothing; }
  Result<void> ask_for_qr(const std::string&) override { return kNothing; }
  Result<void> cancel(const std::string&) override { return kNothing; }
  Result<void> log_out(const std::string&) override { return kNothing; }
  void chats_changed() override {}
  Result<source::Walks> sync(const std::vector<model::ChatId>&) override { return kNothing; }
  Result<void> fetch_history(model::ChatId chat, model::Time from) override {
    if (chat != history.chat) return kNothing;
    asked_from = from;
    return {};
  }
  Result<void> fetch_media(const model::MessageKey&) override { return kNothing; }
  std::optional<Error> media_trouble(const model::MessageKey&) const override { return std::nullopt; }

 private:
  const Error kNothing{Code::not_found, "there is nothing of this kind", ""};
};

struct Jobs : testing::Test {
  Jobs() { gateway.control = &accounts; }

  json::object job() { return json::parse(gateway.get(kJobs + "/" + id).body).at("data").as_object(); }

  const std::string id = fmt::format("history-{}", kPeer);
  OneHistory accounts;  // outlives the gateway, which asks it
  Harness gateway;
};

TEST_F(Jobs, AHistoryThatIsPausedSaysSoAndKeepsItsProgress) {
  gateway.start();
  ASSERT_EQ(job().at("state").as_string(), "running");

  const auto paused = gateway.post(kJobs + "/" + id + "/pause", "{}");

  EXPECT_EQ(paused.status, 200) << paused.body;
  EXPECT_EQ(job().at("state").as_string(), "paused");
  EXPECT_EQ(job().at("progress").to_number<double>(), 0.25);
  EXPECT_EQ(job().at("detail").as_string(), "100 of 400 ids");
  EXPECT_EQ(job().at("pausedAt").as_string(), model::to_rfc3339(model::Time::seconds(2'000)));
  EXPECT_FALSE(job().contains("secondsLeft"));
}

TEST_F(Jobs, AHistoryIsAskedForWholeOrFromADateThatIsPast) {
  gateway.store.all_chats.front().registered = true;
  gateway.start();
  const auto path = fmt::format("/api/channels/{}/history", kPeer);

  EXPECT_EQ(gateway.post(path, "").status, 202);
  EXPECT_EQ(accounts.asked_from, model::Time{});
  EXPECT_EQ(gateway.post(path, R"({"from":"2025-01-31"})").status, 202);
  EXPECT_EQ(accounts.asked_from, model::parse_time("2025-01-31"));
  accounts.asked_from.reset();
  for (const auto* body : {R"({"from":"soon"})", R"({"from":"2999-01-01"})"}) {
    EXPECT_EQ(gateway.post(path, body).status, 400) << body;
  }
  EXPECT_FALSE(accounts.asked_from);
}

TEST_F(Jobs, AHistoryGoesOnWhenItIsResumed) {
  gateway.start();
  gateway.post(kJobs + "/" + id + "/pause", "{}");

  const auto resumed = gateway.post(kJobs + "/" + id + "/resume", "{}");

  EXPECT_EQ(resumed.status, 200) << resumed.body;
  EXPECT_EQ(job().at("state").as_string(), "running");
  EXPECT_FALSE(job().contains("pausedAt"));
}

TEST_F(Jobs, ToPauseOrResumeTwiceIsNoFault) {
  gateway.start();

  for (const auto* act : {"/pause", "/pause", "/resume", "/resume"}) {
    EXPECT_EQ(gateway.post(kJobs + "/" + id + act, "{}").status, 200) << act;
  }
}

TEST_F(Jobs, AHistoryThatIsNotListedNowIsPausedAndResumedToo) {
  accounts.listed = false;
  gateway.start();

  EXPECT_EQ(gateway.post(kJobs + "/" + id + "/pause", "{}").status, 200);
  EXPECT_TRUE(accounts.history.held_since);
  EXPECT_EQ(gateway.post(kJobs + "/" + id + "/resume", "{}").status, 200);
  EXPECT_FALSE(accounts.history.held_since);
}

TEST_F(Jobs, AHistoryThatIsNotListedNowIsNotCalledForgotten) {
  accounts.listed = false;
  gateway.start();

  const auto answer = gateway.get(kJobs + "/" + id);

  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body.find("forgotten"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("switched off"), std::string::npos) << answer.body;
}

TEST_F(Jobs, WhatIsNotThereCanBeNeitherPausedNorResumed) {
  gateway.start();

  for (const auto* act : {"/pause", "/resume"}) {
    const auto history = gateway.post(kJobs + "/history-1" + act, "{}");
    EXPECT_EQ(history.status, 404) << act;
    EXPECT_NE(history.body.find("there is no channel 1"), std::string::npos) << history.body;
    EXPECT_EQ(gateway.post(kJobs + "/history-x" + act, "{}").status, 404) << act;
  }
}

TEST_F(Jobs, AFetchIsCancelledNotPaused) {
  source::AccountWalks walks;
  walks.known = true;
  walks.chats.push_back({model::ChatId{kPeer}, source::Walk::Stage::walking, ""});
  gateway.sync = [walks](const auto&) -> Result<source::Walks> {
    return source::Walks([walks] { return std::vector{walks}; });
  };
  gateway.start();
  const auto fetch = json::parse(gateway.post("/api/telegram-gateway/sync-messages", "{\"wait\":0}").body);
  const auto path = kJobs + "/" + std::string(fetch.at("data").at("jobId").as_string());

  for (const auto* act : {"/pause", "/resume"}) {
    const auto refused = gateway.post(path + act, "{}");
    EXPECT_EQ(refused.status, 409) << act;
    EXPECT_NE(refused.body.find("Cancel it"), std::string::npos) << refused.body;
  }
  gateway.post(path + "/cancel", "{}");
}

TEST_F(Jobs, ToPauseNeedsAnAdministratorsToken) {
  gateway.require("reads-only-in-this-test", {config::Scope::read, config::Scope::consume});
  gateway.start();

  for (const auto* act : {"/pause", "/resume"}) {
    const auto answer = gateway.post(kJobs + "/" + id + act, "{}", "Authorization: Bearer reads-only-in-this-test\r\n");
    EXPECT_EQ(answer.status, 403) << act;
  }
}

}  // namespace
}  // namespace tg::test
