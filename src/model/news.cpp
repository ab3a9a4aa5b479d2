#include "model/news.h"

#include "model/message_json.h"

namespace tg::model {

bool is_told(const Event& event) {
  return event.kind != Kind::counters && event.kind != Kind::filled && event.kind != Kind::channel && !event.superseded;
}

bool is_news(const Event& event, std::chrono::seconds max_age) {
  if (event.offered || event.origin == Origin::live) return true;
  if (event.origin != Origin::catchup) return event.kind == Kind::reprocess;
  const auto message = message_from_json(event.message);
  if (!message) return event.kind != Kind::created;
  const auto posted = std::max(message->date, event.edit_date);
  return event.observed_at.us - posted.us <= std::chrono::microseconds(max_age).count();
}

}  // namespace tg::model
