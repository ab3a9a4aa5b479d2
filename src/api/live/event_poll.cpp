#include "api/live/event_poll.h"

#include "api/answer.h"
#include "api/routes/common.h"

namespace tg::api {
namespace {
constexpr std::size_t kMostBytes = 8 << 20;
constexpr int kMostRounds = 64;  // a worker is not kept busy with a whole journal that the filter leaves out
constexpr std::size_t kMostARead = 1'000;
// So many passed over are not looked at again; fewer cost less than a write.
constexpr std::size_t kWorthKeeping = 1'000;
}  // namespace

Response gone(journal::Journal& journal, model::Seq after) {
  return with_body(
      410, kJson,
      fmt::format("{{\"success\":false,\"error\":\"gapped\",\"message\":\"events behind {} were trimmed; go on from {} "
                  "and read what is missing from GET /api/messages\",\"statusCode\":410,\"oldest\":{}}}",
                  after.value, journal.oldest().value, journal.oldest().value));
}

EventPoll::EventPoll(Tail& tail, journal::Journal& journal, EventFilter filter, model::Seq after, std::size_t limit,
                     std::chrono::seconds wait, Pass pass)
    : tail_(tail),
      journal_(journal),
      follower_(tail),
      filter_(std::move(filter)),
      after_(after),
      limit_(limit),
      pass_(std::move(pass)) {
  until = std::chrono::steady_clock::now() + wait;
}

bool EventPoll::answer(Response& response, bool last) {
  std::string data;
  std::size_t count = 0;
  for (int round = 0; round < kMostRounds && count < limit_ && data.size() < kMostBytes; ++round) {
    const auto events = tail_.read(after_, round == 0 ? std::min(limit_, kMostARead) : kMostARead);
    if (!events) {
      put_answer(response, events.error().code == Code::gapped ? gone(journal_, after_) : failure(events.error()));
      return true;
    }
    if (events->empty()) break;
    for (const auto& event : *events) {
      if (count == limit_ || data.size() >= kMostBytes) break;
      if (filter_.wants(event->event())) {
        if (count++ > 0) data.push_back(',');
        data += model::to_json(event->event());
      } else if (count == 0) {
        ++passed_over_;
      }
      after_ = event->event().seq;
    }
  }
  if (count == 0 && !last) return false;
  if (count == 0 && pass_ && passed_over_ >= kWorthKeeping) {
    if (const auto kept = pass_(std::min(after_, journal_.head())); !kept) {
      put_answer(response, failure(kept.error()));
      return true;
    }
  }
  put_answer(response, with_body(200, kJson,
                                 fmt::format("{{\"success\":true,\"data\":[{}],\"next\":{},\"oldest\":{},\"head\":{}}}",
                                             data, after_.value, journal_.oldest().value, tail_.head().value)));
  return true;
}

}  // namespace tg::api
