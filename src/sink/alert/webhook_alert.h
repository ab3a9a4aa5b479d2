#pragma once
// Tells web hooks what a rule matched: POST of {"rule":{"id","name"},"events":[…]}, an event as every reader gets it
// with its key, by which a receiver knows one that comes twice. Addresses of private networks only where that is
// allowed.

#include <vector>

#include "sink/poster.h"
#include "sink/rule_events.h"
#include "sink/sink.h"

namespace tg::sink {

class WebhookAlert : public Sink {
 public:
  struct Options {
    std::string user_agent;
    bool allow_private = false;
  };

  WebhookAlert(std::string name, RuleEvents events, const Options& options);

  const std::string& name() const override { return name_; }
  bool wants(const model::Event& event) const override { return events_.call_for(event); }
  Result<Resume> open(const std::stop_token&) override { return Resume{}; }
  Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop) override;
  void close() override;

 private:
  std::string body_of(std::span<const model::Event> events) const;

  const std::string name_;
  const RuleEvents events_;
  std::vector<std::unique_ptr<Poster>> posters_;
  std::vector<std::string> hosts_;
};

}  // namespace tg::sink
