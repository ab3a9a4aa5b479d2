#include "pipeline/counters.h"

#include "model/message_json.h"

namespace tg::pipeline {
namespace {

void merge(model::Counters& known, model::Time known_at, const model::Counters& seen, model::Time at) {
  known.views = std::max(known.views, seen.views);
  known.forwards = std::max(known.forwards, seen.forwards);
  if (tells_reactions(seen) && std::tie(at, seen.reactions) > std::tie(known_at, known.reactions)) {
    known.reactions = seen.reactions;
  }
  known.votes = std::max(known.votes, seen.votes);
}

}  // namespace

bool tells_reactions(const model::Counters& counters) {
  return !counters.votes || counters.views != 0 || counters.forwards != 0 || !counters.reactions.empty();
}

CountersSeen counters_of(const Seen& seen) {
  const auto& m = seen.message;
  CountersSeen told{seen.from, m.key, m.counters, {}};
  const bool from_memory = seen.freshness == Freshness::cached && seen.from.source != model::SourceKind::export_file;
  if (from_memory) told.as_of = m.date;
  if (m.poll && !told.counters.votes) {
    model::Votes votes;
    votes.at = told.at();
    votes.total = m.poll->total_voters;
    votes.closed = m.poll->closed;
    for (const auto& option : m.poll->options) votes.options.push_back(option.voters);
    told.counters.votes = std::move(votes);
  }
  return told;
}

model::Counters known_counters(const std::string& json) {
  if (json.empty()) return {};
  auto counters = model::counters_from_json(json);
  return counters ? std::move(*counters) : model::Counters{};
}

model::Counters carried(const State& state, const CountersSeen& seen, bool poll) {
  auto all = known_counters(state.counters);
  merge(all, state.counters_at, seen.counters, seen.at());
  model::Counters told;
  if (tells_reactions(seen.counters)) told = all;
  told.votes = poll || seen.counters.votes ? all.votes : std::nullopt;
  return told;
}

model::Counters carried(const State& state, const Seen& seen, bool poll) {
  if (const auto told = counters_of(seen); !told.counters.empty()) return carried(state, told, poll);
  model::Counters nothing;
  if (poll) nothing.votes = known_counters(state.counters).votes;
  return nothing;
}

std::string counters_after(const std::string& known, const std::string& carried) {
  if (known.empty() || carried.empty()) return carried.empty() ? known : carried;
  auto all = known_counters(known);
  auto told = known_counters(carried);
  if (!tells_reactions(told)) {
    all.votes = std::move(told.votes);
    return model::to_json(all);
  }
  if (!told.votes) told.votes = std::move(all.votes);
  return model::to_json(told);
}

CountersSeen merged(const CountersSeen& known, const CountersSeen& seen) {
  auto both = known.at() < seen.at() ? seen : known;
  both.counters = known.counters;
  merge(both.counters, known.at(), seen.counters, seen.at());
  return both;
}

bool same_counts(model::Counters one, model::Counters other) {
  for (auto* counters : {&one, &other}) {
    if (counters->votes) counters->votes->at = {};
  }
  return one == other;
}

}  // namespace tg::pipeline
