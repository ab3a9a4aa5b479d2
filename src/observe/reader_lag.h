#pragma once
// How far each reader of the journal was behind over the last 24 hours: of every minute that was looked at, the worst.
// At most kMostReaders are remembered, the one that was told of last goes on longest. Any thread. Lost at restart, as a
// gauge is.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"

namespace tg::observe {

class ReaderLag {
 public:
  static constexpr std::size_t kMinutes = 24 * 60;
  static constexpr std::size_t kMostReaders = 64;  // some 35 KB each

  struct Point {
    model::Time at;  // start of its minute
    std::int64_t events = 0;
    double seconds = 0;
  };

  void note(std::string_view reader, std::int64_t events, double seconds, model::Time now);
  // Oldest first; minutes in which nobody looked are left out. Empty: nothing is known of this reader.
  std::vector<Point> since(std::string_view reader, model::Time from, model::Time now) const;

 private:
  struct Ring {
    std::vector<Point> points = std::vector<Point>(kMinutes);
    model::Time told_at;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Ring, std::less<>> rings_;
};

}  // namespace tg::observe
