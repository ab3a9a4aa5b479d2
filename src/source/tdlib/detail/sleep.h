#pragma once
// Sleeping that ends at once when somebody asks it to.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace tg::tdlib {

// False: stop was requested.
inline bool sleep_until(std::chrono::steady_clock::time_point at, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, at, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace tg::tdlib
