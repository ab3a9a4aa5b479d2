#include "work.h"

#include "json.h"

namespace telegram_gateway {
namespace {

using SystemClock = std::chrono::system_clock;

std::string id_of(std::int64_t channel, std::int64_t number, std::int64_t scope) {
  auto id = std::to_string(channel) + ":" + std::to_string(number);
  if (scope != 0) id += ":" + std::to_string(scope);
  return id;
}

}  // namespace

Result<Work> work_from_api(std::string_view json) {
  const auto parsed = parse_json(json);
  if (!parsed || !parsed->is_object()) return Failure{"a message of the gateway is no JSON object"};
  const auto& o = parsed->get_object();
  Work work;
  auto& m = work.message;
  m.id = text_of(o, "id");
  m.channel = number_of(o, "channelId");
  m.number = number_of(o, "messageId");
  if (m.id.empty() || m.channel == 0 || m.number == 0) return Failure{"a message of the gateway has no id"};
  m.key = text_of(o, "key");
  m.channel_title = text_of(o, "channelTitle");
  m.sender = text_of(o, "sender");
  m.text = text_of(o, "text");
  m.origin = text_of(o, "origin");
  m.date = parse_time(text_of(o, "date")).value_or(SystemClock::time_point{});
  m.received_at = parse_time(text_of(o, "createdAt")).value_or(m.date);
  m.json = json;
  work.identity = m.id;
  if (text_of(o, "status") == "reprocess_pending") {
    m.kind = Kind::reprocess;
    work.identity += "#" + std::to_string(number_of(o, "arrivalSeq"));  // the seq of the request's event
  }
  return work;
}

Result<Work> work_from_event(std::string_view json, Way way) {
  const auto parsed = parse_json(json);
  if (!parsed || !parsed->is_object()) return Failure{"an event is no JSON object"};
  const auto& o = parsed->get_object();
  Work work;
  work.way = way;
  auto& m = work.message;
  m.key = text_of(o, "key");
  m.channel = number_of(o, "peer");
  m.number = number_of(o, "id");
  if (m.key.empty() || m.channel == 0) return Failure{"an event has no key or no channel"};
  m.id = id_of(m.channel, m.number, number_of(o, "scope"));
  m.origin = text_of(o, "origin");
  m.received_at = parse_time(text_of(o, "recorded_at")).value_or(SystemClock::time_point{});
  m.date = m.received_at;
  if (const auto* message = o.if_contains("message"); message && message->is_object()) {
    const auto& inner = message->get_object();
    m.channel_title = text_of(inner, "chat_title");
    m.sender = text_of(inner, "sender");
    m.text = text_of(inner, "text");
    if (const auto us = number_of(inner, "date_us"); us != 0) {
      m.date =
          SystemClock::time_point(std::chrono::duration_cast<SystemClock::duration>(std::chrono::microseconds(us)));
    }
  }
  m.json = json;
  work.identity = m.id;

  const auto kind = text_of(o, "kind");
  if (kind == "reprocess") {
    m.kind = Kind::reprocess;
    work.identity += "#" + std::to_string(number_of(o, "seq"));
  } else if (way == Way::cache) {
    // The cache has a message as it is now, whatever happened to it last; its place in the cache says that it is new.
  } else if (kind == "edited" || kind == "deleted") {
    m.kind = kind == "edited" ? Kind::edited : Kind::deleted;
    work.identity += "#" + m.key;
  } else if (kind != "new" && kind != "restored") {
    work.wanted = false;  // of a channel, or a kind that this version does not know
  }
  if (m.number == 0) work.wanted = false;
  work.offered_as_new = kind == "new" || kind == "reprocess";
  return work;
}

}  // namespace telegram_gateway
