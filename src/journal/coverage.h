#pragma once
// Coverage is what has been proven, not what has been seen: per channel and account closed ranges of ids, each proven
// by a page that came from the server or by consecutive live ids. The union over accounts counts.
//
//   start            proven             hole        proven   newest
//     ├──── unknown ──┤█████████████████├── ── ── ──┤███████┤
//
// expected  = ids from start to newest (ids younger than 60 s join when proven)
// accounted = ids in proven ranges = stored + empty + tombstones
// missing   = expected - accounted - accepted losses; in it, ids before the first proven one are `unknown` and are left
//             out of expected until a history walk reaches them.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "journal/access.h"
#include "journal/sqlite.h"
#include "model/ids.h"
#include "model/result.h"

namespace tg::journal {

struct Range {
  std::int64_t first = 0;
  std::int64_t last = 0;  // inclusive
  bool operator==(const Range&) const = default;
  std::int64_t size() const { return last - first + 1; }
};

// Sorted, disjoint, never adjacent.
class RangeSet {
 public:
  RangeSet() = default;
  explicit RangeSet(std::vector<Range> any_order);
  void add(Range range);
  bool contains(std::int64_t id) const;
  bool contains(Range range) const;
  std::int64_t size() const;
  RangeSet intersect(Range window) const;
  RangeSet minus(const RangeSet& other) const;
  RangeSet gaps(Range window) const;  // what of the window is not in the set
  const std::vector<Range>& ranges() const& { return ranges_; }
  std::vector<Range> ranges() && { return std::move(ranges_); }
  bool operator==(const RangeSet&) const = default;

 private:
  std::vector<Range> ranges_;
};

struct Hole {
  Range range;
  model::Time opened_at, closed_at;  // closed_at 0 = open
  std::string cause;
};

struct ProvenRange {
  Range range;
  int proof = 0;  // pipeline::ProofKind
  std::int64_t account = 0;
  model::Time proven_at;
};

struct ChatCoverage {
  model::ChatId peer;
  model::Scope scope;
  model::MessageId start, newest;  // start 0: nothing is promised (only ever imported)
  std::int64_t expected = 0, accounted = 0, stored = 0, empty = 0, deleted = 0, missing = 0, accepted_lost = 0,
               unknown = 0;
  model::Time proven_at;              // newest proof; 0 = none
  RangeSet proven;                    // within [start, newest]
  std::vector<Hole> open_holes;       // oldest first
  RangeSet lost;                      // accepted
  std::optional<NoAccess> no_access;  // no account sees it any more: what is missing cannot be fetched
};

// Which of two accounts' own numberings of one chat is to be shown: what is promised first, then what lacks more.
bool shows_more(const ChatCoverage& one, const ChatCoverage& other);

Result<ChatCoverage> coverage(Connection& db, model::ChatId peer, model::Scope scope, model::Time now);
// Of each of a peer's scopes.
Result<std::vector<ChatCoverage>> coverages(Connection& db, model::ChatId peer, model::Time now);
// Of a peer's scopes the one that shows more.
Result<ChatCoverage> coverage(Connection& db, model::ChatId peer, model::Time now);
Result<std::vector<ChatCoverage>> all_coverage(Connection& db, model::Time now);
Result<std::vector<ProvenRange>> proven_ranges(Connection& db, model::ChatId peer, model::Scope scope);

// What is stored of a chat, proven or not; ids 0 where nothing is.
struct Stored {
  std::int64_t messages = 0, first = 0, last = 0;
  model::Time newest_date;
};
Result<Stored> stored_of(Connection& db, model::ChatId peer, model::Scope scope);
// The first id among the messages dated within `window` of the newest one, of which 10,000 are looked at; 0 = none.
Result<model::MessageId> first_within(Connection& db, model::ChatId peer, model::Scope scope,
                                      std::chrono::seconds window);

struct DayHoles {
  std::int64_t opened_and_closed = 0;
  std::int64_t open = 0;
};
// The last `days` UTC days, oldest first.
Result<std::vector<DayHoles>> holes_by_day(Connection& db, model::Time now, int days);

// The writer's thread: a proof widens the account's ranges and closes holes; a new newest id opens one.
Result<void> add_proof(Connection& db, model::ChatId peer, model::Scope scope, std::int64_t account, Range range,
                       int proof, model::Time proven_at);
Result<void> see_newest(Connection& db, model::ChatId peer, model::Scope scope, model::MessageId newest,
                        model::Time now, const std::string& cause);
Result<void> accept_loss(Connection& db, model::ChatId peer, model::Scope scope, Range range, const std::string& reason,
                         model::Time now);

// What a bar of `px` columns shows: the worst state in each column wins, so one id in a million is still drawn.
struct BarPart {
  Range range;
  std::string_view state;  // proven, unknown, hole, lost
};
std::vector<BarPart> bar(const ChatCoverage& coverage, int px);

}  // namespace tg::journal
