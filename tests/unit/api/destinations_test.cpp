// Destinations: how they stand, and what a person asks of them.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "harness.h"
#include "journal/cursors.h"

namespace tg::test {
namespace {
namespace json = boost::json;

constexpr const char* kAll = "/api/telegram-gateway/destinations";
constexpr const char* kDesk = "/api/telegram-gateway/destinations/webhook%3Adesk";

json::object data_of(const Answer& answer) { return json::parse(answer.body).at("data").as_object(); }

class Destinations : public testing::Test {
 protected:
  Harness gateway;
  std::vector<api::ReaderRequest> asked;

  Destinations() {
    api::Reader reader;
    reader.name = "webhook:desk";
    reader.runs = reader.may_park = reader.may_resend = true;
    reader.delivered_events = 3;
    gateway.readers = {reader};
    gateway.ask_reader = [this](const api::ReaderRequest& request) -> Result<void> {
      if (request.reader != "webhook:desk") return Error{Code::not_found, "none", ""};
      asked.push_back(request);
      return {};
    };
  }
  void place_cursor(model::Seq at) {
    ASSERT_TRUE(gateway.intake.write([&](journal::Connection& db) {
      return journal::advance(db, gateway.journal->id(), "webhook:desk", at, false);
    }));
  }
  std::vector<std::string> acts() {
    std::vector<std::string> names;
    const auto one = data_of(gateway.get(kDesk));
    for (const auto& act : one.at("acts").as_array()) names.emplace_back(act.as_string());
    return names;
  }
};

TEST_F(Destinations, OneIsToldWithWhatMayBeAskedOfIt) {
  gateway.start();

  EXPECT_EQ(acts(), (std::vector<std::string>{"try-now", "park", "resend"}));
  EXPECT_EQ(data_of(gateway.get(kDesk)).at("delivered").as_int64(), 3);
  EXPECT_EQ(gateway.get(std::string(kAll) + "/nobody").status, 404);
}

// It keeps its own place, and was never reached.
TEST_F(Destinations, WhatHasNoPlaceYetIsBehindByEverything) {
  for (std::int64_t id = 1; id <= 3; ++id) gateway.commit(id, "text");
  gateway.start();

  EXPECT_EQ(data_of(gateway.get(kDesk)).at("behindEvents").as_int64(), 3);
}

TEST_F(Destinations, WhatIsParkedMayOnlyBeResumed) {
  gateway.readers[0].parked = true;
  gateway.readers[0].parked_at = model::Time::seconds(1'700'000'000);
  gateway.start();

  EXPECT_EQ(acts(), (std::vector<std::string>{"resume"}));
  const auto one = data_of(gateway.get(kDesk));
  EXPECT_EQ(one.at("state").as_string(), "parked");
  EXPECT_EQ(one.at("parkedAt").as_string(), "2023-11-14T22:13:20.000Z");
}

TEST_F(Destinations, WhatOneMissedIsToldUntilItIsAccepted) {
  gateway.readers[0].missed = journal::Missed{model::Seq{5}, model::Seq{9}, model::Time::seconds(1'700'000'000)};
  gateway.start();

  const auto one = data_of(gateway.get(kDesk));
  EXPECT_EQ(one.at("state").as_string(), "gapped");
  EXPECT_EQ(one.at("missed").at("atMost").as_int64(), 4);
  EXPECT_EQ(acts().back(), "accept-missed");
}

TEST_F(Destinations, EachRequestReachesItsReader) {
  gateway.start();
  using Act = api::ReaderRequest::Act;
  const std::vector<std::pair<std::string, Act>> all{
      {"try-now", Act::try_now}, {"park", Act::park}, {"resume", Act::resume}, {"accept-missed", Act::accept_missed}};
  for (const auto& [name, act] : all) {
    EXPECT_EQ(gateway.post(std::string(kDesk) + "/" + name, "{}").status, 200) << name;
    ASSERT_FALSE(asked.empty());
    EXPECT_EQ(asked.back().act, act) << name;
    EXPECT_EQ(gateway.post(std::string(kAll) + "/nobody/" + name, "{}").status, 404) << name;
  }
}

TEST_F(Destinations, SendingAgainSaysHowMuchItIsBeforeItIsDone) {
  for (std::int64_t id = 1; id <= 5; ++id) gateway.commit(id, "text");
  const auto events = gateway.journal->read_after(model::Seq{}, 10);
  place_cursor(events->back().seq);
  gateway.start();
  const auto path = std::string(kDesk) + "/resend";

  const auto dry = data_of(gateway.post(path, R"({"dryRun": true})"));
  EXPECT_EQ(dry.at("events").as_int64(), 5);
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(data_of(gateway.post(path, R"({"dryRun": true, "since": "2999-01-01"})")).at("events").as_int64(), 0);

  EXPECT_EQ(gateway.post(path, R"({"since": "soon"})").status, 400);
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(gateway.post(path, R"({"since": "2020-01-01"})").status, 200);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].act, api::ReaderRequest::Act::resend);
  EXPECT_EQ(asked[0].from.value, events->front().seq.value - 1);
}

TEST_F(Destinations, RequestsNeedTheScopeAdmin) {
  gateway.require("a secret of some length", {config::Scope::read});
  gateway.start();
  const std::string token = "Authorization: Bearer a secret of some length\r\n";

  EXPECT_EQ(gateway.get(kDesk, token).status, 200);
  for (const auto* act : {"try-now", "park", "resume", "resend", "accept-missed"}) {
    EXPECT_EQ(gateway.post(std::string(kDesk) + "/" + act, "{}", token).status, 403) << act;
  }
  EXPECT_TRUE(asked.empty());
}

TEST_F(Destinations, TheLagOfTheDayIsKept) {
  gateway.commit(1, "text");
  gateway.commit(2, "text");
  place_cursor(gateway.journal->read_after(model::Seq{}, 10)->front().seq);
  gateway.start();
  ASSERT_EQ(gateway.get(kAll).status, 200);

  const auto lag = data_of(gateway.get(std::string(kDesk) + "/lag"));

  ASSERT_EQ(lag.at("points").as_array().size(), 1u);
  EXPECT_EQ(lag.at("points").at(0).at("behindEvents").as_int64(), 1);
  EXPECT_EQ(gateway.get(std::string(kDesk) + "/lag?minutes=0").status, 400);
  EXPECT_EQ(gateway.get(std::string(kAll) + "/nobody/lag").status, 404);
}

}  // namespace
}  // namespace tg::test
