// Log records by filter, and how the program itself is.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "harness.h"
#include "observe/log.h"

namespace tg::test {
namespace {
namespace json = boost::json;

const std::string kLogs = "/api/telegram-gateway/logs";

std::vector<std::string> events_of(const Answer& answer) {
  std::vector<std::string> events;
  const auto body = json::parse(answer.body);
  for (const auto& one : body.at("data").as_array()) {
    events.emplace_back(one.at("event").as_string());
  }
  return events;
}

TEST(Logs, AreFilteredByLevelTextAndFields) {
  Harness gateway;
  gateway.start();
  observe::info("sought_one", {{"channel", "-100"}, {"note", "Gold, and silver"}});
  observe::warn("sought_two", {{"channel", "-100"}});
  observe::info("sought_three", {{"channel", "-200"}});
  using Events = std::vector<std::string>;

  EXPECT_EQ(events_of(gateway.get(kLogs + "?q=SOUGHT_&field=channel:-100")), (Events{"sought_one", "sought_two"}));
  EXPECT_EQ(events_of(gateway.get(kLogs + "?q=sought_&level=warn")), Events{"sought_two"});
  EXPECT_EQ(events_of(gateway.get(kLogs + "?field=note:Gold%2C+and+silver")), Events{"sought_one"});
  EXPECT_EQ(events_of(gateway.get(kLogs + "?field=event:sought_three&field=channel:-200")), Events{"sought_three"});
  EXPECT_EQ(events_of(gateway.get(kLogs + "?field=event:sought_three&field=channel:-100")), Events{});
  EXPECT_EQ(gateway.get(kLogs + "?field=channel").status, 400);
  EXPECT_EQ(gateway.get(kLogs + "?level=loud").status, 400);
}

TEST(Logs, TellWhatIsStillInMemory) {
  Harness gateway;
  gateway.start();
  observe::info("kept");

  const auto page = json::parse(gateway.get(kLogs + "?limit=1").body).as_object();
  const auto& pagination = page.at("pagination").as_object();

  EXPECT_EQ(page.at("data").as_array().size(), 1u);
  EXPECT_LE(pagination.at("oldestId").to_number<std::int64_t>(),
            page.at("data").at(0).at("id").to_number<std::int64_t>());
  EXPECT_GE(pagination.at("newestId").to_number<std::int64_t>(),
            page.at("data").at(0).at("id").to_number<std::int64_t>());
}

TEST(Logs, AStreamIsFilteredByTheServer) {
  Harness gateway;
  gateway.start();
  auto stream = gateway.client();
  stream.send(
      "GET /api/stream?topics=logs%3Alevel%3Dwarn%26field%3Dchannel%253A-100 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(stream.receive_until("event: heartbeat"));

  observe::warn("stream_other", {{"channel", "-200"}});
  observe::info("stream_quiet", {{"channel", "-100"}});
  observe::warn("stream_wanted", {{"channel", "-100"}});

  ASSERT_TRUE(stream.receive_until("stream_wanted"));
  EXPECT_EQ(stream.received().find("stream_other"), std::string::npos);
  EXPECT_EQ(stream.received().find("stream_quiet"), std::string::npos);
  EXPECT_EQ(gateway.get("/api/stream?topics=logs%3Alevel%3Dloud").status, 400);
}

TEST(System, TellsDependenciesCostAndBudgets) {
  Harness gateway;
  gateway.health.set("journal", observe::Role::journal, observe::State::ok, "", model::Time::now());
  gateway.health.set("redis", observe::Role::destination, observe::State::down, "refused. Next try in 4 s",
                     model::Time::now());
  gateway.start();
  gateway.commit(7, "seven");

  json::object system;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  do {
    system = json::parse(gateway.get("/api/telegram-gateway/system").body).at("data").as_object();
  } while (system.at("latency").at("stored").at("count").to_number<int>() == 0 &&
           std::chrono::steady_clock::now() < deadline);

  EXPECT_EQ(system.at("version").as_string(), "1.2.3");
  EXPECT_EQ(system.at("dependencies").as_array().size(), 2u);
  EXPECT_EQ(system.at("dependencies").at(1).at("state").as_string(), "down");
  EXPECT_EQ(system.at("latency").at("stored").at("count").to_number<int>(), 1);
  EXPECT_GT(system.at("process").at("residentBytes").to_number<std::int64_t>(), 0);
  EXPECT_GT(system.at("disk").at("totalBytes").to_number<std::int64_t>(), 0);
  EXPECT_FALSE(system.at("journal").at("oldestAt").as_string().empty());
  EXPECT_EQ(system.at("objectives").as_array().size(), 3u);
  EXPECT_LT(system.at("objectives").at(0).at("left").to_number<double>(), 0) << "no source has captured";
  EXPECT_FALSE(system.at("points").as_array().empty());
}

}  // namespace
}  // namespace tg::test
