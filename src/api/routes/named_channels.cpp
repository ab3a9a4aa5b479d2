#include "api/routes/named_channels.h"

#include <boost/json/serialize.hpp>

#include "source/chat_list.h"
#include "source/chat_name.h"

namespace tg::api {
namespace json = boost::json;
namespace {

using source::ChatAnswer;
using source::ChatProfile;

constexpr std::size_t kMostNamed = 1'000;
constexpr std::chrono::seconds kJoining{15};  // of one request, besides what looking takes

const Error kNoDirectory{Code::unavailable, "no Telegram account can look channels up: telegram.api_id is not set",
                         "Set it and sign in (docs/sign-in.md), or add a channel by its id"};

// One thing that was named, and what became of it.
struct Named {
  std::string asked;
  std::size_t line = 0;  // of a list
  ChatAnswer answer;
  bool registered = false;
  bool added = false;
};

struct Wish {
  std::string account;
  bool join = false;
  std::vector<Named> named;
};

Result<source::ChatDirectory*> directory_of(Context& context) {
  auto* directory = context.parts.control ? context.parts.control->directory() : nullptr;
  if (directory) return directory;
  return kNoDirectory;
}

Result<void> take_channels(const json::object& body, Wish& wish) {
  const auto* channels = body.if_contains("channels");
  if (!channels || channels->is_null()) return {};
  const auto* list = channels->if_array();
  if (!list)
    return bad_parameter("channels", json::serialize(*channels), "a list such as [\"@name\", \"https://t.me/…\"]");
  for (const auto& one : *list) {
    if (!one.is_string() && !one.is_int64()) {
      return bad_parameter("channels", json::serialize(one), "texts such as \"@name\"");
    }
    Named named;
    named.asked = one.is_string() ? std::string(one.as_string()) : std::to_string(one.as_int64());
    wish.named.push_back(std::move(named));
  }
  return {};
}

Result<void> take_folder(const json::object& body, source::ChatDirectory& directory, Wish& wish) {
  const auto folder = text_of(body, "folder");
  if (!folder) return {};
  const auto chats = directory.chats_of_folder(wish.account, *folder);
  if (!chats) return chats.error();
  for (const auto chat : *chats) {
    Named named;
    named.asked = std::to_string(chat.value);
    wish.named.push_back(std::move(named));
  }
  return {};
}

Result<void> take_csv(const json::object& body, Wish& wish) {
  const auto csv = text_of(body, "csv");
  if (!csv) return {};
  auto list = source::parse_chat_list(*csv, kMostNamed);
  if (!list) return list.error();
  for (auto& chat : *list) {
    Named named;
    named.asked = std::move(chat.text);
    named.line = chat.line;
    named.answer.problem = std::move(chat.problem);
    wish.named.push_back(std::move(named));
  }
  return {};
}

Result<Wish> wish_of(const json::object& body, source::ChatDirectory& directory) {
  Wish wish;
  wish.account = text_of(body, "account").value_or("");
  const auto join = boolean_of(body, "join");
  if (!join) return join.error();
  wish.join = join->value_or(false);
  if (auto taken = take_channels(body, wish); !taken) return taken.error();
  if (auto taken = take_folder(body, directory, wish); !taken) return taken.error();
  if (auto taken = take_csv(body, wish); !taken) return taken.error();
  if (wish.named.empty()) {
    return Error{Code::invalid_input, "no channel is named",
                 "Send \"channels\": [\"@name\", \"https://t.me/…\"], \"folder\": \"NAME\" or \"csv\": \"…\""};
  }
  if (wish.named.size() > kMostNamed) {
    return Error{Code::invalid_input,
                 fmt::format("{} channels are named, {} are the most", wish.named.size(), kMostNamed),
                 "Send them in parts"};
  }
  return wish;
}

Result<void> look_up(Wish& wish, source::ChatDirectory& directory, Context& context) {
  std::vector<std::string> names;
  for (const auto& named : wish.named) {
    if (!named.answer.problem) names.push_back(named.asked);
  }
  auto answers = directory.find_chats(wish.account, names);
  if (!answers) return answers.error();
  auto answer = answers->begin();
  for (auto& named : wish.named) {
    if (named.answer.problem) continue;
    named.answer = std::move(*answer++);
    const auto chat = named.answer.chat.chat;
    if (named.answer.problem || !chat) continue;
    const auto known = context.store().chat(chat);
    if (!known) return known.error();
    named.registered = *known && (*known)->registered;
  }
  return {};
}

// Joins where it was asked for; a problem where the chat cannot be seen without it.
void enter(Named& named, const Wish& wish, source::ChatDirectory& directory) {
  const auto& chat = named.answer.chat;
  if (named.answer.problem || chat.member) return;
  if (wish.join) {
    auto joined = directory.join_chat(wish.account, named.asked);
    named.answer = joined ? std::move(*joined) : ChatAnswer{joined.error(), {}, {}};
  } else if (!chat.chat || chat.username.empty()) {
    named.answer.problem = Error{Code::permission, fmt::format("this account is no member of {}", chat.title),
                                 "Add it with \"join\": true (--join)"};
  }
}

Result<void> register_chat(Named& named, Context& context) {
  if (named.answer.problem || named.registered) return {};
  store::Chat chat;
  chat.peer = named.answer.chat.chat;
  chat.title = named.answer.chat.title;
  chat.username = named.answer.chat.username;
  chat.kind = named.answer.chat.kind;
  chat.registered = true;
  const auto added = context.store().add_chat(chat);
  named.registered = added || added.error().code == Code::conflict;
  named.added = added.ok();
  return named.registered ? Result<void>{} : Result<void>(added.error());
}

std::string_view state_of(const ChatAnswer& answer) {
  if (!answer.problem) return "found";
  switch (answer.problem->code) {
    case Code::invalid_input: return "invalid";
    case Code::not_found: return "unknown";
    case Code::permission: return "closed";
    case Code::unavailable:
    case Code::timeout: return "waiting";
    default: return "refused";
  }
}

std::string_view note_of(const ChatProfile& chat) {
  if (chat.member) return "";
  if (chat.chat && !chat.username.empty()) {
    return "not a member: Telegram is asked for new posts about once a minute; join to have them at once";
  }
  return chat.asks_to_join ? "not a member: to see it, ask to join; an administrator decides"
                           : "not a member: join to see it";
}

json::object row_json(const Named& named) {
  const auto& [problem, again_at, chat] = named.answer;
  json::object row{{"asked", named.asked},
                   {"state", state_of(named.answer)},
                   {"registered", named.registered},
                   {"added", named.added}};
  if (named.line != 0) row["line"] = named.line;
  if (problem) {
    row["reason"] = problem->what;
    row["fix"] = problem->fix;
    if (again_at) row["waitUntil"] = model::to_rfc3339(again_at);
    return row;
  }
  if (chat.chat) row["channelId"] = std::to_string(chat.chat.value);
  row["title"] = chat.title;
  row["kind"] = chat.kind;
  row["member"] = chat.member;
  if (!chat.username.empty()) row["username"] = chat.username;
  if (!chat.picture.empty()) row["picture"] = "data:image/jpeg;base64," + chat.picture;
  if (chat.members > 0) row["members"] = chat.members;
  if (chat.newest) row["newestId"] = chat.newest.value;
  if (chat.chat) {
    row["messages"] = chat.messages;
    row["requests"] = chat.requests;
    row["secondsToFetch"] = chat.fetch_s;
  }
  if (chat.asks_to_join) row["asksToJoin"] = true;
  if (const auto note = note_of(chat); !note.empty()) row["note"] = note;
  return row;
}

json::object rows_json(const Wish& wish) {
  json::array rows;
  std::int64_t found = 0, waiting = 0, added = 0, messages = 0, seconds = 0;
  model::Time wait_until;
  for (const auto& named : wish.named) {
    rows.push_back(row_json(named));
    const auto state = state_of(named.answer);
    found += state == "found";
    waiting += state == "waiting";
    added += named.added;
    wait_until = std::max(wait_until, named.answer.again_at);
    if (state != "found") continue;
    messages += named.answer.chat.messages;
    seconds += named.answer.chat.fetch_s;
  }
  const auto total = std::ssize(wish.named);
  json::object out{{"rows", std::move(rows)},  {"found", found}, {"refused", total - found - waiting},
                   {"waiting", waiting},       {"added", added}, {"messages", messages},
                   {"secondsToFetch", seconds}};
  if (wait_until) out["waitUntil"] = model::to_rfc3339(wait_until);
  return out;
}

Response preview(const Request& request, Context& context) {
  const auto body = body_of(request);
  if (!body) return failure(body.error());
  const auto directory = directory_of(context);
  if (!directory) return failure(directory.error());
  auto wish = wish_of(*body, **directory);
  if (!wish) return failure(wish.error());
  if (auto looked = look_up(*wish, **directory, context); !looked) return failure(looked.error());
  return success(rows_json(*wish));
}

Response folders(const Request& request, Context& context) {
  const auto directory = directory_of(context);
  if (!directory) return failure(directory.error());
  const auto found = (*directory)->folders(Query(request.query()).text_or({"account"}, ""));
  if (!found) return failure(found.error());
  json::array rows;
  for (const auto& folder : *found) rows.push_back(json::object{{"id", folder.id}, {"name", folder.name}});
  return success(std::move(rows));
}

}  // namespace

bool names_several(const json::object& body) {
  return body.contains("channels") || body.contains("folder") || body.contains("csv");
}

Response add_several(const json::object& body, Context& context) {
  const auto directory = directory_of(context);
  if (!directory) return failure(directory.error());
  auto wish = wish_of(body, **directory);
  if (!wish) return failure(wish.error());
  if (auto looked = look_up(*wish, **directory, context); !looked) return failure(looked.error());
  const auto until = std::chrono::steady_clock::now() + kJoining;
  for (auto& named : wish->named) {
    if (wish->join && !named.answer.problem && !named.answer.chat.member && std::chrono::steady_clock::now() > until) {
      named.answer.problem = Error{Code::unavailable, "not joined yet", "Ask again: the others are done"};
      continue;
    }
    enter(named, *wish, **directory);
    if (auto done = register_chat(named, context); !done) return failure(done.error());
  }
  context.changed();
  return success(rows_json(*wish), 201);
}

Result<model::ChatId> chat_named(const std::string& text, const json::object& body, Context& context) {
  if (const auto name = source::parse_chat_name(text); !name) return name.error();
  const auto directory = directory_of(context);
  if (!directory) return directory.error();
  auto alone = body;
  alone["channels"] = json::array{json::value(text)};
  auto wish = wish_of(alone, **directory);
  if (!wish) return wish.error();
  if (auto looked = look_up(*wish, **directory, context); !looked) return looked.error();
  enter(wish->named[0], *wish, **directory);
  const auto& answer = wish->named[0].answer;
  if (answer.problem) return *answer.problem;
  return answer.chat.chat;
}

std::vector<Route> named_channel_routes() {
  return {
      {.method = Method::post,
       .pattern = "/api/channels/preview",
       .access = Access::admin,
       .where = Where::worker,
       .handler = preview,
       .operation = "channel_preview",
       .tag = "channels",
       .summary = "What channels are that people name by @name, link, id, folder or CSV; changes nothing",
       .schema = "NamedChannels",
       .body = "NamedBody"},
      {.method = Method::get,
       .pattern = "/api/telegram-gateway/folders",
       .access = Access::read,
       .where = Where::worker,
       .handler = folders,
       .operation = "folders",
       .tag = "telegram",
       .summary = "An account's folders of chats",
       .schema = "[Folder]",
       .parameters = {{"account", "string", "an account; without it the first user who is signed in"}}},
  };
}

}  // namespace tg::api
