#pragma once
// A stream ends with the token, and with the session, that opened it, within a second. That somebody follows it counts
// as use.

#include "api/access/sessions.h"
#include "api/access/tokens.h"
#include "api/http/stream.h"

namespace tg::api {

class CallerStream final : public Stream {
 public:
  // `cookie`: empty where the token itself was sent.
  CallerStream(std::unique_ptr<Stream> stream, Sessions& sessions, const Tokens& tokens, std::string_view cookie,
               std::uint64_t token)
      : stream_(std::move(stream)), sessions_(sessions), tokens_(tokens), cookie_(cookie), token_(token) {}

  Next pull(std::string& out, std::size_t budget, bool may_block) override {
    if (const auto now = Sessions::Clock::now(); now >= look_at_) {
      if (!cookie_.empty() && !sessions_.find(cookie_, now)) return Next::ended;
      if (!tokens_.scopes_of(token_, model::Time::now())) return Next::ended;
      look_at_ = now + std::chrono::seconds(1);
    }
    return stream_->pull(out, budget, may_block);
  }
  void heartbeat(std::string& out) override { stream_->heartbeat(out); }
  std::optional<std::uint64_t> size() const override { return stream_->size(); }

 private:
  const std::unique_ptr<Stream> stream_;
  Sessions& sessions_;
  const Tokens& tokens_;
  const std::string cookie_;
  const std::uint64_t token_;
  Sessions::Clock::time_point look_at_{};
};

}  // namespace tg::api
