#include "source/tdlib/chat_finder.h"

#include <mutex>
#include <unordered_map>

#include "source/fields.h"
#include "source/tdlib/detail/message_reader.h"
#include "source/tdlib/detail/sleep.h"

namespace tg::tdlib {

using source::ChatAnswer;
using source::ChatName;
using source::ChatProfile;
using source::Fields;
namespace json = boost::json;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kOneCall{15};  // of one call
constexpr std::chrono::minutes kRemembered{10};
constexpr std::size_t kMostRemembered = 4'000;
constexpr std::int64_t kPageOfHistory = 100;  // messages a request
constexpr std::int64_t kMostOfFolder = 10'000;

const Error kEnds{Code::unavailable, "the account is closing", "Ask again when it is signed in"};
const Error kBusy{Code::unavailable, "the account takes no questions now: it is closing, or the disk is full",
                  "See: telegram-gateway status"};
const Error kNotReached{Code::unavailable, "not looked up yet", "Ask again: what was found is remembered"};

Error flooded(model::Time until) {
  return {Code::unavailable, fmt::format("Telegram asks to wait until {}", model::to_rfc3339(until)),
          "Ask again then: what was found is remembered"};
}

ChatAnswer refused(Error why) { return {std::move(why), {}, {}}; }

bool is_member(const json::object& group) {
  const auto* status = Fields(group).object("status");
  if (!status) return false;
  const Fields f(*status);
  const auto type = f.text("@type");
  if (type == "chatMemberStatusCreator" || type == "chatMemberStatusRestricted") return f.flag("is_member");
  return type == "chatMemberStatusMember" || type == "chatMemberStatusAdministrator";
}

std::string picture_of(const Fields& chat) {
  const auto* photo = chat.object("photo");
  const auto* small = photo ? Fields(*photo).object("minithumbnail") : nullptr;
  return small ? std::string(Fields(*small).text("data")) : std::string();
}

// What a refusal means for a name. Words of Telegram: core.telegram.org/method/contacts.resolveUsername and others.
Error meaning_of(const Refusal& refusal, const ChatName& name) {
  const auto& word = refusal.message;
  const auto has = [&](std::string_view part) { return word.find(part) != std::string::npos; };
  if (has("INVITE_HASH") || has("Wrong invite")) {
    return {Code::not_found, "this invite does not hold any more", "Ask for a new one"};
  }
  if (has("CHANNEL_PRIVATE") || has("USER_BANNED") || has("Can't access")) {
    return {Code::permission, "this account may not see it: private, or it was banned", "Ask for an invite link"};
  }
  if (name.kind == ChatName::Kind::username && (has("USERNAME") || has("not found"))) {
    return {Code::not_found, fmt::format("nobody is called @{}", name.text), "Look at how it is spelt"};
  }
  if (name.kind == ChatName::Kind::id && refusal.code == 400) {
    return {Code::not_found, fmt::format("this account has never seen chat {}", name.chat.value),
            "Name it by @name or link: by its number a chat is known only to those who have met it"};
  }
  return {Code::unavailable, "Telegram refused: " + word, "Ask again"};
}

Error join_refusal(const Refusal& refusal, const ChatName& name) {
  const auto& word = refusal.message;
  if (word.find("INVITE_REQUEST_SENT") != std::string::npos) {
    return {Code::conflict, "asked to join; an administrator decides", "Add it again when the account was let in"};
  }
  if (word.find("CHANNELS_TOO_MUCH") != std::string::npos) {
    return {Code::conflict, "this account is a member of as many channels as Telegram allows",
            "Leave some, or add it without joining"};
  }
  return meaning_of(refusal, name);
}

}  // namespace

struct ChatFinder::Impl {
  Impl(std::chrono::milliseconds b, Ports p) : between(b), ports(std::move(p)) {}

  struct Remembered {
    ChatAnswer answer;
    Clock::time_point at;
  };

  const std::chrono::milliseconds between;
  const Ports ports;
  std::stop_source stop;
  std::timed_mutex turn;  // guards what follows
  Clock::time_point deadline, last_request;
  model::Time flood_until;
  std::unordered_map<std::string, Remembered> remembered;

