#include "source/tdlib/detail/message_reader.h"

#include "source/fields.h"
#include "source/tdlib/detail/content_reader.h"

namespace tg::tdlib {
namespace {

using source::Fields;

struct Sender {
  std::int64_t id = 0;
  std::string name;
};

Sender read_sender(const boost::json::object* sender, const Names& names) {
  if (!sender) return {};
  const Fields f(*sender);
  if (const auto user = f.number("user_id")) return {*user, names.user(*user)};
  const model::ChatId chat{f.number("chat_id").value_or(0)};
  return {chat.value, names.chat(chat)};
}

// A MessageOrigin: who wrote first what was forwarded or quoted.
model::Forward read_origin(const Fields& origin, const Names& names) {
  model::Forward forward;
  const auto type = origin.text("@type");
  if (type == "messageOriginUser") {
    const auto user = origin.number("sender_user_id").value_or(0);
    forward.name = names.user(user);
    forward.peer = model::ChatId{user};
  } else if (type == "messageOriginHiddenUser") {
    forward.name = origin.text("sender_name");
  } else if (type == "messageOriginChat") {
    forward.peer = model::ChatId{origin.number("sender_chat_id").value_or(0)};
    forward.name = names.chat(forward.peer);
  } else if (type == "messageOriginChannel") {
    forward.peer = model::ChatId{origin.number("chat_id").value_or(0)};
    forward.message = server_id(origin.number("message_id").value_or(0));
    forward.name = names.chat(forward.peer);
  }
  return forward;
}

void read_forward(const Fields& f, const Names& names, model::Message& message) {
  const auto* info = f.object("forward_info");
  if (!info) return;
  const Fields i(*info);
  model::Forward forward;
  if (const auto* origin = i.object("origin")) forward = read_origin(Fields(*origin), names);
  forward.date = model::Time::seconds(i.number("date").value_or(0));
  message.forward = std::move(forward);
}

void read_reply(const Fields& f, const Names& names, model::Message& message) {
  const auto* to = f.object("reply_to");
  if (!to) return;
  const Fields r(*to);
  if (r.text("@type") != "messageReplyToMessage") return;
  model::Reply reply;
  reply.message = server_id(r.number("message_id").value_or(0));
  const model::ChatId chat{r.number("chat_id").value_or(0)};
  if (chat && chat != message.key.peer) reply.peer = chat;
  std::vector<model::Entity> unused;
  if (const auto* quote = r.object("quote")) {
    if (const auto* text = Fields(*quote).object("text")) read_formatted(*text, reply.text, unused);
  } else if (const auto* content = r.object("content")) {
    model::Message quoted;
    read_content(*content, quoted);
    reply.text = quoted.text;
  }
  if (const auto* origin = r.object("origin")) reply.sender = read_origin(Fields(*origin), names).name;
  if (reply.message || !reply.text.empty()) message.reply = std::move(reply);
}

void read_topic(const Fields& f, model::Message& message) {
  const auto* topic = f.object("topic_id");
  if (!topic) return;
  const Fields t(*topic);
  if (const auto forum = t.number("forum_topic_id")) message.topic = model::MessageId{*forum};
  if (const auto thread = t.number("message_thread_id")) message.topic = server_id(*thread);
}

}  // namespace

model::Counters read_counters(const boost::json::object& interaction_info) {
  const Fields f(interaction_info);
  model::Counters counters;
  counters.views = f.number("view_count").value_or(0);
  counters.forwards = f.number("forward_count").value_or(0);
  const auto* reactions = f.object("reactions");
  const auto* list = reactions ? Fields(*reactions).array("reactions") : nullptr;
  if (!list) return counters;
  for (const auto& one : *list) {
    const auto* object = one.if_object();
    if (!object) continue;
    const Fields r(*object);
    const auto* type = r.object("type");
    const auto count = r.number("total_count").value_or(0);
    if (!type || count <= 0) continue;
    const Fields t(*type);
    std::string emoji(t.text("emoji"));
    if (emoji.empty()) emoji = t.text("custom_emoji_id");
    if (emoji.empty() && t.text("@type") == "reactionTypePaid") emoji = "⭐";
    if (!emoji.empty()) counters.reactions.push_back({std::move(emoji), count});
  }
  return counters;
}

std::optional<Read> read_message(const boost::json::object& object, const Names& names, std::int64_t account) {
  const Fields f(object);
  const auto id = server_id(f.number("id").value_or(0));
  const model::ChatId peer{f.number("chat_id").value_or(0)};
  if (!id || !peer) return std::nullopt;

  Read read;
  auto& message = read.message;
  message.key = {scope_of(peer, account), peer, id};
  message.date = model::Time::seconds(f.number("date").value_or(0));
  message.edit_date = model::Time::seconds(f.number("edit_date").value_or(0));
  message.chat_title = names.chat(peer);
  auto sender = read_sender(f.object("sender_id"), names);
  message.sender_id = sender.id;
  message.sender = std::move(sender.name);
  message.signature = f.text("author_signature");
  if (const auto album = f.text("media_album_id"); album != "0") message.album = album;
  message.via_bot = names.username(f.number("via_bot_user_id").value_or(0));
  if (!message.via_bot.empty()) message.via_bot.insert(0, "@");
  read_topic(f, message);
  read_forward(f, names, message);
  read_reply(f, names, message);
  if (const auto* info = f.object("interaction_info")) message.counters = read_counters(*info);

  const auto* content = f.object("content");
  if (f.has("self_destruct_type")) {
    message.media.type = model::MediaType::other;
    message.media.absent = "destroys_itself";
  } else if (content) {
    const auto facts = read_content(*content, message);
    if (facts.supergroup) read.migrated_to = model::channel_peer(facts.supergroup);
    if (facts.basic_group) read.migrated_from = model::ChatId{-facts.basic_group};
  }
  return read;
}

}  // namespace tg::tdlib
