#pragma once
// Where events go besides the journal, as the configuration says: a sink and its runner each.

#include <memory>
#include <vector>

#include "api/api.h"
#include "app/database.h"
#include "config/config.h"
#include "sink/redis/dedup.h"
#include "sink/runner.h"

namespace tg::app {

api::Reader shown(const sink::Runner& runner, observe::Metrics& metrics);
Result<void> ask(sink::Runner& runner, const api::ReaderRequest& request);

class Destinations {
 public:
  // Reads the secrets' files; reaches nothing yet. The parts must outlive it.
  // `passes`: whether rules leave an event to the destination of that name; the runners' threads.
  using Passes = std::function<bool(const std::string& name, const model::Event& event)>;
  static Result<std::unique_ptr<Destinations>> make(const config::Config& config, sink::Runner::Parts parts,
                                                    Passes passes, OnStored on_stored);

  void start();
  void stop();                             // before the intake stops
  std::vector<std::string> names() const;  // those that rules may route to; any thread
  std::vector<api::Reader> readers() const;
  // Waits until this destination has everything up to there; false: not in time, or there is none of this name.
  bool wait_delivered(const std::string& name, model::Seq seq, std::chrono::milliseconds patience) const;
  model::Seq delivered(const std::string& name) const;  // 0 = nothing, or not known yet
  // These entries of the quarantine go out once more; false: there is no destination of this name.
  bool retry_refused(const std::string& name, const std::vector<std::int64_t>& entries);
  Result<void> ask_reader(const api::ReaderRequest& request);  // not_found: as above
  // Tells the cache what a consumer has processed; returns at once.
  void marked(const std::string& consumer, std::span<const model::MessageKey> keys);

 private:
  struct Planned {
    std::unique_ptr<sink::Sink> sink;
    sink::Runner::Options options;
  };

  Destinations(sink::Runner::Parts parts, Passes passes) : parts_(parts), passes_(std::move(passes)) {}
  Result<void> add_redis(const config::Config& config);
  // One that rules may keep events from. What stores and caches hold must be whole.
  void add_routed(std::unique_ptr<sink::Sink> sink, sink::Runner::Options options);

  sink::Runner::Parts parts_;
  Passes passes_;
  std::vector<std::string> names_;
  std::vector<Planned> planned_;
  std::vector<std::unique_ptr<sink::Runner>> runners_;
  std::unique_ptr<redis::Dedup> dedup_;
};

}  // namespace tg::app
