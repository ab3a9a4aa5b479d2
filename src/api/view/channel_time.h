#pragma once
// A channel over time: its coverage bar by date instead of by id, and when in the week it posts.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "journal/coverage.h"

namespace tg::api {

// The parts of journal::bar() with the dates of the stored messages around them. Empty where no message is stored.
Result<boost::json::object> time_bar_json(journal::Connection& db, const journal::ChatCoverage& coverage, int px);

// Messages of each hour of the week, Monday 00:00 UTC first, in the last four weeks: 168 numbers.
Result<boost::json::array> week_json(journal::Connection& db, model::ChatId peer, model::Time now);

}  // namespace tg::api
