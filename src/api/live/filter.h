#pragma once
// Which events a reader wants. History is not news: without a wish it gets what is live, and catch-up that is younger
// than deliver.max_age; never counters or filled-in fields.

#include <chrono>
#include <vector>

#include "api/query.h"
#include "model/event.h"

namespace tg::api {

struct EventFilter {
  std::vector<model::ChatId> channels;  // empty = all
  std::vector<model::Kind> kinds;       // empty = all but counters and filled
  std::vector<model::Origin> origins;   // empty = live and young catch-up
  std::chrono::seconds max_age{600};

  bool wants(const model::Event& event) const;
  // channelId, kinds, origins; "all" takes every kind or origin.
  static Result<EventFilter> from(const Query& query, std::chrono::seconds max_age);
};

}  // namespace tg::api
