#pragma once
// Fetches that a person or the predecessor's history worker asked for: one at a time, on a thread of its own, going on
// after the request that started it has been answered.

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/api.h"

namespace tg::api {

class Syncs {
 public:
  struct Channel {
    model::ChatId peer;
    std::string label;
    std::int64_t synced = 0;
  };
  struct Progress {
    std::string job;
    std::int64_t synced = 0, saved = 0;
    std::vector<Channel> channels;
    bool completed = false;
    model::Time started_at, finished_at;
    std::string error;
  };

  // `wake` is called whenever progress was made.
  // A fetch that brings nothing more for `quiet` is over, whatever is missing still.
  Syncs(const Parts& parts, std::chrono::milliseconds quiet, std::function<void()> wake)
      : parts_(parts), quiet_(quiet), wake_(std::move(wake)) {}
  ~Syncs() { stop(); }

  // Starts a fetch, or joins the one of the same channels that runs (empty: all); its job. Does not wait.
  // Code::conflict names the job where one of other channels runs.
  Result<std::string> begin(std::vector<model::ChatId> channels);
  // Of the running fetch or one of the last.
  std::optional<Progress> progress(const std::string& job) const;
  std::vector<Job> jobs() const;
  void stop();

 private:
  struct Found {
    std::int64_t synced = 0, saved = 0;
  };
  struct Look {
    model::Seq counted_to;  // events up to here are counted
    std::map<model::ChatId, Found> found;
    std::int64_t missing = 0;  // ids that coverage does not account for
  };
  void work(const std::vector<model::ChatId>& channels);
  Result<void> look(Look& look, const std::vector<model::ChatId>& channels);

  static constexpr std::size_t kJobsKept = 20;
  static constexpr std::chrono::seconds kLongest{600};

  const Parts& parts_;
  const std::chrono::milliseconds quiet_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
  bool running_ = false, stopping_ = false;
  std::uint64_t number_ = 0;
  std::vector<model::ChatId> channels_;  // of the running one, in order
  Progress now_;
  std::vector<Progress> past_;
};

}  // namespace tg::api
