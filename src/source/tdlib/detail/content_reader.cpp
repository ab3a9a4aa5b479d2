#include "source/tdlib/detail/content_reader.h"

#include <boost/json/serialize.hpp>

#include "model/message_json.h"
#include "source/fields.h"
#include "source/tdlib/detail/message_reader.h"

namespace tg::tdlib {
namespace {

using model::EntityType;
using model::MediaType;
using source::Fields;

EntityType entity_type(std::string_view type) {
  static const std::unordered_map<std::string_view, EntityType> kTypes = {
      {"textEntityTypeMention", EntityType::mention},
      {"textEntityTypeHashtag", EntityType::hashtag},
      {"textEntityTypeCashtag", EntityType::cashtag},
      {"textEntityTypeBotCommand", EntityType::bot_command},
      {"textEntityTypeUrl", EntityType::url},
      {"textEntityTypeEmailAddress", EntityType::email},
      {"textEntityTypePhoneNumber", EntityType::phone},
      {"textEntityTypeBankCardNumber", EntityType::bank_card},
      {"textEntityTypeBold", EntityType::bold},
      {"textEntityTypeItalic", EntityType::italic},
      {"textEntityTypeUnderline", EntityType::underline},
      {"textEntityTypeStrikethrough", EntityType::strikethrough},
      {"textEntityTypeSpoiler", EntityType::spoiler},
      {"textEntityTypeCode", EntityType::code},
      {"textEntityTypePre", EntityType::pre},
      {"textEntityTypePreCode", EntityType::pre},
      {"textEntityTypeBlockQuote", EntityType::blockquote},
      {"textEntityTypeExpandableBlockQuote", EntityType::blockquote},
      {"textEntityTypeTextUrl", EntityType::text_link},
      {"textEntityTypeMentionName", EntityType::mention_name},
      {"textEntityTypeCustomEmoji", EntityType::custom_emoji},
  };
  const auto found = kTypes.find(type);
  return found == kTypes.end() ? EntityType::other : found->second;
}

// Telegram Desktop's words for the same, so that an import and a capture of one message agree.
std::string_view service_name(std::string_view type) {
  static const std::unordered_map<std::string_view, std::string_view> kNames = {
      {"messageBasicGroupChatCreate", "create_group"},
      {"messageSupergroupChatCreate", "create_channel"},
      {"messageChatChangeTitle", "edit_group_title"},
      {"messageChatChangePhoto", "edit_group_photo"},
      {"messageChatDeletePhoto", "delete_group_photo"},
      {"messageChatAddMembers", "invite_members"},
      {"messageChatJoinByLink", "join_group_by_link"},
      {"messageChatJoinByRequest", "join_group_by_request"},
      {"messageChatDeleteMember", "remove_members"},
      {"messageChatUpgradeTo", "migrate_to_supergroup"},
      {"messageChatUpgradeFrom", "migrate_from_group"},
      {"messagePinMessage", "pin_message"},
      {"messageScreenshotTaken", "take_screenshot"},
      {"messageForumTopicCreated", "topic_created"},
      {"messageForumTopicEdited", "topic_edit"},
      {"messageForumTopicIsClosedToggled", "topic_edit"},
      {"messageForumTopicIsHiddenToggled", "topic_edit"},
      {"messageVideoChatStarted", "group_call"},
      {"messageVideoChatEnded", "group_call"},
      {"messageVideoChatScheduled", "group_call_scheduled"},
      {"messageInviteVideoChatParticipants", "invite_to_group_call"},
      {"messageChatSetTheme", "edit_chat_theme"},
      {"messageChatSetMessageAutoDeleteTime", "set_messages_ttl"},
      {"messageChatBoost", "boost_apply"},
      {"messageGameScore", "score_in_game"},
      {"messageCall", "phone_call"},
  };
  const auto found = kNames.find(type);
  return found == kNames.end() ? std::string_view() : found->second;
}

void read_caption(const Fields& content, model::Message& message) {
  if (const auto* caption = content.object("caption")) read_formatted(*caption, message.text, message.entities);
}

// A `file`: its size and the id that is the same for everyone.
void read_file(const boost::json::object* file, model::Media& media) {
  if (!file) return;
  const Fields f(*file);
  const auto size = f.number("size").value_or(0);
  media.size = size > 0 ? size : std::max<std::int64_t>(0, f.number("expected_size").value_or(0));
  if (const auto* remote = f.object("remote")) media.unique_id = Fields(*remote).text("unique_id");
}

void read_miniature(const Fields& f, model::Media& media) {
  if (const auto* mini = f.object("minithumbnail")) media.miniature = Fields(*mini).text("data");
}

void read_photo(const boost::json::object* photo, model::Media& media) {
  media.type = MediaType::photo;
  if (!photo) return;
  const Fields f(*photo);
  read_miniature(f, media);
  const auto* sizes = f.array("sizes");
  if (!sizes) return;
  std::int64_t widest = -1;
  for (const auto& one : *sizes) {
    const auto* object = one.if_object();
    if (!object) continue;
    const Fields size(*object);
    const auto pixels = std::int64_t{size.small("width")} * size.small("height");
    if (pixels <= widest) continue;
    widest = pixels;
    media.width = size.small("width");
    media.height = size.small("height");
    read_file(size.object("photo"), media);
  }
}

// animation, audio, document, sticker, video, video_note, voice_note: `file` names the member with the file itself.
void read_medium(const boost::json::object* medium, MediaType type, std::string_view file, model::Media& media) {
  media.type = type;
  if (!medium) return;
  const Fields f(*medium);
  media.file_name = f.text("file_name");
  media.mime_type = f.text("mime_type");
  media.width = f.small("width");
  media.height = f.small("height");
  media.duration_s = f.small("duration");
  if (type == MediaType::video_note) media.width = media.height = f.small("length");
  read_miniature(f, media);
  read_file(f.object(file), media);
}

void read_poll(const boost::json::object* object, model::Message& message) {
  message.media.type = MediaType::poll;
  if (!object) return;
  const Fields f(*object);
  model::Poll poll;
  std::vector<model::Entity> unused;
  if (const auto* question = f.object("question")) read_formatted(*question, poll.question, unused);
  poll.total_voters = f.number("total_voter_count").value_or(0);
  poll.closed = f.flag("is_closed");
  if (const auto* options = f.array("options")) {
    for (const auto& one : *options) {
      const auto* option = one.if_object();
      if (!option) continue;
      const Fields o(*option);
      model::PollOption read;
      if (const auto* text = o.object("text")) read_formatted(*text, read.text, unused);
      read.voters = o.number("voter_count").value_or(0);
      poll.options.push_back(std::move(read));
    }
  }
  message.poll = std::move(poll);
}

std::string preview_type(const Fields& f) {
  const auto site = f.text("site_name");
  for (const std::string_view known : {"Twitter", "YouTube", "Instagram"}) {
    if (site == known) {
      std::string name(known);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      return name;
    }
  }
  return site == "X" ? "twitter" : "";
}

void read_preview(const boost::json::object& object, model::Message& message) {
  const Fields f(object);
  model::LinkPreview preview;
  preview.url = f.text("url");
  preview.title = f.text("title");
  preview.site_name = f.text("site_name");
  preview.author = f.text("author");
  preview.type = preview_type(f);
  std::vector<model::Entity> unused;
  if (const auto* description = f.object("description")) read_formatted(*description, preview.description, unused);
  message.link_preview = std::move(preview);
}

std::string joined(std::string_view first, std::string_view second) {
  std::string out(first);
  if (!out.empty() && !second.empty()) out += ' ';
  out += second;
  return out;
}

// What changes by itself and is no edit: who looked, downloads, progress.
bool is_volatile(std::string_view key) {
  static constexpr std::array<std::string_view, 8> kVolatile = {"local",           "expires_in",       "is_listened",
                                                                "is_viewed",       "recent_voter_ids", "voter_count",
                                                                "vote_percentage", "heading"};
  return std::find(kVolatile.begin(), kVolatile.end(), key) != kVolatile.end();
}

// Of a file only what is the same for everyone: its other ids are this session's own.
boost::json::object steady_file(const Fields& file) {
  boost::json::object out{{"@type", "file"}, {"size", file.number("size").value_or(0)}};
  if (const auto* remote = file.object("remote")) out["unique_id"] = Fields(*remote).text("unique_id");
  return out;
}

boost::json::value steady(const boost::json::value& value) {
  if (const auto* object = value.if_object()) {
    if (Fields(*object).text("@type") == "file") return steady_file(Fields(*object));
    boost::json::object out;
    for (const auto& [key, one] : *object) {
      if (!is_volatile({key.data(), key.size()})) out.emplace(key, steady(one));
    }
    return out;
  }
  if (const auto* array = value.if_array()) {
    boost::json::array out;
    for (const auto& one : *array) out.push_back(steady(one));
    return out;
  }
  return value;
}

// Types whose fields here hold all that a reader needs.
bool read_typed(std::string_view type, const Fields& f, model::Message& message) {
  auto& media = message.media;
  if (type == "messageText") {
    if (const auto* text = f.object("text")) read_formatted(*text, message.text, message.entities);
    if (const auto* preview = f.object("link_preview")) read_preview(*preview, message);
  } else if (type == "messagePhoto") {
    read_photo(f.object("photo"), media);
  } else if (type == "messageVideo") {
    read_medium(f.object("video"), MediaType::video, "video", media);
  } else if (type == "messageAnimation") {
    read_medium(f.object("animation"), MediaType::animation, "animation", media);
  } else if (type == "messageAudio") {
    read_medium(f.object("audio"), MediaType::audio, "audio", media);
  } else if (type == "messageDocument") {
    read_medium(f.object("document"), MediaType::document, "document", media);
  } else if (type == "messageSticker") {
    read_medium(f.object("sticker"), MediaType::sticker, "sticker", media);
  } else if (type == "messageVideoNote") {
    read_medium(f.object("video_note"), MediaType::video_note, "video", media);
  } else if (type == "messageVoiceNote") {
    read_medium(f.object("voice_note"), MediaType::voice, "voice", media);
  } else if (type == "messageAnimatedEmoji") {
    message.text = f.text("emoji");
  } else if (type == "messagePoll") {
    read_poll(f.object("poll"), message);
  } else {
    return false;
  }
  read_caption(f, message);
  return true;
}

// Types that are kept whole, with what a list shows of them.
void read_whole(std::string_view type, const Fields& f, model::Message& message) {
  auto& media = message.media;
  if (type == "messageContact") {
    media.type = MediaType::contact;
    if (const auto* contact = f.object("contact")) {
      const Fields who(*contact);
      media.file_name = joined(who.text("first_name"), who.text("last_name"));
    }
  } else if (type == "messageLocation") {
    media.type = MediaType::location;
  } else if (type == "messageVenue") {
    media.type = MediaType::location;
    if (const auto* venue = f.object("venue")) {
      const Fields where(*venue);
      media.file_name = joined(where.text("title"), where.text("address"));
    }
  } else if (type == "messageDice") {
    // Its animation is there or not as TDLib has loaded it.
    media.type = MediaType::other;
    message.text = f.text("emoji");
    message.raw = boost::json::serialize(
        boost::json::object{{"@type", type}, {"emoji", f.text("emoji")}, {"value", f.number("value").value_or(0)}});
    return;
  } else {
    media.type = MediaType::other;
    read_caption(f, message);
  }
  message.raw = boost::json::serialize(steady(f.all()));
}

}  // namespace

void read_formatted(const boost::json::object& formatted, std::string& text, std::vector<model::Entity>& entities) {
  const Fields f(formatted);
  text = f.text("text");
  entities.clear();
  const auto* list = f.array("entities");
  if (!list) return;
  for (const auto& one : *list) {
    const auto* object = one.if_object();
    if (!object) continue;
    const Fields e(*object);
    const auto* type = e.object("type");
    if (!type) continue;
    const Fields t(*type);
    model::Entity entity;
    entity.type = entity_type(t.text("@type"));
    entity.offset = e.small("offset");
    entity.length = e.small("length");
    switch (entity.type) {
      case EntityType::text_link: entity.value = t.text("url"); break;
      case EntityType::pre: entity.value = t.text("language"); break;
      case EntityType::mention_name: entity.value = std::to_string(t.number("user_id").value_or(0)); break;
      case EntityType::custom_emoji: entity.value = t.text("custom_emoji_id"); break;
      default: break;
    }
    entities.push_back(std::move(entity));
  }
}

ContentFacts read_content(const boost::json::object& content, model::Message& message) {
  const Fields f(content);
  const auto type = f.text("@type");
  ContentFacts facts;
  if (f.flag("is_secret") || type.starts_with("messageExpired")) {
    facts.destroys_itself = true;
    message.media.type = MediaType::other;
    message.media.absent = "destroys_itself";
    return facts;
  }
  if (const auto name = service_name(type); !name.empty()) {
    message.service = name;
    for (const auto* title : {"title", "name"}) {
      if (f.has(title)) message.text = f.text(title);
    }
    if (type == "messagePinMessage") {
      const auto pinned = server_id(f.number("message_id").value_or(0));
      if (pinned) message.reply = model::Reply{pinned, {}, "", ""};
    }
    if (type == "messageChatChangePhoto") read_photo(f.object("photo"), message.media);
    facts.supergroup = type == "messageChatUpgradeTo" ? f.number("supergroup_id").value_or(0) : 0;
    facts.basic_group = type == "messageChatUpgradeFrom" ? f.number("basic_group_id").value_or(0) : 0;
    return facts;
  }
  if (!read_typed(type, f, message)) read_whole(type, f, message);
  return facts;
}

}  // namespace tg::tdlib
