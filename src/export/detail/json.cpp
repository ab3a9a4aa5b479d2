#include "export/detail/json.h"

#include "export/detail/rows.h"
#include "model/message_json.h"

namespace tg::exporting::detail {
namespace {

class Object {
 public:
  Object& text(std::string_view name, std::string_view value) {
    key(name);
    model::append_json_string(out_, value);
    return *this;
  }
  Object& some(std::string_view name, std::string_view value) { return value.empty() ? *this : text(name, value); }
  Object& number(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
  Object& some(std::string_view name, std::int64_t value) { return value == 0 ? *this : number(name, value); }
  Object& some(std::string_view name, model::Time value) {
    return value ? text(name, model::to_rfc3339(value)) : *this;
  }
  Object& raw(std::string_view name, std::string_view json) {
    key(name);
    out_ += json;
    return *this;
  }
  std::string finish() { return out_ + "}"; }

 private:
  void key(std::string_view name) {
    if (out_.size() > 1) out_ += ',';
    model::append_json_string(out_, name);
    out_ += ':';
  }
  std::string out_ = "{";
};

std::string entities_of(const model::Message& m) {
  std::string out = "[";
  for (const auto& entity : m.entities) {
    if (out.size() > 1) out += ',';
    Object o;
    o.text("type", model::name_of(entity.type)).number("offset", entity.offset).number("length", entity.length);
    out += o.some("value", entity.value).finish();
  }
  return out + "]";
}

std::string media_of(const model::Media& media) {
  Object o;
  o.text("type", model::name_of(media.type)).some("fileName", media.file_name).some("mimeType", media.mime_type);
  o.some("size", media.size).some("width", media.width).some("height", media.height).some("duration", media.duration_s);
  return o.some("sha256", media.blob).some("absent", media.absent).finish();
}

std::string poll_of(const model::Poll& poll) {
  std::string options = "[";
  for (const auto& option : poll.options) {
    if (options.size() > 1) options += ',';
    options += Object().text("text", option.text).number("voters", option.voters).finish();
  }
  Object o;
  o.text("question", poll.question).raw("options", options + "]").number("totalVoters", poll.total_voters);
  return o.raw("closed", poll.closed ? "true" : "false").finish();
}

std::string object_of(const store::Row& row) {
  const auto& m = row.message;
  Object o;
  o.text("id", model::to_api_id(m.key)).number("messageId", m.key.message.value);
  o.text("channelId", std::to_string(m.key.peer.value));
  o.text("channelTitle", row.chat_title.empty() ? m.chat_title : row.chat_title).text("text", m.text);
  o.text("date", model::to_rfc3339(m.date)).some("editDate", m.edit_date).some("sender", m.sender);
  o.some("senderId", m.sender_id).some("signature", m.signature).some("service", m.service).some("viaBot", m.via_bot);
  o.some("album", m.album).some("threadId", m.topic.value).some("topicTitle", row.topic_title);
  if (!m.entities.empty()) o.raw("entities", entities_of(m));
  if (m.media.type != model::MediaType::none) o.raw("media", media_of(m.media));
  if (m.reply) {
    Object reply;
    reply.number("messageId", m.reply->message.value).some("channelId", m.reply->peer.value);
    o.raw("reply", reply.some("text", m.reply->text).some("sender", m.reply->sender).finish());
  }
  if (m.forward) {
    Object forward;
    forward.some("name", m.forward->name).some("channelId", m.forward->peer.value);
    o.raw("forward", forward.some("messageId", m.forward->message.value).some("date", m.forward->date).finish());
  }
  if (m.link_preview) {
    const auto& link = *m.link_preview;
    Object preview;
    preview.text("url", link.url).some("title", link.title).some("description", link.description);
    preview.some("siteName", link.site_name)
        .some("author", link.author)
        .some("image", link.image)
        .some("type", link.type);
    o.raw("linkPreview", preview.finish());
  }
  if (m.poll) o.raw("poll", poll_of(*m.poll));
  if (!m.counters.empty()) o.raw("counters", model::to_json(m.counters));
  o.text("status", store::name_of(row.status)).text("source", model::name_of(row.source));
  o.text("origin", model::name_of(row.origin)).number("versions", row.versions);
  return o.some("receivedAt", row.received_at)
      .some("updatedAt", row.updated_at)
      .some("deletedAt", row.deleted_at)
      .finish();
}

}  // namespace

Result<void> write_json(store::Store& store, const Options& options, Output& out, Written& written) {
  auto chats = chats_of(store, options);
  if (!chats) return chats.error();
  written.chats = chats->size();
  if (auto done = out.write("["); !done) return done;
  auto done = each_row(
      store, options, {options.channels, nullptr, newest_of(*chats)},
      [&](const store::Row& row) { return out.write((written.messages == 0 ? "\n" : ",\n") + object_of(row)); },
      written);
  if (!done) return done;
  return out.write("\n]\n");
}

}  // namespace tg::exporting::detail
