#pragma once
// GET /api/events: the journal from a position on, filtered, as Server-Sent Events. Each carries its seq as its id, so
// that a reader resumes by Last-Event-ID after any break.

#include "api/http/stream.h"
#include "api/live/filter.h"
#include "api/live/tail.h"

namespace tg::api {

class EventStream final : public Stream {
 public:
  EventStream(Tail& tail, EventFilter filter, model::Seq after)
      : tail_(tail), follower_(tail), filter_(std::move(filter)), after_(after) {}

  Next pull(std::string& out, std::size_t budget, bool may_block) override;
  void heartbeat(std::string& out) override;

 private:
  Tail& tail_;
  Tail::Follower follower_;
  EventFilter filter_;
  model::Seq after_;
  bool greeted_ = false;
};

// The last that a stream says when it cannot be read on: its reader resumes by its last id.
std::string unreadable(model::Seq after, const Error& error);

}  // namespace tg::api
