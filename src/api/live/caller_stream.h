#pragma once
// A stream that a session opened ends with the session, within a second. That somebody follows it counts as use.

#include "api/access/sessions.h"
#include "api/http/stream.h"

namespace tg::api {

class SessionStream final : public Stream {
 public:
  SessionStream(std::unique_ptr<Stream> stream, Sessions& sessions, std::string_view cookie)
      : stream_(std::move(stream)), sessions_(sessions), cookie_(cookie) {}

  Next pull(std::string& out, std::size_t budget, bool may_block) override {
    if (const auto now = Sessions::Clock::now(); now >= look_at_) {
      if (!sessions_.find(cookie_, now)) return Next::ended;
      look_at_ = now + std::chrono::seconds(1);
    }
    return stream_->pull(out, budget, may_block);
  }
  void heartbeat(std::string& out) override { stream_->heartbeat(out); }
  std::optional<std::uint64_t> size() const override { return stream_->size(); }

 private:
  const std::unique_ptr<Stream> stream_;
  Sessions& sessions_;
  const std::string cookie_;
  Sessions::Clock::time_point look_at_{};
};

}  // namespace tg::api
