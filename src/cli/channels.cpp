// channels: which there are, beside a running gateway; adding and removing them, through it.

#include <boost/json/array.hpp>
#include <fstream>
#include <iostream>
#include <thread>

#include "cli/channel_state.h"
#include "cli/command.h"
#include "cli/known_channels.h"
#include "cli/usage.h"
#include "source/fields.h"
#include "store/chat_list.h"

namespace tg::cli {
namespace {

namespace json = boost::json;
using source::Fields;

constexpr std::size_t kLongestList = 700 * 1'024;  // bytes; with JSON's escapes within server.max_body_bytes
constexpr int kTriesInVain = 4;
constexpr std::int64_t kShortWait = 90;  // seconds that are waited for; a longer wait is told
constexpr std::chrono::seconds kBetweenTries{1};

struct ChannelFlags {
  std::vector<std::string> named;
  std::string folder, csv, account, token_file;
  bool join = false, dry_run = false;
};

int list_channels(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto reading = Reading::open(*config, false);
  if (!reading) return fail(reading.error());
  auto chats = reading->store->chats();
  if (!chats) return fail(chats.error());
  *chats = store::one_an_id(std::move(*chats));
  const auto states = channel_states(*config, *reading->journal);
  if (!states) return fail(states.error());
  if (common.json) {
    boost::json::array rows;
    for (const auto& chat : *chats) {
      rows.push_back(
          boost::json::object{{"channelId", std::to_string(chat.peer.value)},
                              {"title", chat.title},
                              {"username", chat.username},
                              {"kind", chat.kind},
                              {"label", chat.label},
                              {"active", chat.active},
                              {"messages", chat.total},
                              {"deleted", chat.deleted},
                              {"lastMessageAt", chat.last_date ? boost::json::value(model::to_rfc3339(chat.last_date))
                                                               : boost::json::value(nullptr)},
                              {"lag", states->lag_json(chat.peer)},
                              {"silence", states->silence_json(chat.peer)}});
    }
    print(boost::json::object{{"channels", rows}});
    return kDone;
  }
  Table table{{"id", "kind", "messages", "deleted", "last message", "title"}, {false, false, true, true}, {}};
  for (const auto& chat : *chats) {
    const auto state = states->words(chat.peer);
    table.rows.push_back({std::to_string(chat.peer.value), chat.kind, grouped(chat.total), grouped(chat.deleted),
                          local_time(chat.last_date), chat.title + (state.empty() ? "" : " (" + state + ")")});
  }
  print(table);
  return kDone;
}

Result<std::string> read_list(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kLongestList + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.is_open() || in.bad()) {
    return Error{Code::invalid_input, fmt::format("{} cannot be read", file), "Name a CSV file with --csv"};
  }
  if (text.size() > kLongestList) {
    return Error{Code::invalid_input, fmt::format("{} is larger than {} bytes", file, grouped(kLongestList)),
                 "Give it in parts"};
  }
  return text;
}

std::string text_of(const json::value& row, std::string_view name) {
  const auto* object = row.if_object();
  return object ? std::string(Fields(*object).text(name)) : std::string();
}

std::int64_t number_of(const json::value& row, std::string_view name) {
  const auto* object = row.if_object();
  return object ? Fields(*object).number(name).value_or(0) : 0;
}

bool flag_of(const json::value& row, std::string_view name) {
  const auto* object = row.if_object();
  return object && Fields(*object).flag(name);
}

bool waits(const json::value& row) { return text_of(row, "state") == "waiting"; }

// One request after the other until every row has its answer, or Telegram wants a long wait.
class Adding {
 public:
  Adding(const RunningGateway& gateway, const ChannelFlags& flags) : gateway_(gateway), flags_(flags) {}

  Result<json::array> run(json::object body) {
    auto rows = ask(std::move(body));
    for (int in_vain = 0; rows && in_vain < kTriesInVain;) {
      std::vector<std::size_t> left;
      model::Time until;
      for (std::size_t i = 0; i < rows->size(); ++i) {
        if (!waits((*rows)[i])) continue;
        left.push_back(i);
        until = std::max(until, model::parse_time(text_of((*rows)[i], "waitUntil")).value_or(model::Time{}));
      }
      const auto wait_s = (until.us - model::Time::now().us) / 1'000'000 + 1;
      if (left.empty() || (until && wait_s > kShortWait)) break;
      std::cerr << fmt::format("{} of {} looked up", rows->size() - left.size(), rows->size())
                << (until ? ", Telegram asks to wait until " + local_time(until) : std::string()) << "\n";
      std::this_thread::sleep_for(until ? std::chrono::seconds(std::max<std::int64_t>(wait_s, 1)) : kBetweenTries);
      json::array names;
      for (const auto i : left) names.emplace_back(text_of((*rows)[i], "asked"));
      auto more = ask({{"channels", std::move(names)}});
      if (!more || more->size() != left.size()) return more;
      std::size_t answered = 0;
      for (std::size_t n = 0; n < left.size(); ++n) {
        auto& row = (*rows)[left[n]].as_object();
        auto& now = (*more)[n].as_object();
        if (row.contains("line")) now["line"] = row["line"];
        answered += !waits((*more)[n]);
        row = std::move(now);
      }
      in_vain = answered == 0 ? in_vain + 1 : 0;
    }
    return rows;
  }

 private:
  Result<json::array> ask(json::object body) {
    if (!flags_.account.empty()) body["account"] = flags_.account;
    if (flags_.join && !flags_.dry_run) body["join"] = true;
    auto answer = gateway_.call("POST", flags_.dry_run ? "/api/channels/preview" : "/api/channels", body);
    if (!answer) return answer.error();
    auto* data = answer->if_object();
    auto* rows = data ? data->if_contains("rows") : nullptr;
    if (rows && rows->is_array()) return std::move(rows->as_array());
    return Error{Code::internal, "the gateway's answer was not understood", "Use the same version of both"};
  }

