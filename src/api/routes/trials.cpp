#include "api/routes/trials.h"

#include <chrono>

namespace tg::api {

// A trial looks at its token after each message, so it ends at once.
constexpr auto kPatienceWithTrial = std::chrono::seconds(2);

Trials::Place::Place(Trials& trials, const std::string& name) : trials_(trials) {
  std::unique_lock lock(trials_.mutex_);
  if (trials_.taken_) {
    if (name.empty() || trials_.name_ != name) return;
    trials_.running_.request_stop();
    if (!trials_.free_.wait_for(lock, kPatienceWithTrial, [&] { return !trials_.taken_; })) return;
  }
  got_ = trials_.taken_ = true;
  trials_.name_ = name;
  trials_.running_ = stop_;
}

Trials::Place::~Place() {
  if (!got_) return;
  {
    const std::lock_guard lock(trials_.mutex_);
    trials_.taken_ = false;
  }
  trials_.free_.notify_one();
}

}  // namespace tg::api
