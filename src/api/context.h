#pragma once
// What every handler is given. No globals: two gateways in one process would not meet.

#include <functional>
#include <string>
#include <vector>

#include "api/access/guard.h"
#include "api/access/sessions.h"
#include "api/access/signed_links.h"
#include "api/access/tokens.h"
#include "api/api.h"
#include "api/live/tail.h"
#include "observe/vitals.h"

namespace tg::api {

class Board;    // view/board.h: the overview, computed at most once a second
class Trials;   // routes/trials.h: one rule is tried at a time
class Syncs;    // routes/sync.h: the fetch that a person asked for
class Imports;  // routes/imports.h: the export that is uploaded
struct RouteTable;

struct Context {
  const Options& options;
  const Parts& parts;
  Tokens& tokens;
  const Guard& guard;
  const SignedLinks& links;
  Sessions& sessions;
  Tail& tail;
  Board& board;
  Syncs& syncs;
  Imports& imports;
  const RouteTable& routes;
  std::atomic<std::uint64_t>& writes;  // changes made through this API
  model::Time started;
  Trials& trials;  // of rules
  const observe::Vitals& vitals;

  journal::Journal& journal() const { return parts.journal; }
  store::Store& store() const { return parts.store; }

  // The generation that an answer read from now on belongs to.
  Validity valid_until_commit(model::ChatId chat) const {
    const auto commits = chat ? parts.generations.of(chat) : parts.generations.all();
    return {Validity::Until::commit, chat.value, commits + writes.load(std::memory_order_acquire), 0};
  }
  static Validity valid_for(std::int64_t milliseconds) { return {Validity::Until::moment, 0, 0, milliseconds}; }
  std::vector<Job> all_jobs() const;  // of the parts, and what was asked for here
  void changed() const { writes.fetch_add(1, std::memory_order_acq_rel); }
};

}  // namespace tg::api
