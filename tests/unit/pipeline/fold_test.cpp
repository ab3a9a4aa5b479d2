#include "pipeline/fold.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/message_json.h"
#include "pipeline/counters.h"
#include "unit/pipeline/world.h"

namespace tg::pipeline {
namespace {

using test::kSecond;

// The rules alone, with the events in memory.
class Ledger {
 public:
  void take(const Observation& observation) {
    if (const auto* seen = std::get_if<Seen>(&observation)) {
      auto decision = decide(state, *seen, content_hash(seen->message), [this](model::Seq seq) { return load(seq); });
      if (decision) {
        commit(std::move(*decision));
      } else if (const auto told = counters_of(*seen); !told.counters.empty()) {
        if (auto counters = decide(state, told)) commit(std::move(*counters));
      }
      sight(state, *seen);
    } else if (const auto* deleted = std::get_if<Deleted>(&observation)) {
      if (auto decision = decide(state, *deleted)) {
        commit(std::move(*decision));
      } else {
        sight(state, *deleted);
      }
    } else if (const auto* media = std::get_if<MediaSeen>(&observation)) {
      if (auto decision = decide(state, *media, [this](model::Seq seq) { return load(seq); })) {
        commit(std::move(*decision));
      }
    }
  }

  std::optional<model::Message> load(model::Seq seq) const {
    return bodies.at(static_cast<std::size_t>(seq.value - 1));
  }
  std::optional<model::Message> now() const {
    if (!state.has_content()) return std::nullopt;
    auto message = load(state.now().seq);
    model::set_counters(*message, known_counters(state.counters));
    return message;
  }
  std::size_t count(model::Kind kind) const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [kind](const model::Event& e) { return e.kind == kind; }));
  }

  State state;
  std::vector<model::Event> events;
  std::vector<model::Message> bodies;

  static Facts facts(const model::Event& event, const model::Message& message) {
    if (event.kind == model::Kind::deleted) return {};
    auto of_message = facts_of(message);
    if (event.kind == model::Kind::counters) of_message.counters = model::to_json(message.counters);
    return of_message;
  }

 private:
  void commit(Decision decision) {
    decision.event.seq = model::Seq{static_cast<std::int64_t>(events.size()) + 1};
    apply(state, decision.event, facts(decision.event, decision.message));
    events.push_back(decision.event);
    bodies.push_back(std::move(decision.message));
  }
};

using Versions = std::set<std::pair<model::Time, std::int64_t>>;
Versions versions_of(const State& state) {
  Versions versions;
  for (const auto& v : state.versions) versions.emplace(v.edit_date, v.hash);
  return versions;
}

Ledger ledger_of(const std::vector<Observation>& observations) {
  Ledger ledger;
  for (const auto& observation : observations) ledger.take(observation);
  return ledger;
}

