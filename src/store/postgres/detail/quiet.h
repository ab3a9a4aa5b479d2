#pragma once
// Which polls need not reach the database: a consumer found nothing in a channel when everything up to some event was
// stored, and the journal has committed nothing since that could be offered there. Believed for half a minute: the
// database may be put back to an earlier state, and others may remove consumers. Any thread; bounded.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/event.h"
#include "model/ids.h"

namespace tg::store::postgres {

class Quiet {
 public:
  // What was committed before it began to follow counts as news.
  explicit Quiet(model::Seq head) : unheard_(head) {}

  // The writer's thread of the journal, after each commit.
  void note(const std::vector<model::Event>& events);

  bool nothing_new(const std::string& consumer, const std::vector<model::ChatId>& channels) const;
  // It found nothing when everything up to `stored` was there.
  void found_nothing(const std::string& consumer, const std::vector<model::ChatId>& channels, model::Seq stored);
  void forget(const std::string& consumer);  // something is offered to it again

 private:
  using Clock = std::chrono::steady_clock;
  struct Empty {
    model::Seq stored;
    Clock::time_point seen_at;
  };
  static constexpr std::chrono::seconds kBelieved{30};
  static constexpr std::size_t kMostChannels = 100'000;
  static constexpr std::size_t kMostConsumers = 10'000;

  mutable std::mutex mutex_;
  model::Seq unheard_;
  std::unordered_map<model::ChatId, model::Seq> news_;  // newest event that offers something
  std::map<std::string, std::unordered_map<model::ChatId, Empty>> empty_;
};

}  // namespace tg::store::postgres
