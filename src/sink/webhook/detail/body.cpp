#include "sink/webhook/detail/body.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "model/message_json.h"

namespace tg::sink::detail {
namespace json = boost::json;

std::string events_body(std::span<const model::Event> events) {
  std::string body = R"({"events":[)";
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0) body += ',';
    body += model::to_json(events[i]);
  }
  return body + "]}";
}

std::string flat_body(const model::Event& event) {
  const auto read = model::message_from_json(event.message);
  const auto message = read ? *read : model::Message{};
  const bool media = message.media.type != model::MediaType::none;
  json::object out{{"channelId", std::to_string(event.key.peer.value)},
                   {"messageId", event.key.message.value},
                   {"text", message.text},
                   {"timestamp", model::to_rfc3339(message.date ? message.date : event.observed_at)},
                   {"id", model::to_api_id(event.key)},
                   {"channelTitle", message.chat_title},
                   {"hasMedia", media},
                   {"source", model::name_of(event.source)},
                   {"kind", model::name_of(event.kind)},
                   {"origin", model::name_of(event.origin)},
                   {"key", model::event_key(event)},
                   {"seq", event.seq.value}};
  if (!message.sender.empty()) out["sender"] = message.sender;
  if (media) out["mediaType"] = model::name_of(message.media.type);
  if (media && !message.text.empty()) out["caption"] = message.text;
  if (message.topic) out["threadId"] = message.topic.value;
  if (message.edit_date) out["editDate"] = model::to_rfc3339(message.edit_date);
  if (message.reply) {
    out["replyTo"] = json::object{{"messageId", message.reply->message.value}, {"text", message.reply->text}};
  }
  return json::serialize(out);
}

}  // namespace tg::sink::detail
