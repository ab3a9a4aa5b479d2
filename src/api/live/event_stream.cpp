#include "api/live/event_stream.h"

#include <boost/json/serialize.hpp>

namespace tg::api {

std::string unreadable(model::Seq after, const Error& error) {
  return fmt::format("event: unavailable\ndata: {}\n\n", boost::json::serialize(boost::json::object{
                                                             {"after", after.value}, {"message", error.to_string()}}));
}

Stream::Next EventStream::pull(std::string& out, std::size_t budget, bool may_block) {
  if (!greeted_) {
    greeted_ = true;
    out += "retry: 2000\n: following\n\n";
  }
  constexpr std::size_t kMost = 256;
  // Bounded also where the filter takes nothing: a worker is not kept busy with a whole journal at once.
  for (int round = 0; round < 8 && out.size() < budget; ++round) {
    TailEvents events;
    if (may_block) {
      auto read = tail_.read(after_, kMost);
      if (!read && read.error().code != Code::gapped) {
        out += unreadable(after_, read.error());
        return Next::ended;
      }
      if (!read) {
        out +=
            fmt::format("event: gone\ndata: {{\"after\":{},\"message\":\"events behind this one were trimmed\"}}\n\n",
                        after_.value);
        return Next::ended;
      }
      events = std::move(*read);
    } else {
      auto found = tail_.newer(after_, kMost);
      if (!found) return out.empty() ? Next::blocked : Next::written;
      events = std::move(*found);
    }
    if (events.empty()) return out.empty() ? Next::idle : Next::written;
    for (const auto& event : events) {
      if (out.size() >= budget) break;
      if (filter_.wants(event->event())) out += event->sse();
      after_ = event->event().seq;
    }
  }
  // A comment moves a reader with a narrow filter on, so that this is called again.
  if (out.empty()) out += ":\n\n";
  return Next::written;
}

void EventStream::heartbeat(std::string& out) { out += ": alive\n\n"; }

}  // namespace tg::api
