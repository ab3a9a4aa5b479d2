#include "api/view/message_view.h"

#include "api/view/search_marks.h"

namespace tg::api {
namespace {

void write_entities(JsonWriter& json, const std::vector<model::Entity>& entities) {
  if (entities.empty()) return;
  json.name("entities").open('[');
  for (const auto& entity : entities) {
    json.open('{');
    json.field("type", model::name_of(entity.type));
    json.field("offset", entity.offset);
    json.field("length", entity.length);
    if (!entity.value.empty()) {
      switch (entity.type) {
        case model::EntityType::text_link: json.field("url", entity.value); break;
        case model::EntityType::pre: json.field("language", entity.value); break;
        case model::EntityType::mention_name: json.field("userId", entity.value); break;
        case model::EntityType::custom_emoji: json.field("emojiId", entity.value); break;
        default: break;
      }
    }
    json.close('}');
  }
  json.close(']');
}

bool has_file(model::MediaType type) {
  using model::MediaType;
  return type != MediaType::none && type != MediaType::contact && type != MediaType::location &&
         type != MediaType::poll && type != MediaType::other;
}

void write_media(JsonWriter& json, const model::Message& message) {
  const auto& media = message.media;
  if (media.type == model::MediaType::none) return;
  json.name("media").open('{');
  json.field("type", model::name_of(media.type));
  json.optional("uniqueId", media.unique_id);
  json.optional("fileName", media.file_name);
  json.optional("mimeType", media.mime_type);
  json.optional("size", media.size);
  json.optional("width", media.width);
  json.optional("height", media.height);
  json.optional("duration", media.duration_s);
  json.optional("miniature", media.miniature);
  json.optional("url", media_path(message));
  const bool asked_for_only = media.blob.empty() && media.absent.empty() && has_file(media.type);
  json.optional("absent", asked_for_only ? "not_downloaded" : media.absent);
  json.close('}');
}

void write_link_preview(JsonWriter& json, const model::LinkPreview& preview) {
  json.name("linkPreview").open('{');
  const auto& type = preview.type;
  json.field("type", type == "twitter" || type == "youtube" || type == "instagram" ? type : std::string("generic"));
  json.field("url", preview.url);
  json.field("title", preview.title);
  json.field("description", preview.description);
  json.field("siteName", preview.site_name);
  json.field("author", preview.author);
  json.optional("image", preview.image);
  for (const std::string_view site : {"twitter", "youtube", "instagram"}) {
    if (type == site) {
      json.name(site).open('{');
      json.field("url", preview.url);
      json.close('}');
    } else {
      json.null(site);
    }
  }
  json.close('}');
}

void write_reply(JsonWriter& json, const model::Reply& reply) {
  json.name("replyTo").open('{');
  json.field("messageId", reply.message.value);
  if (reply.peer) json.field("channelId", std::to_string(reply.peer.value));
  json.optional("text", reply.text);
  json.optional("sender", reply.sender);
  json.close('}');
}

void write_forward(JsonWriter& json, const model::Forward& forward) {
  json.name("forward").open('{');
  json.optional("name", forward.name);
  if (forward.peer) json.field("channelId", std::to_string(forward.peer.value));
  json.optional("messageId", forward.message.value);
  json.optional("date", forward.date);
  json.close('}');
}

void write_poll(JsonWriter& json, const model::Poll& poll) {
  json.name("poll").open('{');
  json.field("question", poll.question);
  json.name("options").open('[');
  for (const auto& option : poll.options) {
    json.open('{');
    json.field("text", option.text);
    json.field("voters", option.voters);
    json.close('}');
  }
  json.close(']');
  json.field("totalVoters", poll.total_voters);
  json.field("closed", poll.closed);
  json.close('}');
}

void write_counters(JsonWriter& json, const model::Counters& counters) {
  json.optional("views", counters.views);
  json.optional("forwards", counters.forwards);
  if (counters.reactions.empty()) return;
  json.name("reactions").open('[');
  for (const auto& reaction : counters.reactions) {
    json.open('{');
    json.field("emoji", reaction.emoji);
    json.field("count", reaction.count);
    json.close('}');
  }
  json.close(']');
}

// The fields that clients of the predecessor read.
void write_predecessor(JsonWriter& json, const store::Row& row) {
  const auto& message = row.message;
  const auto date = message.date ? message.date : row.received_at;
  const bool media = message.media.type != model::MediaType::none;
  json.field("id", model::to_api_id(message.key));
  json.field("messageId", message.key.message.value);
  json.field("channelId", std::to_string(message.key.peer.value));
  json.field("channelTitle", row.chat_title.empty() ? message.chat_title : row.chat_title);
  json.field("text", message.text);
  json.field("date", date);
  json.optional("sender", message.sender);
  json.field("hasMedia", media);
  if (message.media.type == model::MediaType::photo) {
    json.field("photoUrl",
               fmt::format("/api/telegram-gateway/photos/{}/{}", message.key.peer.value, message.key.message.value));
  }
  if (message.link_preview) write_link_preview(json, *message.link_preview);
  if (media && !message.text.empty()) json.field("caption", message.text);
  if (media) {
    json.field("mediaType", model::name_of(message.media.type));
    if (!message.media.unique_id.empty()) {
      json.name("mediaRefs").open('[');
      json.value(message.media.unique_id);
      json.close(']');
    }
  }
  json.optional("threadId", message.topic.value);
  json.field("source", model::name_of(row.source));
  json.field("messageType", message_type(message));
  json.field("status", store::name_of(row.status));
  json.field("receivedAt", row.received_at);
  json.field("telegramDate", date);
  json.optional("publishedAt", row.published_at);
  json.name("metadata").open('{');
  if (message.reply) write_reply(json, *message.reply);
  if (message.link_preview) write_link_preview(json, *message.link_preview);
  json.close('}');
  json.field("createdAt", row.recorded_at);
  json.field("updatedAt", row.updated_at ? row.updated_at : row.recorded_at);
  json.optional("deletedAt", row.deleted_at);
}

void write_matches(JsonWriter& json, std::string_view text, std::string_view search) {
  json.name("matches").open('[');
  for (const auto& mark : search_marks(text, search)) {
    json.open('{');
    json.field("offset", mark.offset);
    json.field("length", mark.length);
    json.close('}');
  }
  json.close(']');
}

}  // namespace

std::string media_path(const model::Message& message) {
  if (message.media.blob.empty()) return {};
  return fmt::format("/api/telegram-gateway/media/{}", model::to_api_id(message.key));
}

std::string_view message_type(const model::Message& message) {
  if (!message.service.empty()) return "service";
  if (message.media.type != model::MediaType::none) return model::name_of(message.media.type);
  return message.poll ? "poll" : "text";
}

std::string_view shortened(std::string_view text, std::size_t most) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size() && count < most; ++count) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return text.substr(0, at);
}

