#pragma once
// How everything stands: verdict, counts, channels, destinations. Computed at most once a second however many ask, and
// shared. latest() is cheap; the others block on the store.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/api.h"
#include "journal/coverage.h"
#include "observe/reader_lag.h"

namespace tg::api {

struct Destination {
  std::string name, kind, last_error;
  std::int64_t behind_events = 0;
  double behind_seconds = 0, rate_per_minute = 0;
  model::Time next_try_at;
  std::string_view state = "ok";          // ok, late, gapped, parked, off
  std::optional<std::int64_t> delivered;  // events, since the program started
  std::optional<journal::Missed> missed;
  model::Time parked_at;
  std::vector<std::string_view> acts;  // what may be asked of it: try-now, park, resume, resend, accept-missed
};

class Board {
 public:
  struct Snapshot {
    std::uint64_t id = 0;      // grows when core, charts or destinations changed
    std::string core;          // members of the overview that change often, without braces
    std::string charts;        // members days and perMinute
    std::string destinations;  // an array
    std::string jobs;          // an array
    std::string capture;       // running, stopped, signed_out, none
    std::int64_t missing = 0;
    std::int64_t messages = 0, channels = 0;
    model::Time proven_at;  // newest proof
  };

  using Jobs = std::function<std::vector<Job>()>;
  Board(const Options& options, const Parts& parts, model::Time started, Jobs jobs);

  Result<std::shared_ptr<const Snapshot>> fresh();
  std::shared_ptr<const Snapshot> latest() const { return std::atomic_load(&latest_); }
  // Why there is no newer one than latest(), which may be of any age then; nothing while there is.
  std::shared_ptr<const Error> failure() const { return std::atomic_load(&failure_); }

  // GET …/overview: ours and the predecessor's members.
  Result<std::string> overview();
  // GET …/channels: ChannelRows.
  Result<std::string> channel_rows(int px);

  static constexpr std::chrono::milliseconds kEvery{1'000};

  // Looks how far the readers are, when nobody else does.
  void note_lags();
  const observe::ReaderLag& lags() const { return lags_; }

  // Somebody who wants it fresh every second.
  class Watcher {
   public:
    explicit Watcher(Board& board) : board_(board) { ++board_.watchers_; }
    ~Watcher() { --board_.watchers_; }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

   private:
    Board& board_;
  };
  bool watched() const { return watchers_ > 0; }

 private:
  using Steady = std::chrono::steady_clock;

  struct Input {
    model::Time now;
    std::vector<store::Chat> chats;
    std::map<model::ChatId, journal::ChatCoverage> coverage;
    std::map<model::ChatId, std::array<std::int64_t, 24>> last_day;
    std::vector<journal::DayHoles> holes;
    std::vector<Destination> destinations;
    std::vector<NamedSource> sources;
    std::map<model::ChatId, observe::Late> lags;
    std::map<model::ChatId, journal::Silence> silences;
    std::int64_t quarantined = 0;
  };
  Result<Input> read();
  Result<std::vector<Destination>> destinations(journal::Connection& db, model::Time now);
  double rate_of(const std::string& name, model::Seq seq, model::Time now);

  boost::json::object core_of(const Input& input, Snapshot& snapshot) const;
  boost::json::object capture_of(const Input& input) const;
  boost::json::object verdict_of(const Input& input, const boost::json::object& totals, std::string_view capture) const;
  boost::json::object totals_of(const Input& input) const;
  boost::json::object figures_of(const Input& input) const;
  boost::json::array attention_of(const Input& input, std::string_view capture) const;
  void add_late_and_silent(const Input& input, boost::json::array& out) const;
  boost::json::object charts_of(const Input& input) const;
  model::Time stale_before(model::Time now) const;

  struct Position {
    model::Seq seq;
    model::Time at;
    double rate = 0;
  };

  const Options& options_;
  const Parts& parts_;
  const model::Time started_;
  const Jobs jobs_;
  std::atomic<int> watchers_{0};
  std::mutex mutex_;
  Steady::time_point made_{};
  std::shared_ptr<const Input> input_;  // of the latest snapshot
  std::shared_ptr<const Snapshot> latest_;
  std::shared_ptr<const Error> failure_;
  std::string overview_;
  std::uint64_t overview_of_ = 0;
  Steady::time_point overview_made_{};
  std::map<int, std::pair<Steady::time_point, std::string>> rows_;  // by px
  std::map<std::string, Position> positions_;
  observe::ReaderLag lags_;
};

std::string kind_of_reader(const std::string& name);  // store, search, database, cache, broker, webhook, rule
boost::json::object destination_json(const Destination& destination);
boost::json::object job_json(const Job& job);
boost::json::object imported_json(const Imported& counts);

}  // namespace tg::api
