#pragma once
// Durations that were seen, and what is said of them.

#include <algorithm>
#include <boost/json/object.hpp>
#include <chrono>
#include <vector>

namespace tg::bench {

class Figures {
 public:
  void add(std::chrono::nanoseconds took) { us_.push_back(static_cast<double>(took.count()) / 1'000); }

  boost::json::object to_json() {
    if (us_.empty()) return {{"count", 0}};
    std::sort(us_.begin(), us_.end());
    double sum = 0;
    for (const double us : us_) sum += us;
    return {{"count", us_.size()}, {"mean_us", sum / static_cast<double>(us_.size())},
            {"p50_us", at(0.5)},   {"p90_us", at(0.9)},
            {"p99_us", at(0.99)},  {"max_us", us_.back()}};
  }

 private:
  double at(double part) const {
    return us_[std::min(us_.size() - 1, static_cast<std::size_t>(part * static_cast<double>(us_.size())))];
  }

  std::vector<double> us_;
};

}  // namespace tg::bench