  // Known to TDLib: no request.
  Answer ask_here(json::object query) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return ports.client.ask(std::move(query), left, stop.get_token());
  }

  // At the server, in its turn.
  Answer ask(json::object query) {
    if (flood_until > model::Time::now()) return Refusal{429, ""};
    if (!sleep_until(std::min(last_request + between, deadline), stop.get_token())) return Refusal{499, ""};
    if (Clock::now() >= deadline) return Refusal{408, ""};
    last_request = Clock::now();
    auto answer = ask_here(std::move(query));
    if (const auto* refusal = std::get_if<Refusal>(&answer); refusal && refusal->retry_after_s() > 0) {
      flood_until = model::Time{model::Time::now().us + refusal->retry_after_s() * 1'000'000};
    }
    return answer;
  }

  // Nothing where the refusal says something of the chat itself.
  std::optional<ChatAnswer> not_now(const Refusal& refusal) const {
    if (refusal.code == 499) return refused(kEnds);
    if (flood_until > model::Time::now()) return ChatAnswer{flooded(flood_until), flood_until, {}};
    if (refusal.code == 408) return refused(kNotReached);
    return std::nullopt;
  }

  ChatAnswer answer_of(const Refusal& refusal, const ChatName& name) const {
    if (auto later = not_now(refusal)) return std::move(*later);
    return refused(meaning_of(refusal, name));
  }

  ChatAnswer find(const ChatName& name) {
    switch (name.kind) {
      case ChatName::Kind::username: {
        const auto found = ask({{"@type", "searchPublicChat"}, {"username", name.text}});
        if (const auto* refusal = std::get_if<Refusal>(&found)) return answer_of(*refusal, name);
        return describe(std::get<json::object>(found), name);
      }
      case ChatName::Kind::id: return find(name.chat, name);
      case ChatName::Kind::invite: {
        const auto found = ask({{"@type", "checkChatInviteLink"}, {"invite_link", name.text}});
        if (const auto* refusal = std::get_if<Refusal>(&found)) return answer_of(*refusal, name);
        const Fields f(std::get<json::object>(found));
        const model::ChatId chat{f.number("chat_id").value_or(0)};
        return chat ? find(chat, name) : describe_invite(f);
      }
    }
    return refused(kNotReached);
  }

  ChatAnswer find(model::ChatId chat, const ChatName& name) {
    const auto found = ask_here({{"@type", "getChat"}, {"chat_id", chat.value}});
    if (const auto* refusal = std::get_if<Refusal>(&found)) return answer_of(*refusal, name);
    return describe(std::get<json::object>(found), name);
  }

  // A private chat that one is no member of: this is all that Telegram tells.
  static ChatAnswer describe_invite(const Fields& info) {
    ChatAnswer answer;
    auto& chat = answer.chat;
    chat.title = info.text("title");
    chat.picture = picture_of(info);
    chat.members = info.number("member_count").value_or(0);
    chat.asks_to_join = info.flag("creates_join_request");
    const auto* type = info.object("type");
    const auto kind = type ? Fields(*type).text("@type") : std::string_view();
    chat.kind = kind == "inviteLinkChatTypeChannel"      ? "channel"
                : kind == "inviteLinkChatTypeBasicGroup" ? "group"
                                                         : "supergroup";
    return answer;
  }

  ChatAnswer describe(const json::object& object, const ChatName& name) {
    const Fields f(object);
    ChatAnswer answer;
    auto& chat = answer.chat;
    chat.chat = model::ChatId{f.number("id").value_or(0)};
    chat.title = f.text("title");
    chat.picture = picture_of(f);
    const auto* type = f.object("type");
    if (!type) return refused(kNotReached);
    const Fields t(*type);
    const auto supergroup = t.number("supergroup_id").value_or(0), basic = t.number("basic_group_id").value_or(0);
    if (supergroup == 0 && basic == 0) {
      return refused(
          {Code::invalid_input, fmt::format("{} is a person or a bot", chat.title), "Name a channel or a group"});
    }
    chat.kind = basic ? "group" : t.flag("is_channel") ? "channel" : "supergroup";
    if (auto problem = basic ? read_basic_group(basic, chat, name) : read_supergroup(supergroup, chat, name)) {
      return std::move(*problem);
    }
    if (auto problem = read_size(chat, name)) return std::move(*problem);
    chat.requests = (chat.messages + kPageOfHistory - 1) / kPageOfHistory;
    chat.fetch_s = (chat.requests * between.count() + 999) / 1'000;
    return answer;
  }

  std::optional<ChatAnswer> read_basic_group(std::int64_t id, ChatProfile& chat, const ChatName& name) {
    const auto found = ask_here({{"@type", "getBasicGroup"}, {"basic_group_id", id}});
    if (const auto* refusal = std::get_if<Refusal>(&found)) return answer_of(*refusal, name);
    const auto& group = std::get<json::object>(found);
    chat.member = is_member(group);
    chat.members = Fields(group).number("member_count").value_or(0);
    return std::nullopt;
  }

  std::optional<ChatAnswer> read_supergroup(std::int64_t id, ChatProfile& chat, const ChatName& name) {
    const auto found = ask_here({{"@type", "getSupergroup"}, {"supergroup_id", id}});
    if (const auto* refusal = std::get_if<Refusal>(&found)) return answer_of(*refusal, name);
    const auto& group = std::get<json::object>(found);
    const Fields f(group);
    const auto* usernames = f.object("usernames");
    const auto* active = usernames ? Fields(*usernames).array("active_usernames") : nullptr;
    if (active && !active->empty() && active->front().is_string()) chat.username = active->front().as_string();
    const auto* status = f.object("status");
    if (status && Fields(*status).text("@type") == "chatMemberStatusBanned") {
      return refused(
          {Code::permission, fmt::format("this account was banned from {}", chat.title), "Use another account"});
    }
    chat.member = is_member(group);
    chat.asks_to_join = f.flag("join_by_request");
    chat.members = f.number("member_count").value_or(0);
    if (chat.members > 0) return std::nullopt;
    const auto full = ask({{"@type", "getSupergroupFullInfo"}, {"supergroup_id", id}});
    if (const auto* refusal = std::get_if<Refusal>(&full)) return not_now(*refusal);
    chat.members = Fields(std::get<json::object>(full)).number("member_count").value_or(0);
    return std::nullopt;
  }

  std::optional<ChatAnswer> read_size(ChatProfile& chat, const ChatName& name) {
    const auto found = ask({{"@type", "searchChatMessages"},
                            {"chat_id", chat.chat.value},
                            {"query", ""},
                            {"from_message_id", 0},
                            {"offset", 0},
                            {"limit", 1}});
    if (const auto* refusal = std::get_if<Refusal>(&found)) {
      // Known by name only: its messages are for members.
      if (auto later = not_now(*refusal)) return later;
      return chat.username.empty() && !chat.member ? std::optional(answer_of(*refusal, name)) : std::nullopt;
    }
    const Fields f(std::get<json::object>(found));
    const auto* messages = f.array("messages");
    const auto* newest = messages && !messages->empty() ? messages->front().if_object() : nullptr;
    if (newest) chat.newest = server_id(Fields(*newest).number("id").value_or(0));
    chat.messages = chat.kind == "group" ? f.number("total_count").value_or(0) : chat.newest.value;
    return std::nullopt;
  }

  ChatAnswer find_remembered(const std::string& written) {
    const auto name = source::parse_chat_name(written);
    if (!name) return refused(name.error());
    const auto key = name->kind == ChatName::Kind::id ? std::to_string(name->chat.value) : name->text;
    const auto known = remembered.find(key);
    if (known != remembered.end() && known->second.at + kRemembered > Clock::now()) return known->second.answer;
    if (Clock::now() >= deadline) return refused(kNotReached);
    auto answer = find(*name);
    if (answer.problem && answer.problem->code == Code::unavailable) return answer;
    if (remembered.size() >= kMostRemembered) remembered.clear();
    remembered.insert_or_assign(key, Remembered{answer, Clock::now()});
    return answer;
  }

  ChatAnswer join(const std::string& written) {
    auto answer = find_remembered(written);
    const auto name = source::parse_chat_name(written);
    if (answer.problem || !name || answer.chat.member) return answer;
    const bool by_link = name->kind == ChatName::Kind::invite;
    const auto done = by_link ? ask({{"@type", "joinChatByInviteLink"}, {"invite_link", name->text}})
                              : ask({{"@type", "joinChat"}, {"chat_id", answer.chat.chat.value}});
    remembered.clear();  // the chat may be known by several names
    if (const auto* refusal = std::get_if<Refusal>(&done)) {
      if (auto later = not_now(*refusal)) return std::move(*later);
      return refused(join_refusal(*refusal, *name));
    }
    const model::ChatId chat =
        by_link ? model::ChatId{Fields(std::get<json::object>(done)).number("id").value_or(0)} : answer.chat.chat;
    auto joined = find(chat, *name);
    // Joined it is, whatever could not be asked for any more.
    if (joined.problem) {
      joined = std::move(answer);
      joined.chat.chat = chat;
    }
    joined.chat.member = true;
    return joined;
  }

  Result<std::vector<source::ChatFolder>> folders() {
    std::vector<source::ChatFolder> all;
    if (!ports.with_capture([&](const Capture& capture) { all = capture.folders(); })) return kBusy;
    return all;
  }

  Result<std::vector<model::ChatId>> chats_of(const std::string& folder) {
    const auto all = folders();
    if (!all) return all.error();
    const auto found = std::find_if(all->begin(), all->end(), [&](const auto& one) { return one.name == folder; });
    if (found == all->end()) {
      std::string names;
      for (const auto& one : *all) names += (names.empty() ? "" : ", ") + one.name;
      return Error{Code::not_found, fmt::format("there is no folder '{}'", folder),
                   names.empty() ? "This account has no folders" : "There are: " + names};
    }
    const auto answer = ask({{"@type", "getChats"},
                             {"chat_list", {{"@type", "chatListFolder"}, {"chat_folder_id", found->id}}},
                             {"limit", kMostOfFolder}});
    if (const auto* refusal = std::get_if<Refusal>(&answer)) {
      if (auto later = not_now(*refusal)) return std::move(*later->problem);
      return Error{Code::unavailable, "Telegram refused: " + refusal->message, "Ask again"};
    }
    std::vector<model::ChatId> chats;
    if (const auto* ids = Fields(std::get<json::object>(answer)).array("chat_ids")) {
      for (const auto& id : *ids) {
        if (id.is_int64() && id.as_int64() < 0) chats.emplace_back(id.as_int64());
      }
    }
    return chats;
  }
};

