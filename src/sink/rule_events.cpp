#include "sink/rule_events.h"

#include "model/message_json.h"

namespace tg::sink {

std::optional<model::Message> message_of(const model::Event& event) {
  using model::Kind;
  const bool of_chat = event.kind == Kind::channel || event.kind == Kind::channel_migrated;
  if (of_chat || event.kind == Kind::counters || event.message.empty()) return std::nullopt;
  auto message = model::message_from_json(event.message);
  if (!message) return std::nullopt;
  return std::move(*message);
}

bool RuleEvents::call_for(const model::Event& event) const {
  // Most events are none: known before their content is read.
  const auto& c = rule().conditions;
  const auto among = [](const auto& list, const auto& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  if (c.kinds.empty() ? event.kind != model::Kind::created : !among(c.kinds, event.kind)) return false;
  if (c.kinds.empty() && c.origins.empty() && !event.offered) return false;
  if (!c.origins.empty() && !among(c.origins, event.origin)) return false;
  if (!c.channels.empty() && !among(c.channels, event.key.peer)) return false;
  const auto message = message_of(event);
  return message && matcher_->calls({*message, event.origin, event.kind, event.offered});
}

void RuleEvents::count(std::size_t done) const {
  if (tally_) rules::count(*tally_, static_cast<std::int64_t>(done));
}

}  // namespace tg::sink
