#pragma once
// How many messages a consumer holds unmarked. Counting them costs as much as there are, so they are counted anew only
// when half of the room that was left has been served since. Too high in between, as marks are not subtracted; polls of
// one consumer at the same time may together go past the bound by their batches. Any thread.

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "model/result.h"

namespace tg::store {

class Unmarked {
 public:
  explicit Unmarked(std::size_t most) : most_(most) {}

  // How many are held; may stop at `most`.
  using Count = std::function<Result<std::int64_t>(std::size_t most)>;
  // How many more the consumer may be served; 0 only of an exact count.
  Result<std::size_t> room(const std::string& consumer, const Count& count);
  void served(const std::string& consumer, std::size_t count);  // for the first time
  void forget(const std::string& consumer);

 private:
  struct Known {
    std::size_t room_counted = 0, served_since = 0;
  };

  const std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, Known> consumers_;
};

}  // namespace tg::store
