#include "sink/forward/forward_sink.h"

#include "journal/rules.h"
#include "observe/log.h"

namespace tg::sink {
namespace {

constexpr std::chrono::milliseconds kUndecidedPause{1'000};

bool is_for_good(const Error& error) { return error.code == Code::invalid_input || error.code == Code::permission; }

}  // namespace

ForwardSink::ForwardSink(std::string name, RuleEvents events, rules::ForwardTo to, journal::Journal& journal,
                         pipeline::Intake& intake, Send send)
    : name_(std::move(name)),
      events_(std::move(events)),
      to_(std::move(to)),
      journal_(journal),
      intake_(intake),
      send_(std::move(send)) {}

Delivery ForwardSink::deliver(std::span<const model::Event> events, const std::stop_token& stop) {
  Delivery delivery;
  for (std::size_t i = 0; i < events.size() && !stop.stop_requested(); ++i) {
    const auto message = message_of(events[i]);
    const auto done = message ? forward(*message, stop) : Result<bool>(true);
    if (!done && !is_for_good(done.error())) {
      delivery.trouble = done.error();
      return delivery;
    }
    if (done && !*done) {
      delivery.pause = kUndecidedPause;
      return delivery;
    }
    if (!done) delivery.refused.push_back({i, done.error().to_string()});
    delivery.done = i + 1;
    events_.count(1);
  }
  return delivery;
}

Result<void> ForwardSink::note(const model::Message& message, model::MessageId sent) {
  return intake_.write([&, rule = events_.rule().id](journal::Connection& db) {
    return journal::note_forward(db, rule, message.key, to_.to, model::Time::now(), sent);
  });
}

Result<void> ForwardSink::take_back(const model::Message& message) {
  return intake_.write([&, rule = events_.rule().id](journal::Connection& db) {
    return journal::take_back_forward(db, rule, message.key, to_.to);
  });
}

Result<bool> ForwardSink::forward(const model::Message& message, const std::stop_token& stop) {
  if (message.key.peer == to_.to) return true;
  bool begun_now = false;
  const auto begin = [&]() -> Result<void> {
    begun_now = true;
    return note(message, {});
  };
  rules::Forwarding order{to_, message, std::nullopt, {}, begin, stop};
  {
    auto db = journal_.read();
    if (!db) return db.error();
    const auto known = journal::forwarded(**db, events_.rule().id, message.key, to_.to);
    if (!known) return known.error();
    if (*known && (*known)->sent) return true;
    if (*known) {
      auto others = journal::newest_forwarded(**db, to_.to);
      if (!others) return others.error();
      order.begun_before = (*known)->begun_at;
      order.others = std::move(*others);
    } else {
      // Two rules that send to one another's channels would never end.
      const auto ours = journal::is_forwarded(**db, message, model::Time::now());
      if (!ours) return ours.error();
      if (!*ours) return false;
      if (**ours) return true;
    }
  }
  if (message.redacted) {
    return Error{Code::invalid_input, "rules redacted this message: Telegram would send on the original", ""};
  }
  const auto sent = send_(order);
  if (sent) {
    const auto noted = note(message, *sent);
    return noted ? Result<bool>(true) : noted.error();
  }
  if (begun_now && is_for_good(sent.error())) {
    if (auto back = take_back(message); !back) return back.error();
  }
  return sent.error();
}

}  // namespace tg::sink
