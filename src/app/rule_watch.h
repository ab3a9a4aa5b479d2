#pragma once
// Rules as the running gateway has them: kept in the journal, asked by the destinations which events are theirs, and
// with a reader of the journal of its own for every target of a rule that alerts or forwards.
//
//   journal ──▶ alert:7:…   ──▶ a web hook
//           ──▶ mail:7:…    ──▶ an e-mail address
//           ──▶ forward:9:… ──▶ a Telegram chat, by an account that may write
//
// Any thread. A change of the rules stops the readers that it touches and starts others.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/api.h"
#include "config/config.h"
#include "pipeline/rulebook.h"
#include "sink/runner.h"
#include "source/control.h"
#include "store/store.h"

namespace tg::app {

class RuleWatch {
 public:
  struct Parts {
    sink::Runner::Parts runner;
    store::Store& store;
    rules::Live& live;
    source::Control* control;  // nullptr: nothing can be forwarded
    std::function<std::vector<std::string>()> destinations;
  };

  // Reads the rules and the secrets' files. The parts must outlive it.
  static Result<std::unique_ptr<RuleWatch>> make(const config::Config& config, Parts parts);
  ~RuleWatch();  // stops
  RuleWatch(const RuleWatch&) = delete;
  RuleWatch& operator=(const RuleWatch&) = delete;

  pipeline::Rulebook& rulebook() { return *rulebook_; }
  // Whether rules leave an event to this destination.
  bool passes(const std::string& destination, const model::Event& event) const;

  void start();
  void stop();  // before the intake stops, and what it forwards by
  std::vector<api::Reader> readers() const;
  // These entries of the quarantine go out once more; false: there is no reader of this name.
  bool retry_refused(const std::string& name, const std::vector<std::int64_t>& entries);
  Result<void> ask_reader(const api::ReaderRequest& request);  // not_found: as above

 private:
  struct Reader {
    std::string rule;  // as JSON: another one needs another reader
    std::unique_ptr<sink::Runner> runner;
  };

  RuleWatch(const config::Config& config, Parts parts);
  void look();  // at which readers there have to be
  void tell_troubles();
  // Nothing: the rule does not compile.
  std::unique_ptr<sink::Sink> sink_for(const pipeline::Target& target, const rules::Rule& rule) const;
  void end(std::map<std::string, Reader> readers);
  Result<model::MessageId> forward(const rules::Forwarding& order) const;
  // What an event tells, or is about; nothing where it is about no message, or that is not known.
  std::optional<model::Message> content_of(const model::Event& event) const;

  const config::Config config_;
  const Parts parts_;
  std::string smtp_password_;
  std::unique_ptr<pipeline::Rulebook> rulebook_;
  std::mutex looking_;  // one look after the other; before mutex_
  mutable std::mutex mutex_;
  bool running_ = false;
  std::map<std::string, Reader> readers_;  // by name
};

}  // namespace tg::app
