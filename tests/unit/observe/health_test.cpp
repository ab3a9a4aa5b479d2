// What the four health routes say, by requirement G2.

#include "observe/health.h"

#include <gtest/gtest.h>

namespace tg::observe {
namespace {

constexpr model::Time at(std::int64_t seconds) { return model::Time::seconds(1'700'000'000 + seconds); }

class HealthRoutes : public testing::Test {
 protected:
  HealthRoutes() {
    set("journal", Role::journal, State::ok);
    set("disk", Role::disk, State::ok);
    set("store", Role::store, State::ok);
    set("telegram", Role::source, State::ok);
    health_.set_ready(true);
  }

  void set(std::string_view name, Role role, State state, std::string_view detail = "why") {
    health_.set(name, role, state, detail, at(0));
  }

  std::string status() const { return std::string(health_.health(at(60)).body.at("status").as_string()); }

  Health health_{at(0)};
};

TEST_F(HealthRoutes, AllWellIsHealthyWithTheFieldsOfThePredecessor) {
  const HealthAnswer answer = health_.health(at(60));

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.at("status").as_string(), "healthy");
  EXPECT_EQ(answer.body.at("service").as_string(), "telegram-gateway");
  EXPECT_EQ(answer.body.at("telegram").as_string(), "connected");
  EXPECT_EQ(answer.body.at("uptime").as_int64(), 60);
  EXPECT_EQ(answer.body.at("timestamp").as_string(), model::to_rfc3339(at(60)));
  EXPECT_EQ(answer.body.at("journal").as_string(), "ok");
  EXPECT_EQ(answer.body.at("dependencies").at("telegram").at("state").as_string(), "ok");
}

TEST_F(HealthRoutes, TelegramAwayIsDegradedAndStill200) {
  set("telegram", Role::source, State::down, "signed out");

  EXPECT_EQ(health_.health(at(60)).status, 200);
  EXPECT_EQ(status(), "degraded");
  EXPECT_EQ(health_.health(at(60)).body.at("telegram").as_string(), "disconnected");
  EXPECT_EQ(health_.ready(at(60)).status, 200);
  EXPECT_EQ(health_.capture(at(60)).status, 503);
  EXPECT_EQ(health_.capture(at(60)).body.at("reason").as_string(), "telegram: signed out");
}

TEST_F(HealthRoutes, WithoutTelegramConfiguredItIsDisconnected) {
  health_.forget("telegram");
  set("demo", Role::source, State::ok);

  EXPECT_EQ(health_.health(at(60)).body.at("telegram").as_string(), "disconnected");
  EXPECT_EQ(health_.capture(at(60)).status, 200);
}

TEST_F(HealthRoutes, OneOfReadingAndJournallingIsEnough) {
  set("store", Role::store, State::down);
  EXPECT_EQ(health_.health(at(60)).status, 200);
  EXPECT_EQ(status(), "degraded");
  EXPECT_EQ(health_.ready(at(60)).status, 503);
  EXPECT_EQ(health_.capture(at(60)).status, 200);

  set("store", Role::store, State::ok);
  set("journal", Role::journal, State::down);
  EXPECT_EQ(health_.health(at(60)).status, 200);
  EXPECT_EQ(health_.capture(at(60)).status, 503);
  EXPECT_EQ(health_.ready(at(60)).status, 200);
}

TEST_F(HealthRoutes, NeitherReadingNorJournallingIsUnhealthy) {
  set("store", Role::store, State::down);
  set("journal", Role::journal, State::down);

  EXPECT_EQ(health_.health(at(60)).status, 503);
  EXPECT_EQ(status(), "unhealthy");
}

TEST_F(HealthRoutes, NothingReportedYetIsUnhealthyAndNotReady) {
  const Health fresh(at(0));

  EXPECT_EQ(fresh.health(at(1)).status, 503);
  EXPECT_EQ(fresh.ready(at(1)).status, 503);
  EXPECT_EQ(fresh.capture(at(1)).status, 503);
  EXPECT_EQ(fresh.live(at(1)).status, 200);
}

TEST_F(HealthRoutes, DiskBelowItsReserveStopsCaptureOnly) {
  set("disk", Role::disk, State::down, "400 MiB free, 512 kept back");

  EXPECT_EQ(health_.capture(at(60)).status, 503);
  EXPECT_EQ(health_.capture(at(60)).body.at("reason").as_string(), "disk: 400 MiB free, 512 kept back");
  EXPECT_EQ(health_.health(at(60)).status, 200);
}

TEST_F(HealthRoutes, DestinationDownTouchesNothingElse) {
  set("redis", Role::destination, State::down);

  EXPECT_EQ(status(), "degraded");
  EXPECT_EQ(health_.capture(at(60)).status, 200);
  EXPECT_EQ(health_.ready(at(60)).status, 200);
}

TEST_F(HealthRoutes, OneSourceOfTwoIsEnoughToCapture) {
  set("telegram", Role::source, State::down);
  set("demo", Role::source, State::degraded);

  EXPECT_TRUE(health_.captures());
}

TEST_F(HealthRoutes, SinceIsTheBeginningOfTheState) {
  health_.set("store", Role::store, State::down, "first", at(10));
  health_.set("store", Role::store, State::down, "second", at(20));

  const auto all = health_.dependencies();
  const auto store = std::find_if(all.begin(), all.end(), [](const Dependency& d) { return d.name == "store"; });
  ASSERT_NE(store, all.end());
  EXPECT_EQ(store->since, at(10));
  EXPECT_EQ(store->detail, "second");
}

TEST_F(HealthRoutes, NotReadyWhileStartingOrStopping) {
  health_.set_ready(false);

  EXPECT_EQ(health_.ready(at(60)).status, 503);
  EXPECT_EQ(health_.live(at(60)).status, 200);
}

TEST_F(HealthRoutes, ThreadThatStopsBeatingIsNoLongerLive) {
  health_.expect_beats("writer", std::chrono::seconds(10), at(0));
  EXPECT_EQ(health_.live(at(10)).status, 200);
  EXPECT_EQ(health_.live(at(11)).status, 503);
  EXPECT_EQ(health_.live(at(11)).body.at("stalled").at(0).as_string(), "writer");

  health_.beat("writer", at(11));
  EXPECT_EQ(health_.live(at(21)).status, 200);

  health_.retire("writer");
  EXPECT_EQ(health_.live(at(100)).status, 200);
}

}  // namespace
}  // namespace tg::observe
