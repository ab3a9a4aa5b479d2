#pragma once
// A rule tried on stored messages, newest first, within bounds: what it matches, what it nearly matches and why not,
// and how many a day. Changes nothing.

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <stop_token>

#include "rules/matcher.h"
#include "store/store.h"

namespace tg::api {

struct TrialQuery {
  std::vector<model::ChatId> channels;  // empty: those of the rule, or all
  std::optional<model::Time> from, to;
  std::size_t limit = 20;               // of matches shown, and of near misses
  std::int64_t most_scanned = 200'000;  // messages
  std::chrono::milliseconds most_time{5'000};
};

// Code::conflict when `ended` was requested meanwhile.
Result<boost::json::object> try_rule(const rules::Matcher& rule, const TrialQuery& query, store::Store& store,
                                     const std::stop_token& ended);

}  // namespace tg::api
