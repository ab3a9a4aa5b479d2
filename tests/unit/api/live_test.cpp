#include <gtest/gtest.h>

#include "api/live/dashboard_stream.h"
#include "api/live/event_poll.h"
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
  EXPECT_FALSE(filter.wants(event_of(model::Kind::channel, model::Origin::live)));
}

TEST(Filter, TakesWhatItIsAskedFor) {
  const auto filter =
      EventFilter::from(Query("kinds=edited,deleted&origins=all&channelId=-1001487851422"), std::chrono::seconds(600))
          .value();

  EXPECT_TRUE(filter.wants(event_of(model::Kind::edited, model::Origin::import_)));
  EXPECT_FALSE(filter.wants(event_of(model::Kind::created, model::Origin::live)));
  const auto of_chats = EventFilter::from(Query("kinds=channel"), std::chrono::seconds(600)).value();
  EXPECT_TRUE(of_chats.wants(event_of(model::Kind::channel, model::Origin::live)));
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

TEST(Stream, ThatCannotBeReadSaysSoAndNotThatEventsAreGone) {
  test::Harness gateway;
  gateway.commit(1, "unread");
  Tail tail(*gateway.journal, 100, 1 << 20, [] {});
  EventStream stream(tail, {}, model::Seq{gateway.journal->oldest().value - 1});
  auto other = journal::Connection::open(gateway.journal->file(), journal::Connection::Mode::write).value();
  ASSERT_TRUE(
      other->execute("ALTER TABLE events RENAME TO away; CREATE VIEW events AS SELECT * FROM away WHERE "
                     "abs(-9223372036854775807 - 1) = 0"));
  std::string out;

  const auto next = stream.pull(out, 64'000, true);

  EXPECT_EQ(next, Stream::Next::ended);
  EXPECT_NE(out.find("event: unavailable"), std::string::npos) << out;
  EXPECT_EQ(out.find("event: gone"), std::string::npos);
}

constexpr model::ChatId kOther{-1001000000009};

// More than one read of a poll, on disk when it returns.
void commit_many(test::Harness& gateway) {
  for (int message = 1; message <= 1'500; ++message) {
    pipeline::Seen seen;
    seen.from = {model::SourceKind::demo, model::Origin::live, 1, model::Time::now()};
    seen.message.key = {{}, model::ChatId{test::kPeer}, model::MessageId{message}};
    seen.message.date = model::Time::now();
    ASSERT_TRUE(gateway.intake.push(seen));
  }
  ASSERT_TRUE(gateway.intake.flush());
}

TEST(Poll, OfOneEventFindsItBehindManyThatAreNotWanted) {
  test::Harness gateway;
  const auto before = gateway.journal->head();
  commit_many(gateway);
  gateway.commit(1, "wanted", kOther.value);
  Tail tail(*gateway.journal, 100, 1 << 20, [] {});
  EventFilter filter;
  filter.channels = {kOther};
  EventPoll poll(tail, *gateway.journal, filter, before, 1, std::chrono::seconds(0), {});
  Response response;

  ASSERT_TRUE(poll.answer(response, true));

  EXPECT_NE(response.body.view.find("\"text\":\"wanted\""), std::string::npos) << response.body.view;
}

struct Waiting : testing::Test {
  void begin(std::vector<config::Scope> scopes, std::vector<model::Origin> origins = {}) {
    gateway.require("secret", std::move(scopes));
    store::Consumer consumer;
    consumer.name = "desk";
    consumer.origins = std::move(origins);
    consumer.stream_seq = gateway.journal->head();
    gateway.store.all_consumers = {consumer};
    commit_many(gateway);
    gateway.start();
  }
  model::Seq place() const { return gateway.store.all_consumers.front().stream_seq; }
  test::Answer poll(const std::string& query) {
    return gateway.get("/api/events/poll?consumer=desk&limit=1" + query, "X-Gateway-Token: secret\r\n");
  }
  const std::string nothing_wanted = "&channelId=" + std::to_string(kOther.value);
  test::Harness gateway;
};

TEST_F(Waiting, ConsumerIsMovedPastWhatItDoesNotWant) {
  begin({config::Scope::read, config::Scope::consume}, {model::Origin::import_});

  const auto answer = poll("");

  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(place(), gateway.journal->head());
}

TEST_F(Waiting, ConsumerIsNotMovedPastWhatOnlyThisRequestLeavesOut) {
  begin({config::Scope::read, config::Scope::consume});
  const auto before = place();

  const auto answer = poll(nothing_wanted);

  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(place(), before);
}

TEST_F(Waiting, ConsumerIsNotMovedPastWhatItWantsNorByWhoMayOnlyRead) {
  begin({config::Scope::read});
  const auto before = place();

  const auto wanted = poll("");
  const auto unwanted = poll(nothing_wanted);

  EXPECT_NE(wanted.body.find("\"data\":[{"), std::string::npos) << wanted.body;
  EXPECT_EQ(unwanted.status, 200);
  EXPECT_EQ(place(), before);
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
