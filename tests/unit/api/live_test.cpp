#include <gtest/gtest.h>

#include "api/live/dashboard_stream.h"
#include "api/live/event_stream.h"
#include "api/live/filter.h"
#include "harness.h"
#include "model/message_json.h"

namespace tg::api {
namespace {

model::Event event_of(model::Kind kind, model::Origin origin, std::int64_t age_s = 0) {
  model::Message message;
  message.key = {{}, model::ChatId{test::kPeer}, model::MessageId{7}};
  message.date = model::Time::seconds(1'700'000'000);
  model::Event event;
  event.key = message.key;
  event.kind = kind;
  event.origin = origin;
  event.observed_at = model::Time::seconds(1'700'000'000 + age_s);
  event.message = model::to_json(message);
  return event;
}

TEST(Filter, HistoryIsNotNews) {
  const auto filter = EventFilter::from(Query(""), std::chrono::seconds(600)).value();

  EXPECT_TRUE(filter.wants(event_of(model::Kind::created, model::Origin::live)));
  EXPECT_TRUE(filter.wants(event_of(model::Kind::created, model::Origin::catchup, 599)));
  EXPECT_FALSE(filter.wants(event_of(model::Kind::created, model::Origin::catchup, 601)));
  EXPECT_FALSE(filter.wants(event_of(model::Kind::created, model::Origin::backfill)));
  EXPECT_FALSE(filter.wants(event_of(model::Kind::created, model::Origin::import_)));
  EXPECT_FALSE(filter.wants(event_of(model::Kind::counters, model::Origin::live)));
}

TEST(Filter, TakesWhatItIsAskedFor) {
  const auto filter =
      EventFilter::from(Query("kinds=edited,deleted&origins=all&channelId=-1001487851422"), std::chrono::seconds(600))
          .value();

  EXPECT_TRUE(filter.wants(event_of(model::Kind::edited, model::Origin::import_)));
  EXPECT_FALSE(filter.wants(event_of(model::Kind::created, model::Origin::live)));
  EXPECT_FALSE(EventFilter::from(Query("kinds=nonsense"), std::chrono::seconds(1)));
  EXPECT_FALSE(EventFilter::from(Query("channelId=x"), std::chrono::seconds(1)));
}

TEST(Stream, GoesOnFromMemoryAndFromTheJournalAlike) {
  test::Harness gateway;
  gateway.commit(1, "before");
  Tail tail(*gateway.journal, 100, 1 << 20, [] {});
  EventStream stream(tail, {}, model::Seq{gateway.journal->oldest().value - 1});
  std::string first, second;

  const auto blocked = stream.pull(first, 64'000, false);
  const auto read = stream.pull(first, 64'000, true);
  gateway.commit(2, "after");
  const auto from_memory = stream.pull(second, 64'000, false);

  EXPECT_NE(blocked, Stream::Next::ended);
  EXPECT_EQ(read, Stream::Next::written);
  EXPECT_NE(first.find("\"text\":\"before\""), std::string::npos);
  EXPECT_EQ(from_memory, Stream::Next::written);
  EXPECT_NE(second.find("\"text\":\"after\""), std::string::npos);
  EXPECT_EQ(second.find("before"), std::string::npos);
}

TEST(Tail, IsBoundedAndSaysWhatItNoLongerHas) {
  test::Harness gateway;
  Tail tail(*gateway.journal, 2, 1 << 20, [] {});
  const Tail::Follower follower(tail);
  gateway.commit(1, "a");
  const auto first = gateway.journal->head();
  for (int message = 2; message <= 5; ++message) gateway.commit(message, "b");

  const auto trimmed = tail.newer(first, 10);
  const auto read = tail.read(first, 10);

  EXPECT_FALSE(trimmed);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 4u);
}

TEST(Topics, AreCheckedAndKeepHistoryFromPagesThatDidNotAsk) {
  const auto all = Topics::from(Query("topics=channel:*")).value();
  const auto one = Topics::from(Query("topics=overview,channel:-1001487851422")).value();

  EXPECT_TRUE(all.wants(event_of(model::Kind::created, model::Origin::live)));
  EXPECT_FALSE(all.wants(event_of(model::Kind::created, model::Origin::import_)));
  EXPECT_TRUE(one.wants(event_of(model::Kind::created, model::Origin::import_)));
  EXPECT_TRUE(one.wants(event_of(model::Kind::counters, model::Origin::live)));
  EXPECT_FALSE(Topics::from(Query("")));
  EXPECT_FALSE(Topics::from(Query("topics=channel:x")));
}

}  // namespace
}  // namespace tg::api
