#pragma once
// What every handler is given. No globals: two gateways in one process would not meet.

#include <functional>
#include <string>
#include <vector>

#include "api/access/guard.h"
#include "api/access/sessions.h"
#include "api/access/tokens.h"
#include "api/api.h"
#include "api/live/tail.h"

namespace tg::api {

class Board;  // view/board.h: the overview, computed at most once a second
struct RouteTable;

struct Context {
  const Options& options;
  const Parts& parts;
  const Tokens& tokens;
  const Guard& guard;
  Sessions& sessions;
  Tail& tail;
  Board& board;
  const RouteTable& routes;
  std::atomic<std::uint64_t>& writes;  // changes made through this API
  model::Time started;

  journal::Journal& journal() const { return parts.journal; }
  store::Store& store() const { return parts.store; }

  // The generation that an answer read from now on belongs to.
  Validity valid_until_commit(model::ChatId chat) const {
    return {Validity::Until::commit, chat.value, parts.freshness.of(chat) + writes.load(std::memory_order_acquire), 0};
  }
  static Validity valid_for(std::int64_t milliseconds) { return {Validity::Until::moment, 0, 0, milliseconds}; }
  void changed() const { writes.fetch_add(1, std::memory_order_acq_rel); }
};

}  // namespace tg::api
