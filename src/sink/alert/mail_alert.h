#pragma once
// Sends by mail what a rule matched, at most one mail so often: it holds all that matched since the last one. Nothing
// is summed up in memory alone, so nothing is lost over a crash; at worst a mail comes twice, with the same Message-ID.

#include <chrono>

#include "sink/alert/mail_server.h"
#include "sink/rule_events.h"
#include "sink/sink.h"

namespace tg::sink {

class MailAlert : public Sink {
 public:
  MailAlert(std::string name, RuleEvents events, MailServer server, std::chrono::seconds every);

  const std::string& name() const override { return name_; }
  bool wants(const model::Event& event) const override { return events_.call_for(event); }
  Result<Resume> open(const std::stop_token&) override { return Resume{}; }
  Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override;
  void close() override {}

 private:
  const std::string name_;
  const RuleEvents events_;
  const MailServer server_;
  const std::chrono::seconds every_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace tg::sink
