#pragma once
// What all large request bodies, or all large answers, may hold in memory together. Any thread.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tg::api {

struct Budget {
  std::int64_t small;  // bytes: what is not larger never counts; the number of connections bounds it
  std::int64_t limit;  // bytes
  std::atomic<std::int64_t> used{0};
};

// One connection's part of a budget; given back when it dies.
class Reservation {
 public:
  explicit Reservation(Budget& budget) : budget_(budget) {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() { free(); }

  // Holds `bytes` in all from now on. False: the budget has no room for them, and what was held is held on. What is
  // larger than the whole budget passes while nobody else holds any.
  bool grow(std::size_t bytes) {
    const auto wanted = static_cast<std::int64_t>(bytes);
    if (wanted <= budget_.small || wanted <= held_) return true;
    const auto more = wanted - held_;
    const auto used = budget_.used += more;
    if (used > budget_.limit && used > wanted) {
      budget_.used -= more;
      return false;
    }
    held_ = wanted;
    return true;
  }
  void free() {
    budget_.used -= held_;
    held_ = 0;
  }

 private:
  Budget& budget_;
  std::int64_t held_ = 0;
};

}  // namespace tg::api
