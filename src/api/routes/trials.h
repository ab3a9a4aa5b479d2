#pragma once
// Trials of rules take a worker for seconds, so one runs at a time. Whoever types sends the same name with each try: a
// later one ends the earlier, and waits for its place. Any thread.

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>

namespace tg::api {

class Trials {
 public:
  // The place of one trial, given back by its end.
  class Place {
   public:
    Place(Trials& trials, const std::string& name);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    bool got() const { return got_; }
    // Requested when a later trial of this name waits.
    std::stop_token ended() const { return stop_.get_token(); }

   private:
    Trials& trials_;
    std::stop_source stop_;
    bool got_ = false;
  };

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
  std::string name_;  // of the one that runs; empty = it cannot be ended
  std::stop_source running_;
};

}  // namespace tg::api
