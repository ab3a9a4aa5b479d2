// What the database keeps of a message makes it stand in a journal as it did before.

#include "store/postgres/detail/rebuild.h"

#include <gtest/gtest.h>

#include "model/message_json.h"
#include "pipeline/fold.h"

namespace tg::store::postgres {
namespace {

using model::Event;
using model::Kind;
using model::Seq;
using model::Time;

const model::MessageKey kKey{{}, model::ChatId{-1001}, model::MessageId{7}};

Event content(std::int64_t seq, Kind kind, std::int64_t edited, std::string text) {
  model::Message message;
  message.key = kKey;
  message.date = Time::seconds(1'000);
  message.edit_date = Time::seconds(edited);
  Event event;
  event.key = kKey;
  event.seq = Seq{seq};
  event.kind = kind;
  event.edit_date = message.edit_date;
  event.hash = static_cast<std::int64_t>(std::hash<std::string>{}(text));
  event.observed_at = event.recorded_at = Time::seconds(1'000 + seq);
  message.text = std::move(text);
  event.message = model::to_json(message);
  return event;
}

// As the database has it after these contents, offered by the first.
StoredMessage stored(std::vector<Event> versions) {
  StoredMessage one;
  one.key = kKey;
  one.first = one.arrival = versions.front().seq;
  one.content = one.last = versions.back().seq;
  one.offered = true;
  versions.front().offered = true;
  one.received = one.created = versions.front().observed_at;
  one.updated = versions.back().recorded_at;
  one.versions = std::move(versions);
  return one;
}

pipeline::State folded(const std::vector<Event>& events) {
  pipeline::State state;
  for (auto event : events) {
    if (!event.seq) event.seq = Seq{state.last.value + 1'000};
    pipeline::apply(state, event, pipeline::facts_of(event));
  }
  return state;
}

std::vector<std::int64_t> seqs(const std::vector<Event>& events) {
  std::vector<std::int64_t> all;
  for (const auto& event : events) all.push_back(event.seq.value);
  return all;
}

TEST(Rebuild, ContentsAreTheirOwnEvents) {
  const auto events =
      events_of(stored({content(10, Kind::created, 0, "one"), content(20, Kind::edited, 1'500, "two")}));

  EXPECT_EQ(seqs(events), (std::vector<std::int64_t>{10, 20}));
  EXPECT_EQ(folded(events).now().seq, Seq{20});
}

TEST(Rebuild, DeletionHasTheNewestPlace) {
  auto one = stored({content(10, Kind::created, 0, "one")});
  one.deleted = Time::seconds(1'500);
  one.last = Seq{30};
  one.erased = true;

  const auto events = events_of(one);

  EXPECT_EQ(seqs(events), (std::vector<std::int64_t>{10, 30}));
  EXPECT_EQ(events.back().kind, Kind::deleted);
  const auto state = folded(events);
  EXPECT_EQ(state.deleted_at, one.deleted);
  EXPECT_TRUE(state.erased);
}

TEST(Rebuild, DeletionThatALateEditFollowedHasNoPlaceOfItsOwn) {
  auto one = stored({content(10, Kind::created, 0, "one"), content(20, Kind::edited, 1'500, "two")});
  one.deleted = Time::seconds(1'015);

  const auto events = events_of(one);

  EXPECT_EQ(seqs(events), (std::vector<std::int64_t>{10, 20, 0}));
  EXPECT_TRUE(folded(events).deleted());
}

TEST(Rebuild, FirstSightingThatWasCompletedSinceOffersIt) {
  auto filled = content(20, Kind::filled, 0, "one");
  filled.n = filled.observed_at.us;
  auto one = stored({filled});
  one.versions.front().offered = false;
  one.first = one.arrival = Seq{10};
  one.received = Time::seconds(1'010);

  const auto events = events_of(one);

  ASSERT_EQ(seqs(events), (std::vector<std::int64_t>{10, 20}));
  EXPECT_EQ(events.front().kind, Kind::created);
  EXPECT_EQ(events.front().observed_at, one.received);
  const auto state = folded(events);
  EXPECT_EQ(state.arrival, Seq{10});
  EXPECT_TRUE(state.offered);
  EXPECT_EQ(state.now().seq, Seq{20});
  EXPECT_EQ(state.versions.size(), 1U);
}

TEST(Rebuild, OrderToDeliverAgainIsAtItsArrival) {
  auto one = stored({content(10, Kind::created, 0, "one")});
  one.versions.front().offered = false;
  one.arrival = one.last = Seq{40};
  one.reprocess = true;
  one.asked_again = Time::seconds(2'000);

  const auto events = events_of(one);

  ASSERT_EQ(seqs(events), (std::vector<std::int64_t>{10, 40}));
  EXPECT_EQ(events.back().kind, Kind::reprocess);
  const auto state = folded(events);
  EXPECT_EQ(state.arrival, Seq{40});
  EXPECT_TRUE(state.reprocess);
}

TEST(Rebuild, CountersThatNoContentCarriesAreTold) {
  auto one = stored({content(10, Kind::created, 0, "one")});
  one.last = Seq{50};
  one.counters = R"({"views":42})";

  const auto events = events_of(one);

  ASSERT_EQ(seqs(events), (std::vector<std::int64_t>{10, 50}));
  EXPECT_EQ(events.back().kind, Kind::counters);
  EXPECT_EQ(folded(events).counters, one.counters);
}

TEST(Rebuild, DeletedMessageKeepsItsNewestCounters) {
  auto one = stored({content(10, Kind::created, 0, "one")});
  one.deleted = Time::seconds(1'500);
  one.last = Seq{50};
  one.counters = R"({"views":42})";

  const auto state = folded(events_of(one));

  EXPECT_TRUE(state.deleted());
  EXPECT_EQ(state.counters, one.counters);
}

}  // namespace
}  // namespace tg::store::postgres
