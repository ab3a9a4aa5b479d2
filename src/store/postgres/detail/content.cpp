#include "store/postgres/detail/content.h"

#include "model/message_json.h"

namespace tg::store::postgres {
namespace {

using boost::json::object;

// What is empty is left out.
void put(object& out, std::string_view name, const std::string& value) {
  if (!value.empty()) out[name] = value;
}
void put(object& out, std::string_view name, std::int64_t value) {
  if (value != 0) out[name] = value;
}

object link_preview(const model::LinkPreview& preview) {
  object out;
  put(out, "type", preview.type);
  put(out, "url", preview.url);
  put(out, "title", preview.title);
  put(out, "description", preview.description);
  put(out, "siteName", preview.site_name);
  put(out, "author", preview.author);
  put(out, "image", preview.image);
  return out;
}

object reply_to(const model::Reply& reply) {
  object out;
  put(out, "messageId", reply.message.value);
  if (reply.peer) out["channelId"] = std::to_string(reply.peer.value);
  put(out, "text", reply.text);
  put(out, "sender", reply.sender);
  return out;
}

}  // namespace

std::string metadata_of(const model::Message& message) {
  model::Message rest = message;
  rest.key = {};
  rest.date = rest.edit_date = {};
  rest.text.clear();
  rest.sender.clear();
  rest.sender_id = 0;
  rest.topic = {};
  std::string json = model::to_json(rest);
  object extra;
  if (message.link_preview) extra["linkPreview"] = link_preview(*message.link_preview);
  if (message.reply) extra["replyTo"] = reply_to(*message.reply);
  if (extra.empty()) return json;
  json.back() = ',';
  return json += boost::json::serialize(extra).substr(1);
}

Result<model::Message> message_of(std::string_view metadata) {
  auto message = model::message_from_json(metadata);
  if (message) model::set_counters(*message, std::move(message->counters));
  return message;
}

std::string_view message_type(const model::Message& message) {
  if (!message.service.empty()) return "service";
  if (message.media.type != model::MediaType::none) return model::name_of(message.media.type);
  return message.poll ? "poll" : "text";
}

std::string media_refs(const model::Message& message) {
  const auto& media = message.media;
  if (media.type == model::MediaType::none) return {};
  object ref;
  put(ref, "type", std::string(model::name_of(media.type)));
  put(ref, "id", media.unique_id);
  put(ref, "fileName", media.file_name);
  put(ref, "mimeType", media.mime_type);
  put(ref, "size", media.size);
  put(ref, "sha256", media.blob);
  return "[" + boost::json::serialize(ref) + "]";
}

}  // namespace tg::store::postgres
