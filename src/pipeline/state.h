#pragma once
// One message as it is known: the set of its versions and what happened to it. The rules are in fold.h.
//
// Versions are grouped by edit date. Within one edit date only the most trusted source counts (a server before an
// export); what others showed there fills in missing fields. The current version is the greatest by this order:
//
//   edit date > 0                        its edit date
//   edit date 0, known as a hidden edit  when it was observed
//   edit date 0, otherwise               the message's date, or observed minus 60 s where the server itself showed it
//                                        (a clock that differs must not let an original beat its edit)
//
// The order looks only at the set, never at arrival, so live, catch-up, backfill and import may come in any order.

#include <optional>
#include <string>
#include <vector>

#include "model/event.h"

namespace tg::pipeline {

struct VersionState {
  model::Time edit_date;
  std::int64_t hash = 0;
  int rank = 0;  // model::rank_of its source
  std::int64_t n = 0;
  model::Time observed_at;  // first time this content was seen, by what tells best when (fold.cpp)
  bool hidden_edit = false;
  bool cached = false;
  bool from_page = false;  // observed_at is when a page was asked for: the content may be younger than that
  model::Seq seq;          // the event that holds its (filled) content

  bool operator==(const VersionState&) const = default;
};

struct State {
  model::Time date;    // first trusted one; 0 while only a deletion is known
  model::Seq arrival;  // first event, or the one that offered it
  model::Seq last;     // newest event
  std::vector<VersionState> versions;
  std::size_t current = 0;  // index into versions, while there are any
  bool offered = false;
  bool reprocess = false;
  bool service = false;
  bool media = false;
  bool erased = false;
  model::SourceKind source = model::SourceKind::tdlib;
  model::Origin origin = model::Origin::live;  // of the first event with content
  model::Time deleted_at;                      // newest deletion; 0 = not deleted
  model::Time fetched_at;   // newest copy fetched from the server; a sighting, changes without an event
  std::string counters;     // JSON; empty = none seen
  model::Time counters_at;  // of the newest reactions; a sighting as well

  bool exists() const { return last.value != 0; }
  bool has_content() const { return !versions.empty(); }
  bool deleted() const { return deleted_at.us != 0; }
  const VersionState& now() const { return versions[current]; }
};

// What of a message the state needs beside the event.
struct Facts {
  model::Time date;
  bool service = false;
  bool media = false;
  std::string counters;  // JSON; empty = none
};

}  // namespace tg::pipeline
