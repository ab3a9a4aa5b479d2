#pragma once
// GET /api/events/poll: the events behind a position, or, while there are none, an answer as soon as there is one.

#include <functional>

#include "api/http/stream.h"
#include "api/live/filter.h"
#include "api/live/tail.h"

namespace tg::api {

class EventPoll final : public LongPoll {
 public:
  // Keeps the place up to which there was nothing that is wanted. Worker; may block.
  using Pass = std::function<Result<void>(model::Seq)>;

  // `pass` may be empty.
  EventPoll(Tail& tail, journal::Journal& journal, EventFilter filter, model::Seq after, std::size_t limit,
            std::chrono::seconds wait, Pass pass);

  bool ready() override { return tail_.head() > after_; }
  bool answer(Response& response, bool last) override;

 private:
  Tail& tail_;
  journal::Journal& journal_;
  Tail::Follower follower_;
  EventFilter filter_;
  model::Seq after_;
  const std::size_t limit_;
  const Pass pass_;
  std::size_t passed_over_ = 0;
};

// 410 with the oldest seq that is still there.
Response gone(journal::Journal& journal, model::Seq after);

}  // namespace tg::api
