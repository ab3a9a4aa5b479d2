#pragma once
// Tells a web hook what a rule matched: POST of {"rule":{"id","name"},"events":[…]}, an event as every reader gets it
// with its key, by which a receiver knows one that comes twice. Addresses of private networks only where that is
// allowed.

#include "sink/poster.h"
#include "sink/rule_events.h"
#include "sink/sink.h"

namespace tg::sink {

class WebhookAlert : public Sink {
 public:
  WebhookAlert(std::string name, RuleEvents events, Poster::Options to);

  const std::string& name() const override { return name_; }
  bool wants(const model::Event& event) const override { return events_.call_for(event); }
  Result<Resume> open(const std::stop_token&) override { return Resume{}; }
  Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override;
  void close() override { poster_.close(); }

 private:
  std::string body_of(std::span<const model::Event> events) const;

  const std::string name_;
  const RuleEvents events_;
  const std::string host_;
  Poster poster_;
  std::size_t suspects_ = 0;  // so many go one by one: together they were refused
};

}  // namespace tg::sink
