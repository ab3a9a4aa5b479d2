#pragma once
// The events of a message, as far as the database still tells them. It keeps each content with the event that told it.
// Of what else happened it keeps what became of it: a first sighting that was completed since, a deletion, counters, an
// order to deliver again. For each of these an event is made, with the seq that it had where that is known.

#include <string>
#include <vector>

#include "model/event.h"

namespace tg::store::postgres {

struct StoredMessage {
  model::MessageKey key;
  model::Seq first, arrival, content, last;
  model::Origin origin = model::Origin::live;
  model::SourceKind source = model::SourceKind::tdlib;
  std::int64_t account = 0;
  bool offered = false, reprocess = false, erased = false;
  model::Time received, created, updated, asked_again, deleted;  // 0 = not
  std::string counters;                                          // JSON as in pipeline::State; empty = none
  std::vector<model::Event> versions;                            // by seq, at least one
};

// By seq; at the end, without one, those whose place is not known.
std::vector<model::Event> events_of(const StoredMessage& stored);

}  // namespace tg::store::postgres