std::string covered(const model::Message& message) {
  std::string out;
  std::int64_t unit = 0;
  for (std::size_t at = 0; at < message.text.size();) {
    std::size_t end = at + 1;
    while (end < message.text.size() && (static_cast<unsigned char>(message.text[end]) & 0xC0) == 0x80) ++end;
    const auto letter = std::string_view(message.text).substr(at, end - at);
    const bool hidden = std::any_of(message.entities.begin(), message.entities.end(), [&](const model::Entity& entity) {
      return entity.type == model::EntityType::spoiler && unit >= entity.offset && unit < entity.offset + entity.length;
    });
    out += hidden && letter != " " && letter != "\n" ? std::string_view("▒") : letter;
    unit += letter.size() == 4 ? 2 : 1;
    at = end;
  }
  return out;
}

void write_message(JsonWriter& json, const store::Row& row, std::string_view search) {
  const auto& message = row.message;
  json.open('{');
  write_predecessor(json, row);
  json.field("seq", row.seq.value);
  json.field("arrivalSeq", row.arrival.value);
  model::Event content;
  content.key = message.key;
  content.kind = row.kind;
  content.edit_date = message.edit_date;
  content.n = row.n;
  json.field("key", model::event_key(content));
  json.field("scope", message.key.scope.value);
  json.field("origin", model::name_of(row.origin));
  json.optional("editDate", message.edit_date);
  json.optional("restoredAt", row.restored_at);
  json.field("versions", std::max(row.versions, 1));
  write_entities(json, message.entities);
  write_media(json, message);
  json.optional("albumId", message.album);
  if (message.reply) write_reply(json, *message.reply);
  if (message.forward) write_forward(json, *message.forward);
  write_counters(json, message.counters);
  if (message.poll) write_poll(json, *message.poll);
  json.optional("service", message.service);
  if (message.sender_id != 0) json.field("senderId", std::to_string(message.sender_id));
  json.optional("signature", message.signature);
  json.optional("viaBot", message.via_bot);
  if (row.origin == model::Origin::catchup && message.date) {
    json.field("latenessMs", std::max<std::int64_t>(0, (row.received_at.us - message.date.us) / 1'000));
  }
  if (message.sanitised) json.field("sanitised", true);
  if (message.redacted) json.field("redacted", true);
  if (!message.tags.empty()) {
    json.name("tags").open('[');
    for (const auto& tag : message.tags) json.value(tag);
    json.close(']');
  }
  if (message.topic) json.field("topicId", std::to_string(message.topic.value));
  json.optional("topicTitle", row.topic_title);
  if (!row.processed_by.empty()) {
    json.name("processedBy").open('[');
    for (const auto& consumer : row.processed_by) json.value(consumer);
    json.close(']');
  }
  if (!search.empty()) write_matches(json, message.text, search);
  json.close('}');
}

std::string message_json(const store::Row& row) {
  std::string out;
  out.reserve(1'024 + row.message.text.size() * 2);
  JsonWriter json(out);
  write_message(json, row);
  return out;
}

void write_version(JsonWriter& json, const store::Version& version) {
  const auto& event = version.event;
  const auto message = model::message_from_json(event.message);
  json.open('{');
  json.field("key", model::event_key(event));
  json.field("seq", event.seq.value);
  json.field("kind", model::name_of(event.kind));
  json.field("n", event.n);
  json.optional("editDate", event.edit_date);
  json.field("observedAt", event.observed_at);
  json.field("recordedAt", event.recorded_at);
  json.field("origin", model::name_of(event.origin));
  json.field("source", model::name_of(event.source));
  json.field("current", version.current);
  json.field("text", message ? message->text : std::string{});
  if (message) {
    write_entities(json, message->entities);
    write_media(json, *message);
    if (message->link_preview) write_link_preview(json, *message->link_preview);
  }
  json.close('}');
}

}  // namespace tg::api