ChatFinder::ChatFinder(std::chrono::milliseconds between, Ports ports)
    : impl_(std::make_unique<Impl>(between, std::move(ports))) {}

ChatFinder::~ChatFinder() = default;

void ChatFinder::stop() { impl_->stop.request_stop(); }

std::vector<ChatAnswer> ChatFinder::find(const std::vector<std::string>& names) {
  std::vector<ChatAnswer> answers;
  answers.reserve(names.size());
  const auto until = Clock::now() + kOneCall;
  const std::unique_lock turn(impl_->turn, until);
  if (turn) impl_->deadline = until;
  for (const auto& name : names) answers.push_back(turn ? impl_->find_remembered(name) : refused(kNotReached));
  return answers;
}

ChatAnswer ChatFinder::join(const std::string& name) {
  const auto until = Clock::now() + kOneCall;
  const std::unique_lock turn(impl_->turn, until);
  if (!turn) return refused(kNotReached);
  impl_->deadline = until;
  return impl_->join(name);
}

Result<std::vector<source::ChatFolder>> ChatFinder::folders() { return impl_->folders(); }

Result<std::vector<model::ChatId>> ChatFinder::chats_of(const std::string& folder) {
  const auto until = Clock::now() + kOneCall;
  const std::unique_lock turn(impl_->turn, until);
  if (!turn) return kNotReached;
  impl_->deadline = until;
  return impl_->chats_of(folder);
}

}  // namespace tg::tdlib
