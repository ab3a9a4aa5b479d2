#pragma once
// Answers that are not there yet. Nothing is buffered for a reader: each asks for its next bytes when its socket has
// taken the last ones, so a slow reader costs what it costs when idle, and one that takes nothing is cut.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tg::api {

struct Response;

class Stream {
 public:
  enum class Next {
    written,  // something was appended; ask again when it is sent
    idle,     // nothing for now; ask again after a wake
    blocked,  // the next bytes need the store: ask again on a worker
    ended,    // what was appended is the last
  };

  virtual ~Stream() = default;
  // Appends at most about `budget` bytes. May touch the store only if `may_block`.
  virtual Next pull(std::string& out, std::size_t budget, bool may_block) = 0;
  // What shows the reader that the line lives.
  virtual void heartbeat(std::string& out) = 0;
  // Bytes in all, where they are known: they go out as they are, behind a Content-Length.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

class LongPoll {
 public:
  virtual ~LongPoll() = default;
  // Network thread, cheap: is there anything newer to look at?
  virtual bool ready() = 0;
  // Worker. True: `response` is the answer. `last`: the time is over, an empty answer is one too.
  virtual bool answer(Response& response, bool last) = 0;
  std::chrono::steady_clock::time_point until;
};

}  // namespace tg::api
