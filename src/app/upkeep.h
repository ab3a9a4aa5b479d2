#pragma once
// Once a second: is the disk fine, does the writer commit, do the sources run; more slowly: how much is missing, are
// channels late or silent. Keeps health and gauges true, and tells systemd. A thread of its own.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "app/channel_watch.h"
#include "app/notifier.h"
#include "journal/journal.h"
#include "observe/health.h"
#include "observe/metrics.h"
#include "pipeline/intake.h"
#include "source/control.h"
#include "source/source.h"

namespace tg::app {

class Upkeep {
 public:
  struct Watched {
    journal::Journal& journal;
    pipeline::Intake& intake;
    observe::Metrics& metrics;
    observe::Health& health;
    std::vector<const source::Source*> sources;
    ChannelWatch& channels;
    const source::Control* control = nullptr;  // of accounts; nullptr: there are none
    // Of events that every store has; nothing: the journal is the store, and keeps them.
    std::optional<std::chrono::hours> keep = {};
  };

  explicit Upkeep(Watched watched);
  ~Upkeep();
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

 private:
  void run();
  bool stops();
  void look(model::Time now);
  void look_at_accounts(model::Time now);
  void count_missing(model::Time now);
  void trim(model::Time now);

  Watched watched_;
  Notifier notifier_;
  std::set<std::string> troubled_;  // accounts that health tells of
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tg::app
