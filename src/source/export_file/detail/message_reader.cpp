#include "source/export_file/detail/message_reader.h"

#include <boost/json/serialize.hpp>

#include "source/export_file/detail/media_reader.h"
#include "source/export_file/detail/text_reader.h"
#include "source/fields.h"

namespace tg::export_file::detail {

using source::Fields;
namespace {

using model::Message;

// The same for `date` and `edited`.
std::variant<model::Time, Fault> read_date(const Fields& f, std::string_view name, std::string_view unix_name,
                                           const LocalTime* zone) {
  if (const auto seconds = f.number(unix_name)) {
    if (*seconds > 0 && *seconds < 253'402'300'800) return model::Time::seconds(*seconds);  // before the year 10000
    return Fault{fmt::format("{} {} is no date", unix_name, *seconds)};
  }
  const auto text = f.text(name);
  if (text.empty()) return Fault{fmt::format("it has no {}", name)};
  const auto clock = text.find('T');
  const bool has_zone = clock != text.npos && text.find_first_of("Z+-", clock) != text.npos;
  if (has_zone) {
    if (const auto time = model::parse_time(text)) return *time;
  } else if (!zone && clock != text.npos) {
    return Fault{
        fmt::format("its {} {} has no time zone: import with --time-zone and the zone of the computer that "
                    "made the export, e.g. --time-zone Europe/Berlin",
                    name, text.substr(0, 40))};
  } else if (const auto time = zone ? zone->to_utc(text) : std::nullopt) {
    return *time;
  }
  return Fault{fmt::format("its {} \"{}\" is no date", name, text.substr(0, 40))};
}

void read_reply(const Fields& f, std::string_view name, const ChatContext& chat, Message& message) {
  const auto exported = f.number(name);
  if (!exported) return;
  const auto id = map_message_id(*exported);
  if (!id) return;
  model::Reply reply;
  reply.message = id->id;
  const auto peer = parse_peer(f.text("reply_to_peer_id"));
  if (peer && peer != chat.identity.peer) reply.peer = peer;
  message.reply = std::move(reply);
}

void read_forward(const Fields& f, Message& message) {
  // A null name is a deleted account: it is a forward all the same.
  if (!f.all().contains("forwarded_from")) return;
  model::Forward forward;
  forward.name = f.text("forwarded_from");
  forward.peer = parse_peer(f.text("forwarded_from_id"));
  message.forward = std::move(forward);
}

void read_reactions(const Fields& f, Message& message) {
  const auto* list = f.array("reactions");
  if (!list) return;
  for (const auto& item : *list) {
    const auto* object = item.if_object();
    if (!object) continue;
    const Fields reaction(*object);
    std::string emoji(reaction.text("emoji"));
    if (emoji.empty()) emoji = emoji_id(reaction.text("document_id"));
    if (emoji.empty() && reaction.text("type") == "custom_emoji") emoji = "custom";
    if (emoji.empty() && reaction.text("type") == "paid") emoji = "⭐";
    const auto count = reaction.number("count").value_or(0);
    if (!emoji.empty() && count > 0) message.counters.reactions.push_back({std::move(emoji), count});
  }
}

// Differs between two exports of the same message, or is read elsewhere: in `raw` it would look like an edit.
bool is_volatile(std::string_view key) {
  static constexpr std::array<std::string_view, 16> kVolatile = {
      "reactions", "photo",  "photo_file_size", "file", "file_size", "file_name", "thumbnail", "thumbnail_file_size",
      "width",     "height", "contact_vcard",   "date", "edited",  // in the zone of the computer that made the export
      "from",      "actor",  "forwarded_from"};                    // names, which change; their ids stay
  return key.starts_with("contact_vcard") || std::find(kVolatile.begin(), kVolatile.end(), key) != kVolatile.end();
}

bool says_more_than_its_code(const Fields& f) {
  static constexpr std::array<std::string_view, 14> kUnderstood = {
      "id",       "type",   "date",       "date_unixtime", "edited",        "edited_unixtime",  "actor",
      "actor_id", "action", "message_id", "text",          "text_entities", "reply_to_peer_id", "information_text"};
  return std::any_of(f.all().begin(), f.all().end(), [](const auto& field) {
    const std::string_view key(field.key().data(), field.key().size());
    return !is_volatile(key) && std::find(kUnderstood.begin(), kUnderstood.end(), key) == kUnderstood.end();
  });
}

std::string keep_raw(const Fields& f) {
  boost::json::object kept;
  for (const auto& field : f.all()) {
    if (!is_volatile({field.key().data(), field.key().size()})) kept.emplace(field.key(), field.value());
  }
  return boost::json::serialize(kept);
}

void read_service(const Fields& f, const ChatContext& chat, ReadMessage& out) {
  auto& message = out.message;
  message.sender = f.text("actor");
  message.sender_id = parse_peer(f.text("actor_id")).value;
  message.service = f.text("action");
  if (message.service.empty()) {
    message.service = "custom_action";
    message.text = f.text("information_text");
  }
  for (const auto* name : {"message_id", "game_message_id", "invoice_message_id"}) {
    read_reply(f, name, chat, message);
  }
  if (message.service == "topic_created" && !message.key.scope) out.topic_title = f.text("title");
  if (f.has("photo")) out.media_path = read_media(f, message);
  if (says_more_than_its_code(f)) message.raw = keep_raw(f);
}

void read_ordinary(const Fields& f, const ChatContext& chat, ReadMessage& out) {
  auto& message = out.message;
  message.sender = f.text("from");
  message.sender_id = parse_peer(f.text("from_id")).value;
  message.signature = f.text("author");
  message.via_bot = f.text("via_bot");
  read_forward(f, message);
  read_reply(f, "reply_to_message_id", chat, message);
  read_reactions(f, message);
  out.media_path = read_media(f, message);
  if (f.number("self_destruct_period_seconds").value_or(0) > 0) {
    // Content that destroys itself is not kept: that it was there is.
    const auto type = message.media.type;
    message.media = {};
    message.media.type = type;
    message.media.absent = "destroys_itself";
    out.media_path.clear();
    return;
  }
  if (media_needs_raw(f)) message.raw = keep_raw(f);
  const auto* text = f.value("text_entities");
  if (!text || !text->is_array()) text = f.value("text");
  if (!text) return;
  auto formatted = read_text(*text);
  message.text = std::move(formatted.text);
  message.entities = std::move(formatted.entities);
}

std::optional<Fault> place_in_chat(std::int64_t exported, const ChatContext& chat, Message& message) {
  const auto id = map_message_id(exported);
  if (!id || (id->migrated && chat.identity.kind != "supergroup")) {
    return Fault{fmt::format("its id {} can be no message id", exported)};
  }
  message.key = {chat.scope, chat.identity.peer, id->id};
  if (!id->migrated) return std::nullopt;
  // The export does not name the basic group that this was; its messages were numbered by the account, so the
  // account's scope keeps them apart from the supergroup's own ids.
  if (chat.account == 0) {
    return Fault{
        "it is from the group before it became a supergroup, and whose account made the export is not known: import "
        "with --account and your numeric user id"};
  }
  message.key.scope = model::Scope{chat.account};
  return std::nullopt;
}

}  // namespace

std::variant<ReadMessage, Fault> read_message(const boost::json::value& value, const ChatContext& chat,
                                              const LocalTime* zone) {
  const auto* object = value.if_object();
  if (!object) return Fault{"it is not an object"};
  const Fields f(*object);
  const auto exported_id = f.number("id");
  if (!exported_id) return Fault{"it has no id"};

  ReadMessage out;
  auto& message = out.message;
  if (auto fault = place_in_chat(*exported_id, chat, message)) return std::move(*fault);
  const auto type = f.text("type");
  if (type == "unsupported") {
    return Fault{"the program that made the export did not know this kind of message: export with a newer one"};
  }
  if (type != "message" && type != "service")
    return Fault{fmt::format("its type \"{}\" is not known", type.substr(0, 40))};

  auto date = read_date(f, "date", "date_unixtime", zone);
  if (auto* fault = std::get_if<Fault>(&date)) return std::move(*fault);
  message.date = std::get<model::Time>(date);
  // 1970 is how some versions write "never".
  const bool edited =
      f.number("edited_unixtime").value_or(f.has("edited") ? 1 : 0) > 0 && !f.text("edited").starts_with("1970-01-01");
  if (edited) {
    auto edit_date = read_date(f, "edited", "edited_unixtime", zone);
    if (auto* fault = std::get_if<Fault>(&edit_date)) return std::move(*fault);
    message.edit_date = std::get<model::Time>(edit_date);
  }
  message.chat_title = chat.title;
  if (type == "service") {
    read_service(f, chat, out);
  } else {
    read_ordinary(f, chat, out);
  }
  return out;
}

}  // namespace tg::export_file::detail
