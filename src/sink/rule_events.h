#pragma once
// Which events a rule calls for, as the readers of rules ask it. One thread.

#include <memory>
#include <optional>
#include <string>

#include "model/event.h"
#include "rules/live.h"

namespace tg::sink {

// The message of an event; nothing where there is none (facts of a chat, counters alone, a deletion of what was never
// seen).
std::optional<model::Message> message_of(const model::Event& event);

class RuleEvents {
 public:
  // `tally`: null where somebody else counts what this rule matches.
  RuleEvents(std::shared_ptr<const rules::Matcher> matcher, std::shared_ptr<rules::Tally> tally)
      : matcher_(std::move(matcher)), tally_(std::move(tally)) {}

  const rules::Rule& rule() const { return matcher_->rule(); }
  // An alert or a forward is due.
  bool call_for(const model::Event& event) const;
  void count(std::size_t done) const;

 private:
  std::shared_ptr<const rules::Matcher> matcher_;
  std::shared_ptr<rules::Tally> tally_;
};

}  // namespace tg::sink
