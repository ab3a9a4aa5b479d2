#include "sink/alert/webhook_alert.h"

#include "model/message_json.h"

namespace tg::sink {
namespace {

constexpr std::size_t kMostAtOnce = 20;  // events a request

// Nothing: it has them.
std::optional<Error> trouble_of(const Result<Answer>& answer, const std::string& host) {
  if (!answer) return Error{answer.error().code, fmt::format("{}: {}", host, answer.error().what), answer.error().fix};
  if (answer->status >= 200 && answer->status < 300) return std::nullopt;
  // What it will never take is for a person to look at; all else may pass.
  const bool never = answer->status >= 400 && answer->status < 500 && answer->status != 408 && answer->status != 429;
  return Error{never ? Code::invalid_input : Code::unavailable, fmt::format("{} answered {}", host, answer->status),
               ""};
}

}  // namespace

WebhookAlert::WebhookAlert(std::string name, RuleEvents events, const Options& options)
    : name_(std::move(name)), events_(std::move(events)) {
  for (const auto& alert : events_.rule().actions.alerts) {
    if (alert.webhook.empty()) continue;
    Poster::Options to;
    to.url = alert.webhook;
    to.user_agent = options.user_agent;
    to.allow_private = options.allow_private;
    to.timeout = std::chrono::seconds(8);
    posters_.push_back(std::make_unique<Poster>(std::move(to)));
    hosts_.push_back(host_of(alert.webhook));
  }
}

void WebhookAlert::close() {
  for (auto& poster : posters_) poster->close();
}

std::string WebhookAlert::body_of(std::span<const model::Event> events) const {
  std::string body = fmt::format("{{\"rule\":{{\"id\":\"{}\",\"name\":", events_.rule().id);
  model::append_json_string(body, events_.rule().name);
  body += "},\"events\":[";
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0) body += ',';
    body += model::to_json(events[i]);
  }
  return body + "]}";
}

Delivery WebhookAlert::deliver(std::span<const model::Event> events, const std::stop_token& stop) {
  const auto some = events.first(std::min(events.size(), kMostAtOnce));
  const auto body = body_of(some);
  Delivery delivery;
  for (std::size_t i = 0; i < posters_.size(); ++i) {
    const auto trouble = trouble_of(posters_[i]->post(body, {"Content-Type: application/json"}, stop), hosts_[i]);
    if (!trouble) continue;
    if (trouble->code != Code::invalid_input) {
      delivery.trouble = trouble;
      return delivery;
    }
    delivery.refused.clear();
    for (std::size_t n = 0; n < some.size(); ++n) delivery.refused.push_back({n, trouble->what});
  }
  delivery.done = some.size();
  events_.count(delivery.done);
  return delivery;
}

}  // namespace tg::sink
