#pragma once
// A few threads for what blocks (the store), behind a bounded queue: full means no, at once, never later.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tg::api {

class Workers {
 public:
  Workers(std::size_t threads, std::size_t max_waiting);
  ~Workers();  // finishes what waits

  bool submit(std::function<void()> job);
  void stop();

 private:
  void run();

  const std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tg::api
