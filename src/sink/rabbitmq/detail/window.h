#pragma once
// What was published and is not confirmed yet, in order. Tags are the broker's: 1, 2, 3 … since confirms were switched
// on.

#include <cstdint>
#include <deque>
#include <optional>

namespace tg::sink::rabbitmq {

class Window {
 public:
  // The next tag; `index` and `bytes` are for the caller.
  void sent(std::size_t index, std::size_t bytes);
  // One tag, or all up to it. False: it was never sent.
  bool confirm(std::uint64_t tag, bool multiple);

  bool empty() const { return open_.empty(); }
  std::size_t size() const { return open_.size(); }  // from the lowest unconfirmed on
  std::optional<std::size_t> lowest() const;         // index of the first that is not confirmed
  std::size_t largest() const;                       // bytes, of those that are not confirmed

 private:
  struct Sent {
    std::size_t index = 0, bytes = 0;
    bool confirmed = false;
  };
  std::deque<Sent> open_;    // begins with one that is not confirmed
  std::uint64_t first_ = 1;  // its tag
};

}  // namespace tg::sink::rabbitmq
