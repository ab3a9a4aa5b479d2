#pragma once
// A channel as REST shows it, and what is proven about it.

#include <array>
#include <boost/json/object.hpp>
#include <chrono>
#include <optional>

#include "journal/coverage.h"
#include "journal/silence.h"
#include "observe/lag.h"
#include "store/store.h"

namespace tg::api {

// The predecessor's fields and ours.
boost::json::object channel_json(const store::Chat& chat);

// Counts, the newest 20 holes, and a bar of `px` columns.
boost::json::object coverage_json(const journal::ChatCoverage& coverage, int px);
boost::json::object counts_json(const journal::ChatCoverage& coverage);
boost::json::array bar_json(const journal::ChatCoverage& coverage, int px);

struct RowFacts {
  const store::Chat& chat;
  const journal::ChatCoverage* coverage = nullptr;  // nothing: never seen by a source
  const std::array<std::int64_t, 24>* hourly = nullptr;
  bool capturing = false;
  model::Time stale_before;                   // a proof older than this says nothing any more
  const observe::Late* lag = nullptr;         // nothing: no new message lately
  std::chrono::seconds lag_alarm{120};        // above it the channel is late
  const journal::Silence* silence = nullptr;  // nothing: it speaks, or nobody knows how often it usually does
};

// complete, silent, hole, private, unproven, history, imported, stopped or empty, with what goes with it.
boost::json::object state_json(const RowFacts& facts);
boost::json::object lag_json(const observe::Late& lag, std::chrono::seconds alarm);
boost::json::object silence_json(const journal::Silence& silence);
// A line of GET /api/telegram-gateway/channels, without lastMessage.
boost::json::object channel_row_json(const RowFacts& facts, int px);

// Every range of [start, newest] with its state, in order.
struct StateRange {
  journal::Range range;
  std::string_view state;  // proven, hole, unknown, lost
  const journal::ProvenRange* proof = nullptr;
  const journal::Hole* hole = nullptr;
};
std::vector<StateRange> state_ranges(const journal::ChatCoverage& coverage,
                                     const std::vector<journal::ProvenRange>& proofs);
boost::json::object range_json(const StateRange& range);

}  // namespace tg::api
