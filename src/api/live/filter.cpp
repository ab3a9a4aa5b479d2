#include "api/live/filter.h"

#include "model/news.h"

namespace tg::api {
namespace {

template <class T>
bool among(const std::vector<T>& list, T value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

bool EventFilter::wants(const model::Event& event) const {
  if (!channels.empty() && !among(channels, event.key.peer)) return false;
  if (kinds.empty() ? !model::is_told(event) : !among(kinds, event.kind)) return false;
  return origins.empty() ? model::is_news(event, max_age) : among(origins, event.origin);
}

Result<EventFilter> EventFilter::from(const Query& query, std::chrono::seconds max_age) {
  EventFilter filter;
  filter.max_age = max_age;
  for (const auto& text : query.list({"channelId", "channel_id", "channel"})) {
    const auto id = model::parse_int(text);
    if (!id) return bad_parameter("channelId", text, "a chat id such as -1001487851422");
    filter.channels.emplace_back(*id);
  }
  for (const auto& text : query.list({"kinds", "kind"})) {
    if (text == "all") {
      for (int kind = 1; kind <= static_cast<int>(model::Kind::filled); ++kind) {
        filter.kinds.push_back(static_cast<model::Kind>(kind));
      }
    } else if (const auto kind = model::parse_kind(text)) {
      filter.kinds.push_back(*kind);
    } else {
      return bad_parameter("kinds", text, "new, edited, deleted, restored, counters, channel, reprocess or all");
    }
  }
  for (const auto& text : query.list({"origins", "origin"})) {
    if (text == "all") {
      for (int origin = 1; origin <= static_cast<int>(model::Origin::import_); ++origin) {
        filter.origins.push_back(static_cast<model::Origin>(origin));
      }
    } else if (const auto origin = model::parse_origin(text)) {
      filter.origins.push_back(*origin);
    } else {
      return bad_parameter("origins", text, "live, catchup, backfill, import or all");
    }
  }
  return filter;
}

}  // namespace tg::api
