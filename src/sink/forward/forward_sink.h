#pragma once
// Sends on to another chat what a rule matched, each message once: before Telegram is asked the journal has it that it
// was begun, and afterwards what came of it. One that was begun and never ended (the program was killed) is looked for
// in the destination before it is sent again. Messages that rules redacted stay here: Telegram would send the original.

#include <functional>

#include "journal/journal.h"
#include "pipeline/intake.h"
#include "rules/forwarding.h"
#include "sink/rule_events.h"
#include "sink/sink.h"

namespace tg::sink {

class ForwardSink : public Sink {
 public:
  // As source::Control::forward().
  using Send = std::function<Result<model::MessageId>(const rules::Forwarding& order)>;

  // The parts must outlive it.
  ForwardSink(std::string name, RuleEvents events, rules::ForwardTo to, journal::Journal& journal,
              pipeline::Intake& intake, Send send);

  const std::string& name() const override { return name_; }
  bool wants(const model::Event& event) const override { return events_.call_for(event); }
  Result<Resume> open(const std::stop_token&) override { return Resume{}; }
  Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override;
  void close() override {}

 private:
  // False: whether it is to be sent is not known yet.
  Result<bool> forward(const model::Message& message, const std::stop_token& stop);
  Result<void> note(const model::Message& message, model::MessageId sent);
  Result<void> take_back(const model::Message& message);

  const std::string name_;
  const RuleEvents events_;
  const rules::ForwardTo to_;
  journal::Journal& journal_;
  pipeline::Intake& intake_;
  const Send send_;
};

}  // namespace tg::sink
