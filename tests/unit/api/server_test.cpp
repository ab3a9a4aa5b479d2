// The API on a real loopback port.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "harness.h"
#include "journal/cursors.h"
#include "journal/upkeep.h"

namespace tg::test {
namespace {
namespace json = boost::json;

json::object object_of(const Answer& answer) { return json::parse(answer.body).as_object(); }

json::object destination(const Answer& answer, std::string_view name) {
  const auto all = object_of(answer);
  for (const auto& one : all.at("data").as_array()) {
    if (one.at("name").as_string() == name) return one.as_object();
  }
  return {};
}

// After a restore a reader goes on behind its cursor; its first delivery comes before its cursor is saved.
TEST(Server, WhatAReaderLacksIsAskedOfTheReader) {
  Harness gateway;
  for (std::int64_t id = 1; id <= 5; ++id) gateway.commit(id, "text");
  const auto events = gateway.journal->read_after(model::Seq{}, 10);
  ASSERT_EQ(events->size(), 5u);
  const auto saved = gateway.intake.write([&](journal::Connection& db) {
    auto done = journal::advance(db, gateway.journal->id(), "back", events->back().seq, false);
    if (done) done = journal::advance(db, gateway.journal->id(), "ahead", events->front().seq, false);
    return done ? journal::advance(db, gateway.journal->id(), "asleep", events->at(1).seq, false) : done;
  });
  ASSERT_TRUE(saved);
  for (const auto& [name, at] : {std::pair{"back", events->at(2).seq}, {"ahead", events->back().seq}, {"asleep", {}}}) {
    api::Reader reader;
    reader.name = name;
    reader.delivered = at;
    gateway.readers.push_back(reader);
  }
  gateway.start();
  const auto answer = gateway.get("/api/telegram-gateway/destinations");
  EXPECT_EQ(destination(answer, "back").at("behindEvents").as_int64(), 2);
  EXPECT_EQ(destination(answer, "ahead").at("behindEvents").as_int64(), 0);
  EXPECT_EQ(destination(answer, "asleep").at("behindEvents").as_int64(), 3);
}

TEST(Server, AnswersAPageOnAFreePort) {
  Harness gateway;
  gateway.start();

  const auto answer = gateway.get("/api/messages?channelId=-1001487851422&limit=1");

  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto body = object_of(answer);
  EXPECT_EQ(body.at("data").as_array().size(), 1u);
  EXPECT_EQ(body.at("data").at(0).at("id").as_string(), "-1001487851422:1");
  EXPECT_TRUE(body.at("pagination").at("hasMore").as_bool());
  EXPECT_EQ(answer.header("X-Gateway-Now").size(), 24u);
  EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
}

TEST(Server, KeepsOneConnectionForManyRequests) {
  Harness gateway;
  gateway.start();
  auto client = gateway.client();

  client.send(
      "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/session HTTP/1.1\r\nHost: localhost\r\n\r\n");

  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.answer().status, 200);
}

TEST(Server, AnswersFromMemoryUntilACommitAndWith304) {
  Harness gateway;
  gateway.start();
  const std::string target = "/api/messages?channelId=-1001487851422";
  const auto first = gateway.get(target);

  const auto again = gateway.get(target, "If-None-Match: " + first.header("ETag") + "\r\n");
  const auto pages_before = gateway.store.pages.load();
  gateway.commit(3, "three");
  const auto after = gateway.get(target);

  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(pages_before, 1);
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(gateway.store.pages.load(), 2);
}

TEST(Server, ASearchIsNotRememberedUntilTheNextCommit) {
  Harness gateway;
  gateway.start();
  const std::string target = "/api/messages?search=gold";
  (void)gateway.get(target);

  // The index may move on without a commit: the answer is made anew after a moment.
  Answer again;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (gateway.store.pages.load() < 2 && std::chrono::steady_clock::now() < deadline) again = gateway.get(target);

  EXPECT_EQ(again.status, 200);
  EXPECT_FALSE(again.header("ETag").empty());
  EXPECT_EQ(gateway.store.pages.load(), 2);
}

TEST(Server, NothingPromisedIsNeverCalledComplete) {
  Harness gateway;
  gateway.start();

  const auto overview = object_of(gateway.get("/api/telegram-gateway/overview")).at("data").as_object();

  EXPECT_EQ(overview.at("verdict").at("code").as_string(), "archive");
  EXPECT_EQ(overview.at("verdict").at("channels").as_int64(), 0);
  for (const auto& day : overview.at("days").as_array()) EXPECT_EQ(day.at("state").as_string(), "none");
}

TEST(Server, AskedWithAWrongLimitSaysSo) {
  Harness gateway;
  gateway.start();

  const auto answer = gateway.get("/api/messages?limit=invalid");

  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(object_of(answer).at("statusCode").as_int64(), 400);
  EXPECT_FALSE(object_of(answer).at("success").as_bool());
}

TEST(Server, AnUnknownMessageIs404AndAnUnknownMethod405) {
  Harness gateway;
  gateway.start();

  EXPECT_EQ(gateway.get("/api/messages/-1001487851422:999").status, 404);
  EXPECT_EQ(gateway.get("/api/messages/-1001487851422%3A1").status, 200);
  EXPECT_EQ(gateway.get("/api/nothing").status, 404);
  const auto wrong = gateway.post("/health", "{}");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET");
}

TEST(Server, RefusesAForeignHostWithoutATokenAndWritesFromOtherSites) {
  Harness gateway;
  gateway.start();

  EXPECT_EQ(gateway.get("/api/messages", "Host: evil.example\r\n").status, 421);
  EXPECT_EQ(gateway.post("/api/channels", "{}", "Origin: http://evil.example\r\n").status, 403);
  const std::string poll = "/api/messages/unprocessed?channel=-1001&excludeProcessedBy=a";
  EXPECT_EQ(gateway.get(poll, "Sec-Fetch-Site: cross-site\r\n").status, 403) << "a poll changes the queue";
  EXPECT_EQ(gateway.get(poll).status, 200);
}

TEST(Server, WantsATokenWithItsScope) {
  Harness gateway;
  gateway.require("reader-secret", {config::Scope::read});
  gateway.start();

  EXPECT_EQ(gateway.get("/api/messages").status, 401);
  EXPECT_EQ(gateway.get("/api/messages", "X-API-Key: wrong\r\n").status, 403);
  EXPECT_EQ(gateway.get("/api/messages", "Authorization: Bearer reader-secret\r\n").status, 200);
  EXPECT_EQ(gateway.get("/api/messages").status, 401) << "what is in memory is no way around the token";
  EXPECT_EQ(gateway.post("/api/channels", "{\"channelId\":\"-1001\"}", "X-Gateway-Token: reader-secret\r\n").status,
            403);
  EXPECT_EQ(gateway.get("/health").status, 503) << "open, though nothing is healthy yet";
  EXPECT_EQ(gateway.get("/api/telegram-gateway/config").status, 200);
}

TEST(Server, ASessionWritesOnlyWithItsCsrfValue) {
  Harness gateway;
  gateway.require("admin-secret", {config::Scope::admin});
  gateway.start();
  const auto opened = gateway.post("/api/session", "{\"token\":\"admin-secret\"}");
  ASSERT_EQ(opened.status, 200) << opened.body;
  const auto line = opened.header("Set-Cookie");
  const auto cookie = "Cookie: " + line.substr(0, line.find(';')) + "\r\n";
  const std::string csrf(object_of(opened).at("data").at("csrf").as_string());

  EXPECT_NE(line.find("HttpOnly; SameSite=Strict"), std::string::npos);
  EXPECT_EQ(gateway.get("/api/messages", cookie).status, 200);
  EXPECT_EQ(gateway.post("/api/channels", "{\"channelId\":\"-1001\"}", cookie).status, 403);
  EXPECT_EQ(
      gateway.post("/api/channels", "{\"channelId\":\"-1001\"}", cookie + "X-CSRF-Token: " + csrf + "\r\n").status,
      201);
}

TEST(Server, CountsAndRefusesAboveTheRate) {
  Harness gateway;
  gateway.options.server.rate_limit_per_minute = 2;
  gateway.start();

  const auto first = gateway.get("/health/live");
  (void)gateway.get("/health/live");
  const auto third = gateway.get("/health/live");

  EXPECT_EQ(first.header("RateLimit-Limit"), "2");
  EXPECT_EQ(first.header("RateLimit-Remaining"), "1");
  EXPECT_EQ(third.status, 429);
  EXPECT_FALSE(third.header("Retry-After").empty());
}

TEST(Bounds, AHeaderAndABodyThatAreTooLargeAreRefused) {
  Harness gateway;
  gateway.options.server.max_header_bytes = 2'048;
  gateway.options.server.max_body_bytes = 1'024;
  gateway.start();

  EXPECT_EQ(gateway.get("/health", "X-Long: " + std::string(8'000, 'x') + "\r\n").status, 431);
  EXPECT_EQ(gateway.post("/api/channels", std::string(2'000, ' ')).status, 413);
}

TEST(Bounds, ACallerThatSendsByDropsIsCut) {
  Harness gateway;
  gateway.options.server.request_timeout_s = 1;
  gateway.start();
  auto client = gateway.client();

  client.send("GET /health HTTP/1.1\r\nHost: loc");
  client.read_to_end();

  EXPECT_NE(client.received().find("408"), std::string::npos);
}

TEST(Bounds, WhatIsNoHttpIsRefused) {
  Harness gateway;
  gateway.start();
  auto client = gateway.client();

  client.send("\x16\x03\x01 hello\r\n\r\n");

  EXPECT_EQ(client.answer().status, 400);
}

TEST(Bounds, ARequestWhoseEndIsDoubtfulIsRefusedAndNothingBehindItIsRead) {
  Harness gateway;
  gateway.start();
  const std::string hidden = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const auto* head : {"POST /api/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n",
                           "POST /api/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n",
                           "POST /api/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, gzip\r\n",
                           "POST /api/session HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n"
                           "Transfer-Encoding: chunked\r\n",
                           "GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: localhost.\r\n"}) {
    auto client = gateway.client();
    client.send(std::string(head) + "\r\n" + hidden);
    EXPECT_EQ(client.answer().status, 400) << head;
    client.read_to_end();
    EXPECT_EQ(client.received(), "") << head;
  }
}

TEST(Bounds, OneAddressHasOnlySoManyConnections) {
  Harness gateway;
  gateway.options.server.max_connections_per_address = 2;
  gateway.start();
  auto first = gateway.client();
  auto second = gateway.client();
  ASSERT_EQ(first.call("GET", "/health/live").status, 200);
  ASSERT_EQ(second.call("GET", "/health/live").status, 200);

  auto third = gateway.client();

  EXPECT_EQ(third.answer().status, 503);
}

TEST(Live, AStreamShowsACommitAndResumesBehindAnId) {
  Harness gateway;
  gateway.start();
  auto reader = gateway.client();
  reader.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(reader.receive_until("following"));

  gateway.commit(10, "ten");
  ASSERT_TRUE(reader.receive_until("\"text\":\"ten\""));
  const auto seen = gateway.journal->head().value;
  gateway.commit(11, "eleven");
  auto later = gateway.client();
  later.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: " + std::to_string(seen) + "\r\n\r\n");

  EXPECT_TRUE(later.receive_until("\"text\":\"eleven\""));
  EXPECT_EQ(later.received().find("\"text\":\"ten\""), std::string::npos);
  EXPECT_NE(later.received().find("event: new"), std::string::npos);
}

TEST(Live, APollWaitsForTheNextEvent) {
  Harness gateway;
  gateway.start();
  gateway.commit(10, "ten");
  auto client = gateway.client();
  client.send("GET /api/events/poll?wait=20 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  auto dashboard = gateway.client();  // its greeting shows that the server has read what came before
  dashboard.send("GET /api/stream?topics=channel:* HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(dashboard.receive_until("event: heartbeat"));

  // The poll may start behind a commit that was made before it was read: then the next one wakes it.
  std::atomic<bool> answered{false};
  std::thread writer([&] {
    for (int message = 11; !answered && message < 1'000; ++message) gateway.commit(message, "next");
  });
  const auto answer = client.answer();
  answered = true;
  writer.join();

  ASSERT_EQ(answer.status, 200) << answer.head;
  const auto body = object_of(answer);
  EXPECT_GE(body.at("data").as_array().size(), 1u);
  EXPECT_GE(body.at("next").as_int64(), body.at("data").at(0).at("seq").as_int64());
}

TEST(Live, AnEmptyPollIsAnAnswerToo) {
  Harness gateway;
  gateway.start();
  gateway.commit(10, "ten");

  const auto now = object_of(gateway.get("/api/events/poll"));
  const auto all = object_of(gateway.get("/api/events/poll?from=oldest"));

  EXPECT_TRUE(now.at("data").as_array().empty());
  EXPECT_EQ(now.at("next").as_int64(), now.at("head").as_int64());
  EXPECT_EQ(all.at("data").as_array().size(), 1u);
}

TEST(Live, TheDashboardGetsOverviewAndMessages) {
  Harness gateway;
  gateway.sources = {{"demo", "demo", true, {source::SourceState::Code::running, model::Time::now(), ""}}};
  gateway.start();
  auto page = gateway.client();
  page.send("GET /api/stream?topics=overview,channel:-1001487851422 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(page.receive_until("event: overview"));

  gateway.commit(2, "two");

  EXPECT_TRUE(page.receive_until("event: message"));
  EXPECT_TRUE(page.receive_until("\"message\":{\"id\":\"-1001487851422:2\""));
}

TEST(Live, ADashboardIsToldWhatTheStoreItReadFromDidNotHaveYet) {
  Harness gateway;
  gateway.start();
  gateway.commit(1, "one");
  gateway.stored_to = gateway.journal->head().value;
  gateway.commit(2, "two");
  auto page = gateway.client();
  page.send("GET /api/stream?topics=channel:* HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(page.receive_until("event: heartbeat"));
  EXPECT_EQ(page.received().find("event: message"), std::string::npos) << "the store has it not";

  gateway.stored_to = gateway.journal->head().value;
  gateway.api->wake();

  EXPECT_TRUE(page.receive_until("\"message\":{\"id\":\"-1001487851422:2\"")) << page.received();
  EXPECT_EQ(page.received().find("\"message\":{\"id\":\"-1001487851422:1\""), std::string::npos);
}

TEST(Live, ADashboardThatHeardNoMessageYetKnowsWhereItsStreamBegan) {
  Harness gateway;
  gateway.start();
  gateway.commit(10, "ten");
  const auto id = fmt::format("id: {}\nevent: heartbeat", gateway.journal->head().value);
  auto reader = gateway.client(), other = gateway.client();

  reader.send("GET /api/stream?topics=channel:* HTTP/1.1\r\nHost: localhost\r\n\r\n");
  other.send("GET /api/stream?topics=overview HTTP/1.1\r\nHost: localhost\r\n\r\n");

  EXPECT_TRUE(reader.receive_until(id)) << reader.received();
  EXPECT_TRUE(other.receive_until("event: heartbeat"));
  EXPECT_EQ(other.received().find("id: "), std::string::npos);
}

TEST(Live, ADashboardIsToldWhenItsOverviewCannotBeReadAndWhenItCanAgain) {
  Harness gateway;
  gateway.start();
  auto page = gateway.client();
  page.send("GET /api/stream?topics=overview HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(page.receive_until("\"verdict\""));

  gateway.store.unreadable = true;
  EXPECT_TRUE(page.receive_until("\"failure\":\"the database is away. Start it\""));

  gateway.store.unreadable = false;
  EXPECT_TRUE(page.receive_until("\"failure\":null"));
}

TEST(Live, WhatWasTrimmedIsGoneAndTheOldestIsNamed) {
  Harness gateway;
  gateway.start();
  for (int message = 10; message < 15; ++message) gateway.commit(message, "old");
  const auto first = gateway.journal->oldest();
  const model::Seq third{first.value + 2};
  auto& writer = gateway.journal->writer();
  ASSERT_TRUE(journal::advance(writer, gateway.journal->id(), "store", third, true));
  const model::Time next_year{model::Time::now().us + 365 * 86'400'000'000};
  ASSERT_EQ(*journal::trim(writer, next_year, std::chrono::hours(1), 100), 3);

  const auto poll = gateway.get("/api/events/poll?after=" + std::to_string(first.value));
  const auto stream = gateway.get("/api/events", "Last-Event-ID: " + std::to_string(first.value) + "\r\n");
  const auto at_the_edge = gateway.get("/api/events/poll?after=" + std::to_string(third.value));

  EXPECT_EQ(poll.status, 410);
  EXPECT_EQ(stream.status, 410);
  EXPECT_EQ(object_of(poll).at("oldest").as_int64(), third.value + 1);
  EXPECT_EQ(object_of(at_the_edge).at("data").as_array().size(), 2u);
}

TEST(Live, APositionOfAnotherJournalStartsAgainFromTheOldest) {
  Harness gateway;
  gateway.start();
  gateway.commit(10, "ten");
  const auto beyond = std::to_string(gateway.journal->head().value + 1'000);

  const auto page = object_of(gateway.get("/api/events/poll?after=" + beyond));
  const auto dashboard = gateway.get("/api/stream?topics=channel:*&after=" + beyond);

  EXPECT_EQ(page.at("data").as_array().size(), 1u);
  EXPECT_EQ(dashboard.status, 410) << "a page loads anew instead of being sent a whole journal";
}

TEST(Live, AnImportThatCountsAsNewsIsDelivered) {
  Harness gateway;
  gateway.start();
  pipeline::Seen seen;
  seen.from = {model::SourceKind::export_file, model::Origin::import_, 0, model::Time::now()};
  seen.freshness = pipeline::Freshness::cached;
  seen.message.key = {{}, model::ChatId{kPeer}, model::MessageId{30}};
  seen.message.date = model::Time::seconds(1'700'000'000);
  seen.message.text = "history";
  ASSERT_TRUE(gateway.intake.push(seen));
  seen.as_live = true;
  seen.message.key.message = model::MessageId{31};
  seen.message.text = "offered";
  ASSERT_TRUE(gateway.intake.push(seen));
  ASSERT_TRUE(gateway.intake.flush());

  const auto page = object_of(gateway.get("/api/events/poll?from=oldest"));

  ASSERT_EQ(page.at("data").as_array().size(), 1u);
  EXPECT_EQ(page.at("data").at(0).at("id").as_int64(), 31);
}

TEST(Live, EverythingEndsWhenTheServerStops) {
  Harness gateway;
  gateway.start();
  auto reader = gateway.client();
  reader.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(reader.receive_until("following"));

  gateway.api->stop();

  EXPECT_FALSE(reader.receive_until("never"));
}

TEST(Numbers, LargerThanAnyAreClampedOrRefusedButNeverOurMistake) {
  Harness gateway;
  gateway.start();

  EXPECT_EQ(gateway.get("/api/messages?limit=100000000000000000000").status, 200);
  EXPECT_EQ(gateway.get("/api/messages?limit=-100000000000000000000").status, 400);
  EXPECT_EQ(gateway.get("/api/messages?from=9223372036854775807").status, 400);
  EXPECT_EQ(gateway.get("/api/messages?from=253402300799999").status, 200);
  const auto mark =
      gateway.post("/api/messages/mark-processed", R"({"messageIds":[18446744073709551615],"processedBy":"a"})");
  EXPECT_EQ(mark.status, 400) << mark.body;
}

TEST(Text, ThatIsNoUtf8IsNotToldBack) {
  Harness gateway;
  gateway.start();

  for (const auto* target : {"/api/messages?sort=%ff", "/api/messages/%C3%28", "/api/messages?search=a%00b",
                             "/api/messages/unprocessed?channel=1&excludeProcessedBy=%ED%A0%80"}) {
    EXPECT_EQ(gateway.get(target).status, 400) << target;
  }
  const auto header = gateway.get("/api/events/poll", "Last-Event-ID: \xFF\r\n");
  EXPECT_EQ(header.status, 400);
  EXPECT_EQ(header.body.find('\xFF'), std::string::npos);
  EXPECT_EQ(gateway.get("/api/messages?sender=Jos%C3%A9").status, 200);
}

TEST(Memory, AnAnswerIsCountedOnce) {
  Harness gateway;
  gateway.start();

  ASSERT_EQ(gateway.get("/api/messages?limit=1").status, 200);
  EXPECT_EQ(gateway.metrics.memory_misses.Value(), 0) << "pages are counted by the store";
  ASSERT_EQ(gateway.get("/api/messages/-1001487851422:1").status, 200);
  ASSERT_EQ(gateway.get("/api/messages/-1001487851422:1").status, 200);

  EXPECT_EQ(gateway.metrics.memory_misses.Value(), 1);
  EXPECT_EQ(gateway.metrics.memory_hits.Value(), 1);
}

TEST(Consumers, HeadServesNothing) {
  Harness gateway;
  gateway.start();

  auto head = gateway.client();
  head.send("HEAD /api/messages/unprocessed?channel=-1001487851422 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(head.receive_until("\r\n\r\n"));
  gateway.get("/api/messages/unprocessed?channel=-1001487851422");

  ASSERT_EQ(gateway.store.polls.size(), 2u);
  EXPECT_TRUE(gateway.store.polls[0].peek);
  EXPECT_FALSE(gateway.store.polls[1].peek);
}

TEST(Consumers, OneThatIsThereAlreadyIsChangedOrRefused) {
  Harness gateway;
  gateway.start();
  const std::string route = "/api/consumers";
  ASSERT_EQ(gateway.post(route, R"({"name":"desk","from":"oldest","redeliverEdits":true})").status, 201);

  const auto again = gateway.post(route, R"({"name":"desk","from":"oldest","origins":["live"]})");
  const auto other = gateway.post(route, R"({"name":"desk","from":"now"})");

  EXPECT_EQ(again.status, 200);
  EXPECT_TRUE(object_of(again).at("data").at("redeliverEdits").as_bool()) << "what is not named stays";
  EXPECT_EQ(object_of(again).at("data").at("origins").as_array().size(), 1u);
  EXPECT_EQ(other.status, 409);
}

TEST(Events, APlaceBeforeTheOldestOfAWholeJournalIsItsBeginning) {
  Harness gateway;
  gateway.commit(1, "first");
  gateway.start();

  const auto answer = gateway.get("/api/events/poll?after=1");

  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_NE(answer.body.find("first"), std::string::npos);
}

TEST(Dashboard, BrowsersAreLedToItAndOthersAreTold) {
  Harness gateway;
  gateway.start();

  const auto browser = gateway.get("/", "Accept: text/html,*/*\r\n");
  const auto program = gateway.get("/");
  const auto page = gateway.get("/ui/");

  EXPECT_EQ(browser.status, 302);
  EXPECT_EQ(browser.header("Location"), "ui/");
  EXPECT_EQ(object_of(program).at("version").as_string(), "1.2.3");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.header("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
}

}  // namespace
}  // namespace tg::test
