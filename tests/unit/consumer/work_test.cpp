#include "work.h"

#include <gtest/gtest.h>

#include "json.h"
#include "queue.h"

namespace telegram_gateway {
namespace {

constexpr auto kApi = R"({"id":"-1001:17","messageId":17,"channelId":"-1001","channelTitle":"Signals",
  "text":"BUY","date":"2026-11-03T02:40:00.000Z","status":"received","createdAt":"2026-11-03T02:40:01.250Z",
  "seq":900,"arrivalSeq":905,"key":"0:-1001:17:new:0:0","scope":0,"origin":"live"})";

std::string event(const std::string& kind, std::int64_t scope = 0) {
  return R"({"v":1,"seq":905,"key":"KEY","kind":")" + kind +
         R"(","origin":"live","source":"tdlib","account":0,"scope":)" + std::to_string(scope) +
         R"(,"peer":-1001,"id":17,"edit_date":0,"n":0,"observed_at":"2026-11-03T02:40:01.000Z",)" +
         R"("recorded_at":"2026-11-03T02:40:01.250Z","message":{"peer":-1001,"id":17,"date_us":1793673600000000,)" +
         R"("chat_title":"Signals","sender":"Ann","text":"BUY"}})";
}

TEST(Work, IsTheSameByEachWay) {
  const auto api = work_from_api(kApi);
  const auto cached = work_from_event(event("new"), Way::cache);
  const auto queued = work_from_event(event("new"), Way::queue);

  ASSERT_TRUE(api && cached && queued);
  for (const auto* work : {&*api, &*cached, &*queued}) {
    EXPECT_EQ(work->identity, "-1001:17");
    EXPECT_EQ(work->message.id, "-1001:17");
    EXPECT_EQ(work->message.channel, -1001);
    EXPECT_EQ(work->message.number, 17);
    EXPECT_EQ(work->message.text, "BUY");
    EXPECT_EQ(work->message.channel_title, "Signals");
    EXPECT_EQ(work->message.date, *parse_time("2026-11-03T02:40:00.000Z"));
    EXPECT_EQ(work->message.received_at, *parse_time("2026-11-03T02:40:01.250Z"));
    EXPECT_EQ(work->message.kind, Kind::created);
    EXPECT_TRUE(work->wanted);
  }
}

TEST(Work, AskedForAgainIsAnotherThingAndTheSameByEachWay) {
  std::string text = kApi;
  text.replace(text.find("received\""), 8, "reprocess_pending");
  const auto api = work_from_api(text);
  const auto queued = work_from_event(event("reprocess"), Way::queue);

  ASSERT_TRUE(api && queued);
  EXPECT_EQ(api->identity, "-1001:17#905");
  EXPECT_EQ(queued->identity, "-1001:17#905");
  EXPECT_EQ(api->message.kind, Kind::reprocess);
}

TEST(Work, AnEditInTheQueueIsAnotherThingAndInTheCacheTheMessage) {
  const auto queued = work_from_event(event("edited"), Way::queue);
  const auto cached = work_from_event(event("edited"), Way::cache);

  ASSERT_TRUE(queued && cached);
  EXPECT_EQ(queued->identity, "-1001:17#KEY");
  EXPECT_EQ(queued->message.kind, Kind::edited);
  EXPECT_EQ(cached->identity, "-1001:17");
  EXPECT_FALSE(cached->offered_as_new);
}

TEST(Work, OfAPrivateChatHasItsAccount) {
  const auto queued = work_from_event(event("new", 5), Way::queue);

  ASSERT_TRUE(queued);
  EXPECT_EQ(queued->message.id, "-1001:17:5");
}

TEST(Work, WhatIsOfNoMessageIsNotWanted) {
  const auto migrated = work_from_event(event("channel_migrated"), Way::queue);

  ASSERT_TRUE(migrated);
  EXPECT_FALSE(migrated->wanted);
}

TEST(Work, WhatIsBrokenIsAFailure) {
  for (const char* text : {"", "{", "[]", "7", "{}", R"({"key":7,"peer":-1001})", R"({"key":"k","peer":1e99})"}) {
    EXPECT_FALSE(work_from_event(text, Way::queue)) << text;
    EXPECT_FALSE(work_from_api(text)) << text;
  }
  EXPECT_FALSE(work_from_api(std::string(100'000, '[')));
}

TEST(Json, ReadsTheGatewaysTimes) {
  using std::chrono::milliseconds;
  EXPECT_EQ(parse_time("1970-01-02T00:00:01.500Z")->time_since_epoch(), milliseconds(86'401'500));
  EXPECT_EQ(parse_time("1970-01-01T00:00:01Z")->time_since_epoch(), milliseconds(1'000));
  for (const char* text :
       {"", "1970", "1970-13-01T00:00:00.000Z", "1970-01-01T00:00:00.000+01:00", "x970-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Queue, TheRoutingKeyCountsTheTries) {
  const std::string queue = "telegram.consumer.desk.-1001";

  EXPECT_EQ(tries_of("telegram.channel.-1001", queue), 0);
  EXPECT_EQ(tries_of(queue + ".2", queue), 1);
  EXPECT_EQ(tries_of(queue + ".3", queue), 2);
  EXPECT_EQ(tries_of(queue, queue), 0);
  EXPECT_EQ(tries_of(queue + ".", queue), 0);
  EXPECT_EQ(tries_of(queue + ".-9", queue), 0);
}

}  // namespace
}  // namespace telegram_gateway
