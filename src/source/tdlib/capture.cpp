#include "source/tdlib/capture.h"

#include "pipeline/counters.h"
#include "source/fields.h"
#include "source/tdlib/detail/content_reader.h"
#include "source/tdlib/detail/topic_reader.h"

namespace tg::tdlib {

using source::Fields;
namespace json = boost::json;

namespace {

constexpr std::int64_t kLiveUs = 60'000'000;     // what was posted longer ago was missed and caught up
constexpr std::size_t kContentsWaiting = 1'000;  // contents whose date did not come: polls and previews, no edits

model::ChatId chat_of(const Fields& f) { return model::ChatId{f.number("chat_id").value_or(0)}; }

}  // namespace

const ChatFacts* Capture::facts(model::ChatId chat) const {
  const auto found = chats_.find(chat);
  return found == chats_.end() ? nullptr : &found->second;
}

std::vector<model::ChatId> Capture::groups_and_channels() const {
  std::vector<model::ChatId> all;
  for (const auto& [chat, facts] : chats_) {
    if (facts.kind != "private" && !facts.kind.empty()) all.push_back(chat);
  }
  return all;
}

bool Capture::listened(model::ChatId chat, model::Time posted) const {
  const auto since = listens_.find(chat);
  return since != listens_.end() && since->second <= posted;
}

pipeline::Provenance Capture::provenance(model::Time date) const {
  const auto now = model::Time::now();
  const bool live = !date || now.us - date.us < kLiveUs;
  return {model::SourceKind::tdlib, live ? model::Origin::live : model::Origin::catchup, account_, now};
}

void Capture::take(const json::object& update) {
  const Fields f(update);
  const auto type = f.text("@type");
  if (type == "updateNewMessage") {
    if (const auto* message = f.object("message")) take_message(*message);
  } else if (type == "updateMessageContent") {
    const auto chat = chat_of(f);
    const auto* content = f.object("new_content");
    if (!content || !ports_.wanted(chat)) return;
    const auto message = f.number("message_id").value_or(0);
    const bool poll = Fields(*content).text("@type") == "messagePoll";
    poll ? take_votes(chat, message, *content) : take_content(chat, message, *content);
  } else if (type == "updateMessageEdited") {
    take_edit(chat_of(f), f.number("message_id").value_or(0), f.number("edit_date").value_or(0));
  } else if (type == "updateDeleteMessages") {
    const auto* ids = f.array("message_ids");
    if (ids && f.flag("is_permanent") && !f.flag("from_cache")) take_deletion(chat_of(f), *ids);
  } else if (type == "updateMessageInteractionInfo") {
    const auto chat = chat_of(f);
    const auto id = server_id(f.number("message_id").value_or(0));
    const auto* info = f.object("interaction_info");
    if (!info || !id || !ports_.wanted(chat)) return;
    ports_.push(pipeline::CountersSeen{provenance({}), {scope_of(chat, account_), chat, id}, read_counters(*info)});
  } else if (type == "updateChatLastMessage") {
    // Null after a gap that was too long: what was between was skipped, and no update will tell it.
    if (const auto* last = f.object("last_message")) {
      note_newest(chat_of(f), *last);
    } else if (ports_.wanted(chat_of(f))) {
      ports_.missing(chat_of(f), "too much was missed at once");
    }
  } else if (type == "updateNewChat") {
    if (const auto* chat = f.object("chat")) take_chat(*chat);
  } else if (type == "updateChatTitle") {
    const auto chat = chat_of(f);
    names_.learn_chat(chat, std::string(f.text("title")));
    chats_[chat].title = f.text("title");
    tell(chat);
  } else if (type == "updateSupergroup") {
    if (const auto* group = f.object("supergroup")) take_supergroup(*group);
  } else if (type == "updateBasicGroup") {
    if (const auto* group = f.object("basic_group")) take_basic_group(*group);
  } else if (type == "updateForumTopicInfo") {
    const auto* info = f.object("info");
    auto topic = info ? read_topic_info(*info, provenance({})) : std::nullopt;
    if (topic && ports_.wanted(topic->peer)) ports_.push(std::move(*topic));
  } else if (type == "updateChatFolders") {
    if (const auto* folders = f.array("chat_folders")) take_folders(*folders);
  } else if (type == "updateUser") {
    if (const auto* user = f.object("user")) names_.learn_user(*user);
  } else if (type == "updateOption" && f.text("name") == "my_id") {
    if (const auto* value = f.object("value")) account_ = Fields(*value).number("value").value_or(0);
  }
}

void Capture::take_chat(const json::object& object) {
  const Fields f(object);
  const model::ChatId chat{f.number("id").value_or(0)};
  const auto* type = f.object("type");
  if (!chat || !type) return;
  const Fields t(*type);
  auto& facts = chats_[chat];
  facts.title = f.text("title");
  facts.supergroup = t.number("supergroup_id").value_or(0);
  facts.basic_group = t.number("basic_group_id").value_or(0);
  facts.kind = facts.supergroup    ? (t.flag("is_channel") ? "channel" : "supergroup")
               : facts.basic_group ? "group"
                                   : "private";
  if (const auto known = supergroups_.find(facts.supergroup); known != supergroups_.end()) {
    facts.username = known->second.username;
    facts.member = known->second.member;
    facts.forum = known->second.forum;
  }
  names_.learn_chat(chat, facts.title);
  if (const auto* last = f.object("last_message")) note_newest(chat, *last);
  tell(chat);
}

void Capture::note_newest(model::ChatId chat, const json::object& message) {
  auto& newest = chats_[chat].newest;
  newest = std::max(newest, server_id(Fields(message).number("id").value_or(0)));
}

void Capture::take_supergroup(const json::object& group) {
  const Fields f(group);
  const auto id = f.number("id").value_or(0);
  std::string username;
  if (const auto* usernames = f.object("usernames")) {
    const auto* active = Fields(*usernames).array("active_usernames");
    if (active && !active->empty() && active->front().is_string()) username = active->front().as_string();
  }
  const auto* status = f.object("status");
  const std::string standing(status ? Fields(*status).text("@type") : std::string_view());
  const bool left = standing == "chatMemberStatusLeft";
  const bool forum = f.flag("is_forum");
  supergroups_[id] = {username, !left, forum};
  const auto chat = model::channel_peer(id);
  if (const auto known = chats_.find(chat); known != chats_.end()) {
    known->second.username = std::move(username);
    known->second.member = !left;
    known->second.forum = forum;
    tell(chat);
  }
  if (!status) return;
  const bool member = !left && standing != "chatMemberStatusBanned";
  const auto [was, fresh] = member_.try_emplace(chat, member);
  if (!fresh && std::exchange(was->second, member) != member && ports_.wanted(chat)) {
    if (listens_.erase(chat) > 0) listen(chat);  // what was posted before could not be told
    ports_.missing(chat, "what may be seen of it changed");
  }
}

void Capture::take_basic_group(const json::object& group) {
  const Fields f(group);
  const auto successor = f.number("upgraded_to_supergroup_id").value_or(0);
  const model::ChatId old{-f.number("id").value_or(0)};
  if (!successor) return;
  chats_[old].successor = model::channel_peer(successor);
  tell(old);
}

void Capture::take_folders(const json::array& folders) {
  folders_.clear();
  for (const auto& one : folders) {
    const auto* folder = one.if_object();
    const auto* name = folder ? Fields(*folder).object("name") : nullptr;
    const auto* text = name ? Fields(*name).object("text") : nullptr;
    if (text) folders_.push_back({Fields(*folder).small("id"), std::string(Fields(*text).text("text"))});
  }
}

void Capture::tell(model::ChatId chat) {
  const auto* known = facts(chat);
  if (!known || !ports_.wanted(chat)) return;
  pipeline::ChatSeen seen;
  seen.from = provenance({});
  seen.peer = chat;
  seen.scope = scope_of(chat, account_);
  seen.title = known->title;
  seen.username = known->username;
  seen.kind = known->kind;
  seen.successor = known->successor;
  ports_.push(std::move(seen));
}

void Capture::take_message(const json::object& object) {
  const model::ChatId chat = chat_of(Fields(object));
  if (!ports_.wanted(chat)) return;
  auto read = read_message(object, names_, account_);
  if (!read) return;
  const auto key = read->message.key;
  const auto from = provenance(read->message.date);
  const bool heard = listened(chat, read->message.date);
  ports_.push(pipeline::Seen{from, pipeline::Freshness::update, false, false, std::move(read->message), "", heard});

  auto& last = last_live_[chat];
  if (last && key.message.value == last.value + 1) {
    ports_.push(pipeline::Proof{from, pipeline::ProofKind::live, key.scope, chat, last, key.message, {}});
  } else if (key.message > last) {
    pipeline::ChatSeen seen;
    seen.from = from;
    seen.peer = chat;
    seen.scope = key.scope;
    seen.newest = key.message;
    seen.hole_cause = last ? "ids were skipped" : "the gateway was away";
    const std::string why = seen.hole_cause;
    ports_.push(std::move(seen));
    ports_.missing(chat, why);
  }
  last = std::max(last, key.message);
}

// Where no date follows (a second edit within the second, a poll, a preview) the answer comes before it was joined.
void Capture::take_content(model::ChatId chat, std::int64_t message, const json::object& content) {
  if (contents_.size() >= kContentsWaiting) contents_.clear();
  const auto number = ++last_content_;
  contents_[{chat, message}] = {number, content};
  const auto seen_at = model::Time::now();
  ports_.ask({{"@type", "getMessage"}, {"chat_id", chat.value}, {"message_id", message}},
             [this, chat, message, number, seen_at](const json::object* held) {
               const auto waiting = contents_.find({chat, message});
               if (waiting == contents_.end() || waiting->second.number != number) return;
               if (!held) return;  // with the date that follows it is asked for again
               json::object whole = *held;
               whole["content"] = std::move(waiting->second.content);
               contents_.erase(waiting);
               // Without any date it is ordered by when it was told, like an edit whose date is hidden.
               const bool dated = Fields(whole).number("edit_date").value_or(0) != 0;
               push_edit(whole, seen_at, !dated);
             });
}

// A poll's words cannot be edited: what changes by itself is who voted for what, and whether it is closed.
void Capture::take_votes(model::ChatId chat, std::int64_t message, const json::object& content) {
  const auto id = server_id(message);
  if (!id) return;
  pipeline::Seen seen{provenance({}), pipeline::Freshness::update, false, false, {}, ""};
  seen.message.key = {scope_of(chat, account_), chat, id};
  read_content(content, seen.message);
  ports_.push(pipeline::counters_of(seen));
}

void Capture::push_edit(const json::object& message, model::Time seen_at, bool hidden) {
  auto read = read_message(message, names_, account_);
  if (!read) return;
  auto from = provenance(read->message.edit_date);
  from.observed_at = seen_at;
  ports_.push(pipeline::Seen{from, pipeline::Freshness::update, hidden, false, std::move(read->message), ""});
}

void Capture::take_edit(model::ChatId chat, std::int64_t message, std::int64_t edit_date) {
  if (!ports_.wanted(chat)) return;
  auto waiting = contents_.extract({chat, message});
  std::optional<json::object> content;
  if (!waiting.empty()) content = std::move(waiting.mapped().content);
  const auto seen_at = model::Time::now();
  ports_.ask({{"@type", "getMessage"}, {"chat_id", chat.value}, {"message_id", message}},
             [this, chat, content = std::move(content), edit_date, seen_at](const json::object* held) {
               if (!held) return ports_.doubtful(chat);  // usually it was deleted meanwhile
               json::object whole = *held;
               if (content) whole["content"] = *content;
               whole["edit_date"] = edit_date;
               push_edit(whole, seen_at, edit_date == 0);
             });
}

void Capture::take_deletion(model::ChatId chat, const json::array& ids) {
  if (!ports_.wanted(chat)) return;
  for (const auto& one : ids) {
    if (!one.is_int64()) continue;
    const auto id = server_id(one.as_int64());
    if (id) ports_.push(pipeline::Deleted{provenance({}), {scope_of(chat, account_), chat, id}});
  }
}

}  // namespace tg::tdlib
