#pragma once
// Fetches that a person or the predecessor's history worker asked for: one at a time, on a thread of its own, going on
// after the request that started it has been answered. What a fetch does: routes/fetch.h.

#include <boost/json/array.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/routes/fetch.h"

namespace tg::api {

class Syncs {
 public:
  struct Progress {
    std::string job;
    std::int64_t synced = 0, saved = 0;
    std::vector<FetchedChannel> channels;
    bool completed = false;  // it has ended, well or not
    bool cancelled = false;
    model::Time started_at, finished_at;
    model::Time wait_until;  // Telegram lets it wait until then; 0 = it does not
    std::string error;       // of one that has ended: empty where every channel is done
  };

  // `wake` is called whenever progress was made. `quiet`: of each fetch.
  Syncs(const Parts& parts, std::chrono::milliseconds quiet, std::function<void()> wake)
      : parts_(parts), quiet_(quiet), wake_(std::move(wake)) {}
  ~Syncs() { stop(); }

  // Starts a fetch, or joins the one of the same channels that runs (empty: all); its job. Does not wait.
  // Code::conflict names the job where one of other channels runs.
  Result<std::string> begin(std::vector<model::ChatId> channels);
  // Of the running fetch or one of the last.
  std::optional<Progress> progress(const std::string& job) const;
  std::vector<Job> jobs() const;
  // Ends the running fetch; what it found stays. Code::not_found where there is no such job, conflict where it is over.
  Result<void> cancel(const std::string& job);
  void stop();

 private:
  using Labels = std::map<model::ChatId, std::string>;

  void work(const std::vector<model::ChatId>& channels);
  void publish(const Fetch& fetch, Labels& labels);
  void finish(const Result<bool>& ended);
  Labels labels_of(const std::vector<FetchedChannel>& channels) const;

  static constexpr std::size_t kJobsKept = 20;

  const Parts& parts_;
  const std::chrono::milliseconds quiet_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
  bool running_ = false, stopping_ = false, cancelled_ = false;
  std::uint64_t number_ = 0;
  std::vector<model::ChatId> channels_;  // of the running one, in order
  Progress now_;
  std::vector<Progress> past_;
};

// running, done, failed, cancelled.
std::string_view state_of(const Syncs::Progress& progress);
boost::json::array channels_json(const Syncs::Progress& progress);

}  // namespace tg::api