std::vector<Observation> shuffled(std::vector<Observation> observations) {
  for (std::size_t i = observations.size(); i > 1; --i) {
    std::swap(observations[i - 1], observations[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  return observations;
}

RC_GTEST_PROP(Fold, EndsEqualWhateverTheOrderOfSources, ()) {
  const auto world = *test::a_world();
  const auto sights = *test::sights_of(world);

  const Ledger one = ledger_of(sights);
  const Ledger other = ledger_of(shuffled(sights));

  RC_ASSERT(one.state.deleted() == other.state.deleted());
  RC_ASSERT(one.state.date == other.state.date);
  RC_ASSERT(versions_of(one.state) == versions_of(other.state));
  RC_ASSERT(one.now() == other.now());
  RC_ASSERT(one.state.counters == other.state.counters);
}

RC_GTEST_PROP(Fold, EndsAtTheServersTruthWhenEveryUpdateWasPushed, ()) {
  const auto world = *test::a_world();
  auto sights = *test::sights_of(world);
  for (std::size_t i = 0; i < world.moments.size(); ++i) {
    const bool restored = i > 0 && world.moments[i - 1].deleted;
    if (!world.moments[i].deleted && !restored) sights.emplace_back(test::pushed(world.moments[i]));
  }

  const Ledger ledger = ledger_of(shuffled(sights));

  RC_ASSERT(ledger.now()->text == world.moments.back().text);
  RC_ASSERT(ledger.state.deleted() == world.moments.back().deleted);
}

RC_GTEST_PROP(Fold, SeeingTheSameAgainChangesNothing, ()) {
  const auto world = *test::a_world();
  const auto sights = *test::sights_of(world);
  Ledger ledger = ledger_of(sights);
  const State before = ledger.state;
  const auto events = ledger.events.size();

  for (const auto& sight : shuffled(sights)) ledger.take(sight);

  RC_ASSERT(ledger.events.size() == events);
  RC_ASSERT(versions_of(ledger.state) == versions_of(before));
}

RC_GTEST_PROP(Fold, ReplayingTheEventsGivesTheStateAgain, ()) {
  const auto world = *test::a_world();
  const Ledger ledger = ledger_of(shuffled(*test::sights_of(world)));

  State replayed;
  for (std::size_t i = 0; i < ledger.events.size(); ++i) {
    const auto& event = ledger.events[i];
    apply(replayed, event, Ledger::facts(event, ledger.bodies[i]));
  }

  RC_ASSERT(replayed.versions == ledger.state.versions);
  RC_ASSERT(replayed.deleted() == ledger.state.deleted());
  RC_ASSERT(replayed.arrival == ledger.state.arrival);
  RC_ASSERT(same_counts(known_counters(replayed.counters), known_counters(ledger.state.counters)));
  if (replayed.has_content()) RC_ASSERT(replayed.now() == ledger.state.now());
}

RC_GTEST_PROP(Fold, EventKeysAreUnique, ()) {
  const auto world = *test::a_world();
  const Ledger ledger = ledger_of(shuffled(*test::sights_of(world)));

  std::set<std::string> keys;
  for (const auto& event : ledger.events) RC_ASSERT(keys.insert(model::event_key(event)).second);
}

test::World world_of(std::vector<test::Moment> moments) { return {std::move(moments)}; }

TEST(Fold, ImportingWhatIsKnownIsNoEdit) {
  const auto world = world_of({{test::kPosted, "a", {}, false, false}});
  Ledger ledger;
  ledger.take(test::pushed(world.moments[0]));

  ledger.take(test::exported(world, test::kPosted, model::Time{test::kPosted.us + kSecond}));

  EXPECT_EQ(ledger.count(model::Kind::edited), 0U);
  EXPECT_EQ(ledger.state.versions.size(), 1U);
  EXPECT_EQ(ledger.now()->signature, "Ana");          // filled in
  EXPECT_EQ(ledger.now()->media.unique_id, "photo");  // and nothing lost
}

TEST(Fold, TheNewestObservationOfCountersAndVotesWinsWhateverSawThem) {
  auto moment = test::Moment{test::kPosted, "a", {}, false, false, 1};
  const auto world = world_of({moment});
  const auto at = [](std::int64_t seconds) { return model::Time{test::kPosted.us + seconds * kSecond}; };
  Ledger ledger;
  ledger.take(test::exported(world, test::kPosted, at(300)));

  moment.votes = 5;
  ledger.take(test::exported(world_of({moment}), test::kPosted, at(900)));
  moment.votes = 3;
  ledger.take(test::exported(world_of({moment}), test::kPosted, at(600)));

  EXPECT_EQ(ledger.now()->counters.reactions, (std::vector<model::Reaction>{{"👍", 5}}));
  EXPECT_EQ(ledger.now()->poll->options[0].voters, 5);
  EXPECT_EQ(ledger.now()->poll->total_voters, 6);
  EXPECT_EQ(ledger.count(model::Kind::counters), 1U);
  EXPECT_EQ(ledger.state.versions.size(), 1U);

  moment.votes = 7;
  ledger.take(test::pushed(moment));
  moment.at = at(1'200);
  ledger.take(test::pushed(moment));

  EXPECT_EQ(ledger.now()->counters.views, 70);
  EXPECT_EQ(ledger.now()->poll->options[0].voters, 7);
  EXPECT_TRUE(ledger.now()->poll->closed);
}

TEST(Fold, AnExportThatKnowsNoViewsTakesNoneAway) {
  const auto world = world_of({{test::kPosted, "a", {}, false, false, 3}});
  Ledger ledger;
  ledger.take(test::pushed(world.moments[0]));

  ledger.take(test::exported(world, test::kPosted, model::Time{test::kPosted.us + 900 * kSecond}));

  EXPECT_EQ(ledger.now()->counters.views, 30);
  EXPECT_EQ(ledger.now()->counters.forwards, 3);
  EXPECT_EQ(ledger.count(model::Kind::counters), 0U);
}

TEST(Fold, AFileComesAndGoesWithoutAnEdit) {
  const auto world = world_of({{test::kPosted, "a", {}, false, false, 3}});
  const auto key = test::message_of(world.moments[0]).key;
  const auto told = [&key](std::int64_t after_s, const char* id, const char* blob, const char* absent) {
    const model::Time at{test::kPosted.us + after_s * kSecond};
    return MediaSeen{{model::SourceKind::tdlib, model::Origin::catchup, 1, at}, key, id, blob, absent};
  };
  Ledger ledger;
  ledger.take(test::pushed(world.moments[0]));

  ledger.take(told(10, "photo", "abc", ""));
  EXPECT_EQ(ledger.now()->media.blob, "abc");
  ledger.take(told(20, "photo", "abc", ""));
  ledger.take(told(30, "another", "def", ""));
  EXPECT_EQ(ledger.events.size(), 2U) << "known, and of another file";
  ledger.take(told(40, "photo", "", "removed"));
  ledger.take(test::page(world, model::Time{test::kPosted.us + 50 * kSecond}, model::Origin::catchup));

  EXPECT_EQ(ledger.now()->media.blob, "");
  EXPECT_EQ(ledger.now()->media.absent, "removed");
  EXPECT_EQ(ledger.now()->counters.views, 30);
  EXPECT_EQ(ledger.state.versions.size(), 1U);
  EXPECT_EQ(ledger.count(model::Kind::filled), 2U);
}

TEST(Fold, ATombstoneSurvivesALateEdit) {
  auto edit = test::Moment{model::Time{test::kPosted.us + 300 * kSecond}, "b",
                           model::Time{test::kPosted.us + 300 * kSecond}, false, false};
  Ledger ledger;
  ledger.take(test::pushed({test::kPosted, "a", {}, false, false}));
  ledger.take(Deleted{{model::SourceKind::tdlib, model::Origin::live, 1, model::Time{test::kPosted.us + 600 * kSecond}},
                      test::message_of(edit).key});

  ledger.take(test::pushed(edit));

  EXPECT_TRUE(ledger.state.deleted());
  EXPECT_EQ(ledger.state.versions.size(), 2U);
}

TEST(Fold, OnlyACopyFetchedLaterFromTheServerClearsATombstone) {
  const auto world = world_of({{test::kPosted, "a", {}, false, false}});
  const model::Time deleted{test::kPosted.us + 600 * kSecond};
  Ledger ledger;
  ledger.take(test::pushed(world.moments[0]));
  ledger.take(
      Deleted{{model::SourceKind::tdlib, model::Origin::live, 1, deleted}, test::message_of(world.moments[0]).key});

  ledger.take(test::page(world, model::Time{deleted.us - kSecond}, model::Origin::catchup));
  EXPECT_TRUE(ledger.state.deleted());
  ledger.take(test::remembered(world, test::kPosted, model::Time{deleted.us + kSecond}));
  EXPECT_TRUE(ledger.state.deleted());
  ledger.take(test::page(world, model::Time{deleted.us + kSecond}, model::Origin::catchup));

  EXPECT_FALSE(ledger.state.deleted());
  EXPECT_EQ(ledger.events.back().kind, model::Kind::restored);
}

TEST(Fold, AHiddenEditIsOrderedByObservation) {
  const model::Time visible{test::kPosted.us + 300 * kSecond};
  const model::Time hidden{test::kPosted.us + 600 * kSecond};
  Ledger ledger;
  ledger.take(test::pushed({test::kPosted, "a", {}, false, false}));
  ledger.take(test::pushed({visible, "b", visible, false, false}));

  ledger.take(test::pushed({hidden, "c", {}, true, false}));

  EXPECT_EQ(ledger.now()->text, "c");
  EXPECT_EQ(ledger.state.versions.size(), 3U);
  EXPECT_EQ(model::event_key(ledger.events.back()), "0:-1001:7:edited:0:1");
}

TEST(Fold, AnOlderVersionThatArrivesLateIsKeptAndDoesNotWin) {
  const auto world = world_of({{test::kPosted, "a", {}, false, false},
                               {model::Time{test::kPosted.us + 300 * kSecond}, "b",
                                model::Time{test::kPosted.us + 300 * kSecond}, false, false}});
  Ledger ledger;
  ledger.take(test::pushed(world.moments[1]));

  ledger.take(test::exported(world, test::kPosted, model::Time{test::kPosted.us + 900 * kSecond}));

  EXPECT_EQ(ledger.now()->text, "b");
  EXPECT_EQ(ledger.state.versions.size(), 2U);
  EXPECT_TRUE(ledger.events.back().superseded);
}

// A page asked for before edits may be answered after: it must not turn round two of one second, nor one without a
// date.
TEST(Fold, APageThatWasAskedForBeforeAnEditDoesNotPutItBeforeThePost) {
  const model::Time edited{test::kPosted.us + 300 * kSecond};
  const model::Time soon{test::kPosted.us + 1'000};
  const std::vector<test::World> worlds{
      world_of(
          {{edited, "first", edited, false, false}, {model::Time{edited.us + 1'000}, "last", edited, false, false}}),
      world_of({{test::kPosted, "post", {}, false, false}, {soon, "last", {}, true, false}})};
  for (const auto& world : worlds) {
    auto answered_late = test::page(world, world.moments[1].at, model::Origin::catchup);
    answered_late.from.observed_at = model::Time{world.moments[0].at.us - kSecond};
    for (const std::size_t page_at : {0U, 1U, 2U}) {
      Ledger ledger;
      for (std::size_t i = 0; i <= 2; ++i) {
        if (i == page_at) ledger.take(answered_late);
        if (i < 2) ledger.take(test::pushed(world.moments[i]));
      }

      EXPECT_EQ(ledger.now()->text, "last") << page_at;
      EXPECT_EQ(ledger.state.versions.size(), 2U) << page_at;
    }
  }
}

}  // namespace
}  // namespace tg::pipeline
