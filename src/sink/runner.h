#pragma once
// Feeds one sink from the journal, in a thread of its own.
//
//   journal ──▶ [ a batch that the sink wants ] ──▶ deliver ──▶ cursor (about once a second, and at the end)
//                                                     │ refused ──▶ quarantine
//                                                     ├ trouble ──▶ pause, open again, go on at the first that is not
//                                                     │             done
//                                                     └ a pause alone ──▶ the same, without opening again
//
// At least once, in order: after a crash what was delivered since the cursor was written comes again, with the same
// keys. The pause grows from 0.1 to 5 s, with jitter, where the sink asks for no other. What was trimmed before it was
// delivered is said once, loudly, and the sink goes on at the oldest event; it is remembered until a person accepts it.
// A person may park it: it delivers nothing until it is resumed, also after a restart.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "journal/journal.h"
#include "journal/passages.h"
#include "journal/reader_marks.h"
#include "observe/health.h"
#include "observe/metrics.h"
#include "pipeline/intake.h"
#include "sink/sink.h"

namespace tg::sink {

class Runner {
 public:
  struct Options {
    std::size_t max_batch = 500;  // events
    bool required = false;        // trimming waits for it
    // Where a sink that was never there before begins; otherwise at what was the end when its runner was made.
    bool from_oldest = false;
    // What a person may ask of it. Parking, where nothing else waits for what it has; sending again, where whoever
    // receives it knows an event by its key.
    bool may_park = false, may_resend = false;
    // Besides what the sink itself wants, e.g. rules that route elsewhere; not set: all pass. The runner's thread.
    std::function<bool(const model::Event&)> passes = {};
    std::chrono::milliseconds first_pause{100}, longest_pause{5'000};
  };

  struct State {
    bool up = false;                        // opened, and a delivery or a look at it went well since
    std::optional<journal::Missed> missed;  // was trimmed before it was delivered, and no person accepted it yet
    model::Time parked_at;                  // 0 = it is not parked
    std::string last_error;                 // of the last trouble; stays when it is over
    model::Time trouble_at;                 // when that was
    model::Time next_try_at;                // 0 = none is waited for
    model::Seq delivered;                   // everything up to here
  };

  struct Parts {
    journal::Journal& journal;
    pipeline::Intake& intake;
    observe::Metrics& metrics;
    observe::Health& health;
  };

  // The parts must outlive it. Starts its thread at once.
  Runner(std::unique_ptr<Sink> sink, Parts parts, Options options);
  ~Runner();  // stops
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  void stop();  // ends the delivery that goes on, writes the cursor; before the intake stops
  void request_stop() { thread_.request_stop(); }  // the same, without waiting for it
  const std::string& name() const;
  State state() const;
  std::shared_ptr<const journal::Passages> passages() const { return passages_; }
  // Delivers these entries of the quarantine once more, one after the other between what is new; returns at once. One
  // that is taken leaves the quarantine; one that is refused again counts a try more; trouble leaves it as it was.
  void retry_refused(const std::vector<std::int64_t>& entries);
  void try_now();  // ends the pause that it rests in, if it does
  // Until resume() nothing is delivered; what waits is kept as long as the journal keeps events. Writes to the journal.
  Result<void> park();
  Result<void> resume();
  // Delivers everything behind `from` once more, with the same keys. Goes on from its old place after a restart.
  Result<void> resend(model::Seq from);
  Result<void> accept_missed();  // a person has seen it; what is missed from now on is told again
  const Options& options() const { return options_; }
  // Waits until everything up to `seq` is delivered.
  bool wait_delivered(model::Seq seq, std::chrono::milliseconds patience) const;

 private:
  void run(const std::stop_token& stop);
  Result<void> begin();
  Result<void> open(const std::stop_token& stop);
  Result<bool> step(const std::stop_token& stop);  // false: nothing was there
  Result<void> deliver(const std::vector<model::Event>& events, const std::stop_token& stop);
  Result<void> retry(std::int64_t entry, const std::stop_token& stop);
  Result<void> refused_again(std::int64_t entry, const std::string& reason);
  std::optional<std::int64_t> next_to_retry();
  void rest(std::chrono::milliseconds pause, const std::stop_token& stop);
  Result<void> set_parked(model::Time at);
  bool parked() const;
  void stay_parked(const std::stop_token& stop);
  void go_back_if_asked();
  // Where to go on: past what was trimmed, which is said.
  model::Seq past_trimmed(model::Seq at);
  Result<void> set_aside(const model::Event& event, const Refused& refused);
  void moved_to(model::Seq seq);
  void save_cursor(bool wait);
  void tell_lag();
  void tell(bool up, const std::optional<Error>& trouble, std::chrono::milliseconds pause);

  const std::unique_ptr<Sink> sink_;
  const Parts parts_;
  const Options options_;

  mutable std::mutex mutex_;
  mutable std::condition_variable_any moved_;
  State state_;
  std::deque<std::int64_t> to_retry_;
  std::optional<model::Seq> resend_from_;
  bool resting_ = false, hurry_ = false;
  const std::shared_ptr<journal::Passages> passages_ = std::make_shared<journal::Passages>();

  // The thread's own.
  const model::Seq began_;  // the journal's head when this was made
  bool has_begun_ = false;
  bool has_place_ = false;  // at_ counts, not the cursor
  model::Seq at_, saved_;
  std::chrono::steady_clock::time_point saved_at_;
  std::chrono::milliseconds asked_pause_{0};  // by the last delivery

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace tg::sink