  const RunningGateway& gateway_;
  const ChannelFlags& flags_;
};

std::string duration(std::int64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3'600) return fmt::format("{} min", (seconds + 59) / 60);
  return fmt::format("{} h {} min", seconds / 3'600, seconds % 3'600 / 60);
}

std::string outcome_of(const json::value& row) {
  const auto line = number_of(row, "line");
  const auto where = line ? fmt::format("line {}: ", line) : std::string();
  if (text_of(row, "state") != "found") {
    const auto reason = text_of(row, "reason"), fix = text_of(row, "fix");
    return (reason.starts_with("line ") ? "" : where) + reason + (fix.empty() ? "" : ". " + fix);
  }
  const auto note = text_of(row, "note");
  const std::string done = flag_of(row, "added") ? "added" : flag_of(row, "registered") ? "added before" : "found";
  return done + (note.empty() ? "" : "; " + note);
}

int show(const Common& common, const json::array& rows) {
  std::int64_t good = 0, messages = 0, seconds = 0;
  Table table{{"asked", "title", "kind", "members", "messages", "to fetch", "result"},
              {false, false, false, true, true, true},
              {}};
  for (const auto& row : rows) {
    const bool found = text_of(row, "state") == "found";
    const auto members = number_of(row, "members");
    good += found;
    messages += number_of(row, "messages");
    seconds += number_of(row, "secondsToFetch");
    table.rows.push_back({text_of(row, "asked"), text_of(row, "title"), text_of(row, "kind"),
                          members > 0 ? grouped(members) : "–", found ? "~" + grouped(number_of(row, "messages")) : "–",
                          found ? duration(number_of(row, "secondsToFetch")) : "–", outcome_of(row)});
  }
  if (common.json) {
    print(json::object{{"channels", rows}});
  } else {
    print(table);
    std::cout << fmt::format("{} of {}; about {} of history, at least {} to fetch\n", grouped(good),
                             counted(std::ssize(rows), "channel"), counted(messages, "message"), duration(seconds));
  }
  return good == std::ssize(rows) ? kDone : good == 0 ? kFailed : kLook;
}

int add(const Common& common, const ChannelFlags& flags) {
  if (flags.named.empty() && flags.folder.empty() && flags.csv.empty()) {
    return fail({Code::invalid_input, "no channel is named", "Write @name, a link or an id, or use --folder or --csv"},
                kUsage);
  }
  const auto config = load_config(common);
  if (!config) return kUsage;
  json::object body;
  if (!flags.named.empty()) body["channels"] = json::array(flags.named.begin(), flags.named.end());
  if (!flags.folder.empty()) body["folder"] = flags.folder;
  if (!flags.csv.empty()) {
    auto list = read_list(flags.csv);
    if (!list) return fail(list.error(), kUsage);
    body["csv"] = *list;
  }
  const auto gateway = RunningGateway::find(*config, flags.token_file);
  if (!gateway) return fail(gateway.error());
  const auto rows = Adding(*gateway, flags).run(std::move(body));
  return rows ? show(common, *rows) : fail(rows.error());
}

int remove(const Common& common, const ChannelFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  const auto gateway = RunningGateway::find(*config, flags.token_file);
  if (!gateway) return fail(gateway.error());
  const auto known = KnownChannels::of(*gateway);
  if (!known) return fail(known.error());
  json::array removed;
  for (const auto& written : flags.named) {
    const auto channel = known->find(written);
    if (!channel) return fail(channel.error());
    const auto done = gateway->call("DELETE", "/api/channels/" + channel->id);
    if (!done) return fail(done.error());
    removed.emplace_back(channel->id);
  }
  if (common.json) {
    print(json::object{{"removed", removed}});
  } else {
    std::cout << counted(std::ssize(removed), "channel") << " removed; what is stored stays\n";
  }
  return kDone;
}

}  // namespace

void add_channels(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("channels", "List the channels; add and remove them at the gateway that runs");
  command->require_subcommand(0, 1);
  auto flags = std::make_shared<ChannelFlags>();

  auto* adding = command->add_subcommand("add", "Capture channels: @name, link, invite or id; only joins when told to");
  adding->add_option("what", flags->named, "@name, https://t.me/name, an invite or an id")->type_name("WHAT");
  adding->add_option("--folder", flags->folder, "All channels and groups of this folder of Telegram's")
      ->type_name("NAME");
  adding->add_option("--csv", flags->csv, "A list: with a header the columns link, name or id, without one the first")
      ->type_name(kFile);
  adding->add_flag("--join", flags->join, "Join those that the account is no member of");
  adding->add_flag("--dry-run", flags->dry_run, "Only show them: title, size, time to fetch");
  adding->add_option("--account", flags->account, "Which account looks; without it the first user")->type_name("NAME");
  adding->footer("Example: telegram-gateway channels add @durov https://t.me/telegram --dry-run");

  auto* removing = command->add_subcommand("remove", "Capture channels no longer; what is stored stays");
  removing->add_option("what", flags->named, "Id, @name, link or title")->required()->type_name(kChannel);
  removing->footer("Example: telegram-gateway channels remove -1001234567890");

  for (auto* one : {adding, removing}) {
    one->add_option("--token-file", flags->token_file, "A token with the scope admin, where the gateway wants one")
        ->type_name(kFile);
  }
  command->footer("Example: telegram-gateway channels add --csv channels.csv");
  command->callback([=, &common] {
    *code = adding->parsed()     ? add(common, *flags)
            : removing->parsed() ? remove(common, *flags)
                                 : list_channels(common);
  });
}

}  // namespace tg::cli
