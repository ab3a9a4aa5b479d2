// What a person looks for and takes out: places of a search, exports, a channel over time, accepted losses.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "api/routes/page_query.h"
#include "api/view/channel_time.h"
#include "api/view/search_marks.h"
#include "harness.h"

namespace tg::test {
namespace {
namespace json = boost::json;

std::vector<std::pair<std::int64_t, std::int64_t>> marks(std::string_view text, std::string_view search) {
  std::vector<std::pair<std::int64_t, std::int64_t>> all;
  for (const auto& mark : api::search_marks(text, search)) all.emplace_back(mark.offset, mark.length);
  return all;
}

using Places = std::vector<std::pair<std::int64_t, std::int64_t>>;

TEST(SearchMarks, AreWhereTheSearchFoundItInUtf16Units) {
  EXPECT_EQ(marks("A inflação subiu", "INFLACAO"), (Places{{2, 8}}));
  EXPECT_EQ(marks("😀 ouro, OURO", "ouro"), (Places{{3, 4}, {9, 4}}));
  EXPECT_EQ(marks("ＦＵＬＬ ﬁn", "fin"), (Places{{5, 2}}));
  EXPECT_EQ(marks("anana", "ana"), (Places{{0, 3}}));
  EXPECT_TRUE(marks("ouro", "prata").empty());
  EXPECT_TRUE(marks("ouro", "").empty());
}

TEST(SearchMarks, AreBounded) {
  EXPECT_EQ(api::search_marks(std::string(10'000, 'a'), "a").size(), api::kMostSearchMarks);
}

TEST(Search, SaysWhereItFoundIt) {
  Harness gateway;
  gateway.store.rows = {FakeStore::row(kPeer, 1, "o Ouro")};
  gateway.start();

  const auto found = json::parse(gateway.get("/api/messages?search=ouro").body).at("data").at(0).as_object();
  const auto listed = json::parse(gateway.get("/api/messages").body).at("data").at(0).as_object();

  EXPECT_EQ(json::value(found.at("matches")), json::parse(R"([{"offset":2,"length":4}])"));
  EXPECT_FALSE(listed.contains("matches"));
}

TEST(PageQuery, TakesKindsOfMedia) {
  const auto query = api::page_query(api::Query("mediaType=photo,voice")).value();

  EXPECT_EQ(query.page.media_types, (std::vector{model::MediaType::photo, model::MediaType::voice}));
  EXPECT_TRUE(query.page.filtered());
  EXPECT_FALSE(api::page_query(api::Query("mediaType=gold")));
}

std::string whole(Harness& gateway, const std::string& target) {
  auto client = gateway.client();
  client.send("GET " + target + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
  client.read_to_end();
  return client.received();
}

TEST(MessageExport, StreamsEveryMessageAsLines) {
  Harness gateway;
  gateway.start();

  const auto answer = whole(gateway, "/api/messages/export");

  EXPECT_NE(answer.find("200 OK"), std::string::npos) << answer;
  EXPECT_NE(answer.find("attachment; filename=\"messages-"), std::string::npos);
  const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
  EXPECT_EQ(std::count(body.begin(), body.end(), '\n'), 2) << body;
  EXPECT_EQ(json::parse(body.substr(0, body.find('\n'))).at("id").as_string(), "-1001487851422:1");
}

TEST(MessageExport, ACellThatASpreadsheetWouldRunIsHarmless) {
  Harness gateway;
  gateway.store.rows = {FakeStore::row(kPeer, 1, "=HYPERLINK(\"x\")")};
  gateway.start();

  const auto guarded = whole(gateway, "/api/messages/export?format=csv");
  const auto exact = whole(gateway, "/api/messages/export?format=csv&exact=true");

  EXPECT_NE(guarded.find("id,channelId,channelTitle"), std::string::npos);
  EXPECT_NE(guarded.find("\"'=HYPERLINK(\"\"x\"\")\""), std::string::npos) << guarded;
  EXPECT_NE(exact.find("\"=HYPERLINK(\"\"x\"\")\""), std::string::npos) << exact;
}

TEST(MessageExport, AMistakeIsToldBeforeTheFileBegins) {
  Harness gateway;
  gateway.start();

  EXPECT_EQ(gateway.get("/api/messages/export?format=xls").status, 400);
  gateway.store.down = Error{Code::unavailable, "the database is away", ""};
  EXPECT_EQ(gateway.get("/api/messages/export").status, 503);
}

TEST(MessageExport, NeedsTheScopeRead) {
  Harness gateway;
  gateway.require("consumer", {config::Scope::consume});
  gateway.start();

  EXPECT_EQ(gateway.get("/api/messages/export").status, 401);
}

// Ids 1 and 2 are proven, 3 to 5 are missing, 6 is proven.
void with_a_hole(Harness& gateway) {
  for (const std::int64_t id : {1, 2, 6}) gateway.commit(id, "text");
  const auto written = gateway.intake.write([](journal::Connection& db) -> Result<void> {
    const model::ChatId peer{kPeer};
    auto done = db.prepared("UPDATE chats SET start = 1, newest = 6 WHERE peer = ?").with(peer).run();
    for (const auto& range : {journal::Range{1, 2}, journal::Range{6, 6}}) {
      if (done) done = journal::add_proof(db, peer, {}, 1, range, 1, model::Time::now());
    }
    return done;
  });
  if (!written) throw std::runtime_error(written.error().to_string());
}

json::object coverage_of(Harness& gateway, const std::string& query = "") {
  return json::parse(gateway.get("/api/channels/-1001487851422/coverage" + query).body).at("data").as_object();
}

TEST(Losses, AreAcceptedOnlyWhereSomethingIsMissing) {
  Harness gateway;
  with_a_hole(gateway);
  gateway.start();
  ASSERT_EQ(coverage_of(gateway).at("missing").as_int64(), 3);
  const std::string path = "/api/channels/-1001487851422/losses";

  const auto part = gateway.post(path, R"({"from": 1, "to": 4})");

  EXPECT_EQ(part.status, 200) << part.body;
  EXPECT_EQ(json::parse(part.body).at("data").at("accepted").as_int64(), 2);
  const auto after = coverage_of(gateway, "?px=6");
  EXPECT_EQ(after.at("missing").as_int64(), 1);
  EXPECT_EQ(after.at("acceptedLost").as_int64(), 2);
  EXPECT_EQ(gateway.post(path, R"({"from": 1, "to": 4})").status, 409);
  EXPECT_EQ(gateway.post(path, R"({"from": 4, "to": 3})").status, 400);
  EXPECT_EQ(gateway.post(path, "{}").status, 400);
  EXPECT_EQ(gateway.post("/api/channels/-1009/losses", R"({"from": 1, "to": 4})").status, 404);
}

TEST(Coverage, ByTimeBeginsAndEndsWithTheStoredMessages) {
  Harness gateway;
  with_a_hole(gateway);
  gateway.start();

  const auto time = coverage_of(gateway, "?by=time&px=6").at("time").as_object();

  const auto& bar = time.at("bar").as_array();
  ASSERT_EQ(bar.size(), 3u) << gateway.get("/api/channels/-1001487851422/coverage?by=time&px=6").body;
  EXPECT_EQ(bar[0].at("state").as_string(), "proven");
  EXPECT_EQ(bar[1].at("state").as_string(), "hole");
  EXPECT_EQ(bar[0].at("from"), time.at("from"));
  EXPECT_EQ(bar[0].at("to"), bar[1].at("from"));
  EXPECT_EQ(bar[2].at("to"), time.at("to"));
  EXPECT_FALSE(coverage_of(gateway).contains("time"));
  EXPECT_EQ(gateway.get("/api/channels/-1001487851422/coverage?by=size").status, 400);
}

TEST(Stats, CountTheHoursOfTheWeek) {
  Harness gateway;
  gateway.commit(1, "text");
  gateway.start();

  const auto data = json::parse(gateway.get("/api/channels/-1001487851422/stats").body).at("data").as_object();

  const auto& hours = data.at("hourOfWeek").as_array();
  ASSERT_EQ(hours.size(), 168u);
  std::int64_t sum = 0;
  for (const auto& hour : hours) sum += hour.as_int64();
  EXPECT_EQ(sum, 1);
}

TEST(Stats, TheWeekBeginsOnMonday) {
  Harness gateway;
  const auto monday = model::Time::seconds(1'762'128'000);  // 2025-11-03T00:00:00Z
  const auto written = gateway.intake.write([&](journal::Connection& db) {
    return db.prepared("INSERT INTO hourly (peer, hour, messages, media) VALUES (?, ?, 4, 0)")
        .with(model::ChatId{kPeer}, monday.us / 3'600'000'000)
        .run();
  });
  ASSERT_TRUE(written);
  auto db = gateway.journal->read();

  const auto week = api::week_json(**db, model::ChatId{kPeer}, model::Time{monday.us + 86'400'000'000});

  ASSERT_TRUE(week);
  EXPECT_EQ(week->at(0).as_int64(), 4);
}

}  // namespace
}  // namespace tg::test
