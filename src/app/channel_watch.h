#pragma once
// Are channels told in time, and is a silence real? Sets the gauges, logs a channel that has become late or silent,
// and has one that is silent for longer than usual asked for at the server: no oftener than that, and nothing else is
// believed. look() in one thread; the rest any thread.

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "journal/journal.h"
#include "journal/silence.h"
#include "observe/lag.h"
#include "observe/metrics.h"

namespace tg::app {

class ChannelWatch {
 public:
  struct Parts {
    journal::Journal& journal;
    const observe::Lag& lag;
    observe::Metrics& metrics;
    std::chrono::seconds alarm{120};  // a lag above it is an alarm
    bool all = false;                 // channels that are not in the registry are captured, too
    std::function<Result<void>(const std::vector<model::ChatId>&)> ask;  // the server; not set: nobody can
  };

  explicit ChannelWatch(Parts parts) : parts_(std::move(parts)) {}

  // `captures`: while nothing is captured, what is silent is not known.
  void look(model::Time now, bool captures);

  // How many channels are late and by how much, without their names: /health needs no token. Empty = none.
  std::string alarm() const;
  // What the server has confirmed.
  std::vector<journal::Silence> silences() const;

 private:
  void look_at_lag(model::Time now);
  void look_at_silence(model::Time now);

  const Parts parts_;
  journal::Pauses pauses_;
  std::unordered_map<model::ChatId, model::Time> asked_;
  std::set<model::ChatId> late_;
  mutable std::mutex mutex_;
  std::string alarm_;
  std::vector<journal::Silence> silences_;
};

}  // namespace tg::app
