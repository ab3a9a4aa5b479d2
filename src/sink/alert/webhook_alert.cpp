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
  const auto status = answer->status;
  const bool passes = status == 401 || status == 403 || status == 408 || status == 425 || status == 429;
  const bool never = status >= 400 && status < 500 && !passes;
  return Error{never ? Code::invalid_input : Code::unavailable, fmt::format("{} answered {}", host, answer->status),
               ""};
}

}  // namespace

WebhookAlert::WebhookAlert(std::string name, RuleEvents events, Poster::Options to)
    : name_(std::move(name)), events_(std::move(events)), host_(host_of(to.url)), poster_(std::move(to)) {}

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
  const auto some = events.first(std::min(events.size(), suspects_ > 0 ? 1 : kMostAtOnce));
  const auto trouble = trouble_of(poster_.post(body_of(some), {"Content-Type: application/json"}, stop), host_);
  Delivery delivery;
  if (trouble && trouble->code != Code::invalid_input) {
    delivery.trouble = trouble;
    return delivery;
  }
  if (trouble && some.size() > 1) {  // one of them: each goes alone
    suspects_ = some.size();
    delivery.pause = std::chrono::milliseconds(1);
    return delivery;
  }
  suspects_ -= std::min(suspects_, some.size());
  for (std::size_t i = 0; trouble && i < some.size(); ++i) delivery.refused.push_back({i, trouble->what});
  delivery.done = some.size();
  events_.count(delivery.done);
  return delivery;
}

}  // namespace tg::sink
