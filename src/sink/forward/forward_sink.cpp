#include "sink/forward/forward_sink.h"

#include "journal/rules.h"
#include "observe/log.h"

namespace tg::sink {
namespace {

bool is_for_good(const Error& error) { return error.code == Code::invalid_input || error.code == Code::permission; }

}  // namespace

ForwardSink::ForwardSink(std::string name, RuleEvents events, journal::Journal& journal, pipeline::Intake& intake,
                         Send send)
    : name_(std::move(name)), events_(std::move(events)), journal_(journal), intake_(intake), send_(std::move(send)) {}

Delivery ForwardSink::deliver(std::span<const model::Event> events, const std::stop_token& stop) {
  Delivery delivery;
  for (std::size_t i = 0; i < events.size() && !stop.stop_requested(); ++i) {
    const auto message = message_of(events[i]);
    for (const auto& to : events_.rule().actions.forwards) {
      if (!message) break;
      const auto done = forward(*message, to);
      if (done) continue;
      if (!is_for_good(done.error())) {
        delivery.trouble = done.error();
        return delivery;
      }
      delivery.refused.push_back({i, done.error().to_string()});
    }
    delivery.done = i + 1;
    events_.count(1);
  }
  return delivery;
}

Result<void> ForwardSink::note(const model::Message& message, model::ChatId to, model::MessageId sent) {
  return intake_.write([&, rule = events_.rule().id](journal::Connection& db) {
    return journal::note_forward(db, rule, message.key, to, model::Time::now(), sent);
  });
}

Result<void> ForwardSink::forward(const model::Message& message, const rules::ForwardTo& to) {
  if (message.key.peer == to.to) return {};
  std::optional<journal::Forwarded> known;
  {
    auto db = journal_.read();
    if (!db) return db.error();
    // Two rules that send to one another's channels would never end.
    const auto ours = journal::is_forwarded(**db, message);
    if (!ours) return ours.error();
    if (*ours) return {};
    auto found = journal::forwarded(**db, events_.rule().id, message.key, to.to);
    if (!found) return found.error();
    known = *found;
  }
  if (known && known->sent) return {};
  if (message.redacted) {
    return Error{Code::invalid_input, "rules redacted this message: Telegram would send on the original", ""};
  }
  if (!known) {
    if (auto noted = note(message, to.to, {}); !noted) return noted;
  }
  const auto sent = send_(to, message, known ? std::optional(known->begun_at) : std::nullopt);
  if (!sent) return sent.error();
  return note(message, to.to, *sent);
}

}  // namespace tg::sink
