// messages, status, coverage: what is stored and what is proven, read beside a running gateway.

#include <iostream>

#include "app/gateway.h"
#include "cli/channel_state.h"
#include "cli/command.h"
#include "cli/usage.h"
#include "journal/coverage.h"
#include "journal/lock.h"
#include "journal/upkeep.h"
#include "model/message_json.h"
#include "store/chat_list.h"

namespace tg::cli {
namespace {

struct MessageFlags {
  std::vector<std::int64_t> channels;
  std::string search, from, to, cursor, sender;
  std::size_t limit = 20;
  bool oldest_first = false;
  bool deleted = false;
};

boost::json::value or_null(model::Time time) {
  return time ? boost::json::value(model::to_rfc3339(time)) : boost::json::value(nullptr);
}

// With the names of the json export.
boost::json::object to_json(const model::Media& media) {
  boost::json::object o{{"type", model::name_of(media.type)}};
  if (!media.file_name.empty()) o["fileName"] = media.file_name;
  if (!media.mime_type.empty()) o["mimeType"] = media.mime_type;
  if (media.size > 0) o["size"] = media.size;
  if (!media.blob.empty()) o["sha256"] = media.blob;
  if (!media.absent.empty()) o["absent"] = media.absent;
  return o;
}

boost::json::object to_json(const store::Row& row) {
  boost::json::object o{{"id", model::to_api_id(row.message.key)},
                        {"channelId", std::to_string(row.message.key.peer.value)},
                        {"messageId", row.message.key.message.value},
                        {"channelTitle", row.chat_title},
                        {"date", model::to_rfc3339(row.message.date)},
                        {"text", row.message.text},
                        {"origin", model::name_of(row.origin)},
                        {"status", store::name_of(row.status)},
                        {"versions", row.versions},
                        {"seq", row.seq.value}};
  if (!row.message.sender.empty()) o["sender"] = row.message.sender;
  if (row.message.edit_date) o["editDate"] = model::to_rfc3339(row.message.edit_date);
  if (row.message.media.type != model::MediaType::none) o["media"] = to_json(row.message.media);
  if (row.deleted_at) o["deletedAt"] = model::to_rfc3339(row.deleted_at);
  return o;
}

int list_messages(const Common& common, const MessageFlags& flags) {
  store::PageQuery query;
  for (const auto channel : flags.channels) query.channels.emplace_back(channel);
  query.search = flags.search;
  query.sender = flags.sender;
  query.cursor = flags.cursor;
  query.limit = flags.limit;
  query.newest_first = !flags.oldest_first;
  query.include_deleted = flags.deleted;
  if (auto taken = take_range(flags.from, flags.to, query.from, query.to); !taken) return fail(taken.error(), kUsage);
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto reading = Reading::open(*config, !flags.search.empty());
  if (!reading) return fail(reading.error());
  for (const auto channel : flags.channels) {
    if (auto known = known_channel(*reading->store, channel); !known) return fail(known.error());
  }
  const auto page = reading->store->page(query);
  if (!page) return fail(page.error(), page.error().code == Code::invalid_input ? kUsage : kFailed);
  std::int64_t behind = 0;
  if (!flags.search.empty()) {
    const auto search = reading->store->search_state();
    if (!search) return fail(search.error());
    behind = search->behind_events;
  }
  const int code = behind > 0 ? kLook : kDone;
  if (behind > 0) {
    std::cerr << "warning: the search index is " << grouped(behind)
              << " events behind: what they brought is not found. The gateway fills it while it runs; start it, or "
                 "search again in a moment\n";
  }
  if (common.json) {
    boost::json::array rows;
    for (const auto& row : page->rows) rows.push_back(to_json(row));
    boost::json::object answer{{"messages", rows}, {"total", page->total}, {"totalExact", page->total_exact}};
    if (!page->next_cursor.empty()) answer["nextCursor"] = page->next_cursor;
    if (!flags.search.empty()) answer["searchBehindEvents"] = behind;
    print(answer);
    return code;
  }
  Table table{{"id", "posted", "channel", "text"}, {}, {}};
  for (const auto& row : page->rows) {
    std::string mark = row.deleted_at ? "[deleted] " : row.versions > 1 ? "[edited] " : "";
    if (row.message.media.type != model::MediaType::none)
      mark += fmt::format("[{}] ", model::name_of(row.message.media.type));
    table.rows.push_back(
        {model::to_api_id(row.message.key), local_time(row.message.date), row.chat_title, mark + row.message.text});
  }
  print(table);
  std::cout << grouped(page->total) << (page->total_exact ? "" : " or more") << " in all";
  if (!page->next_cursor.empty()) std::cout << "; more with --cursor " << page->next_cursor;
  std::cout << "\n";
  return code;
}

int show_status(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto reading = Reading::open(*config, false);
  if (!reading) return fail(reading.error());
  const auto stats = journal::stats(*reading->journal);
  if (!stats) return fail(stats.error());
  auto db = reading->journal->read();
  if (!db) return fail(db.error());
  const auto coverage = journal::all_coverage(**db, model::Time::now());
  if (!coverage) return fail(coverage.error());
  std::int64_t expected = 0, accounted = 0, missing = 0;
  model::Time proven;
  for (const auto& chat : *coverage) {
    expected += chat.expected;
    accounted += chat.accounted;
    missing += chat.missing;
    proven = std::max(proven, chat.proven_at);
  }
  const auto states = channel_states(*config, *reading->journal);
  if (!states) return fail(states.error());
  std::vector<std::string> late, silent;
  auto chats = reading->store->chats();
  if (!chats) return fail(chats.error());
  for (const auto& chat : store::one_an_id(std::move(*chats))) {
    if (states->late(chat.peer)) late.push_back(chat.title);
    if (states->silences.contains(chat.peer)) silent.push_back(chat.title);
  }
  const auto in_use = journal::is_locked(config->data_dir);
  const bool promised =
      std::any_of(coverage->begin(), coverage->end(), [](const auto& chat) { return bool(chat.start); });
  const auto url = app::running_url(config->data_dir);
  if (common.json) {
    print(boost::json::object{{"running", in_use ? boost::json::value(*in_use) : nullptr},
                              {"dataDir", config->data_dir},
                              {"messages", stats->heads},
                              {"chats", stats->chats},
                              {"expected", expected},
                              {"accounted", accounted},
                              {"missing", missing},
                              {"provenAt", or_null(proven)},
                              {"late", boost::json::array(late.begin(), late.end())},
                              {"silent", boost::json::array(silent.begin(), silent.end())},
                              {"quarantined", stats->quarantined},
                              {"headSeq", stats->head.value}});
    return kDone;
  }
  std::cout << "gateway   "
            << (!in_use   ? "not known whether it runs (only its own user may ask): "
                : *in_use ? "runs on "
                          : "does not run on ")
            << config->data_dir << (in_use && *in_use && !url.empty() ? ", dashboard " + url : std::string()) << "\n"
            << "stored    " << counted(stats->heads, "message") << " of " << counted(stats->chats, "chat") << "\n"
            << "complete  ";
  if (promised) {
    std::cout << grouped(accounted) << " of " << grouped(expected) << " ids accounted for, " << grouped(missing)
              << " missing; newest proof " << local_time(proven) << "\n";
  } else {
    std::cout << "nothing is proven: no channel is captured, imports prove nothing\n";
  }
  if (!late.empty()) std::cout << "late      " << fmt::format("{}\n", fmt::join(late, ", "));
  if (!silent.empty()) std::cout << "silent    " << fmt::format("{}\n", fmt::join(silent, ", "));
  std::cout << "set aside " << grouped(stats->quarantined) << (stats->quarantined > 0 ? "; see failures\n" : "\n");
  return kDone;
}

boost::json::value no_access_json(const journal::ChatCoverage& chat) {
  if (!chat.no_access) return nullptr;
  return boost::json::object{{"since", model::to_rfc3339(chat.no_access->since)}, {"reason", chat.no_access->reason}};
}

int show_ranges(const Common& common, journal::Connection& db, const journal::ChatCoverage& chat) {
  const auto ranges = journal::proven_ranges(db, chat.peer, chat.scope);
  if (!ranges) return fail(ranges.error());
  const auto stored = journal::stored_of(db, chat.peer, chat.scope);
  if (!stored) return fail(stored.error());
  if (common.json) {
    boost::json::array proven, holes;
    for (const auto& range : *ranges) {
      proven.push_back(boost::json::object{{"from", range.range.first},
                                           {"to", range.range.last},
                                           {"proof", range.proof == 0 ? "live" : "walk"},
                                           {"account", range.account},
                                           {"provenAt", model::to_rfc3339(range.proven_at)}});
    }
    for (const auto& hole : chat.open_holes) {
      holes.push_back(boost::json::object{{"from", hole.range.first},
                                          {"to", hole.range.last},
                                          {"ids", hole.range.size()},
                                          {"since", model::to_rfc3339(hole.opened_at)},
                                          {"cause", hole.cause}});
    }
    print(boost::json::object{{"channelId", std::to_string(chat.peer.value)},
                              {"promised", bool(chat.start)},
                              {"storedMessages", stored->messages},
                              {"storedFrom", stored->first},
                              {"storedTo", stored->last},
                              {"expected", chat.expected},
                              {"accounted", chat.accounted},
                              {"missing", chat.missing},
                              {"noAccess", no_access_json(chat)},
                              {"proven", proven},
                              {"holes", holes}});
    return kDone;
  }
  Table table{{"from", "to", "ids", "state", "when", "why"}, {true, true, true}, {}};
  if (!chat.start) {
    table.rows.push_back({std::to_string(stored->first), std::to_string(stored->last), grouped(stored->messages),
                          "imported", "–", "not proven: an import cannot tell what it lacks"});
  }
  for (const auto& range : *ranges) {
    table.rows.push_back({std::to_string(range.range.first), std::to_string(range.range.last),
                          grouped(range.range.size()), "proven", local_time(range.proven_at),
                          range.proof == 0 ? "consecutive live ids" : "walk at the server"});
  }
  for (const auto& hole : chat.open_holes) {
    table.rows.push_back({std::to_string(hole.range.first), std::to_string(hole.range.last), grouped(hole.range.size()),
                          "missing", local_time(hole.opened_at), hole.cause});
  }
  print(table);
  if (chat.no_access) {
    std::cout << "private since " << local_time(chat.no_access->since) << " (" << chat.no_access->reason
              << "): what is missing cannot be fetched\n";
  }
  return kDone;
}

int show_coverage(const Common& common, std::int64_t channel) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto reading = Reading::open(*config, false);
  if (!reading) return fail(reading.error());
  auto db = reading->journal->read();
  if (!db) return fail(db.error());
  const auto all = journal::all_coverage(**db, model::Time::now());
  if (!all) return fail(all.error());
  if (channel != 0) {
    const auto chat = journal::coverage(**db, model::ChatId{channel}, model::Time::now());
    if (!chat) return fail(chat.error());
    if (chat->peer) return show_ranges(common, **db, *chat);
    if (auto known = known_channel(*reading->store, channel); !known) return fail(known.error());
    return fail({Code::internal, fmt::format("channel {} is stored, but has no coverage", channel),
                 "telegram-gateway journal verify says more"});
  }
  auto chats = reading->store->chats();
  if (!chats) return fail(chats.error());
  std::map<std::pair<model::ChatId, model::Scope>, std::string> titles;
  for (const auto& chat : *chats) titles[{chat.peer, chat.scope}] = chat.title;
  boost::json::array rows;
  Table table{{"channel", "accounted for", "of", "missing", "proven", "stored", "ids", "title"},
              {false, true, true, true, false, true},
              {}};
  for (const auto& chat : *all) {
    const auto stored = journal::stored_of(**db, chat.peer, chat.scope);
    if (!stored) return fail(stored.error());
    rows.push_back(boost::json::object{{"channelId", std::to_string(chat.peer.value)},
                                       {"promised", bool(chat.start)},
                                       {"storedMessages", stored->messages},
                                       {"storedFrom", stored->first},
                                       {"storedTo", stored->last},
                                       {"expected", chat.expected},
                                       {"accounted", chat.accounted},
                                       {"stored", chat.stored},
                                       {"empty", chat.empty},
                                       {"deleted", chat.deleted},
                                       {"missing", chat.missing},
                                       {"noAccess", no_access_json(chat)},
                                       {"provenAt", or_null(chat.proven_at)}});
    table.rows.push_back({std::to_string(chat.peer.value), chat.start ? grouped(chat.accounted) : "–",
                          chat.start ? grouped(chat.expected) : "–", chat.start ? grouped(chat.missing) : "–",
                          chat.no_access ? "private since " + local_time(chat.no_access->since)
                          : chat.start   ? local_time(chat.proven_at)
                                         : "only imported",
                          grouped(stored->messages), fmt::format("{}–{}", stored->first, stored->last),
                          titles[{chat.peer, chat.scope}]});
  }
  if (common.json) {
    print(boost::json::object{{"channels", rows}});
  } else {
    print(table);
  }
  return kDone;
}

}  // namespace

void add_messages(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("messages", "List stored messages");
  auto flags = std::make_shared<MessageFlags>();
  command->add_option("--channel", flags->channels, "Only this channel id; may be repeated")->type_name(kChannel);
  command->add_option("--search", flags->search, "Substring, any script; exit code 3 while the search index is behind");
  command->add_option("--sender", flags->sender, "Exact name or id of the sender");
  command->add_option("--from", flags->from, "Posted since, e.g. 2026-11-24 or 2026-11-24T08:00:00Z")->type_name(kTime);
  command->add_option("--to", flags->to, "Posted until, a plain date included (UTC)")->type_name(kTime);
  within(command->add_option("--limit", flags->limit, "At most so many (20)"), 1, 10'000);
  command->add_option("--cursor", flags->cursor, "Go on where the last list ended");
  command->add_flag("--oldest-first", flags->oldest_first, "Oldest first");
  command->add_flag("--deleted", flags->deleted, "Deleted ones too");
  command->footer("Example: telegram-gateway messages --channel -1001234567890 --search ouro");
  command->callback([flags, &common, code] { *code = list_messages(common, *flags); });
}

void add_status(CLI::App& app, Common& common, const ExitCode& code) {
  app.add_subcommand("status", "Does it run, what is stored, is anything missing")->callback([&common, code] {
    *code = show_status(common);
  });
}

void add_coverage(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("coverage", "What is proven complete, a channel or all");
  auto channel = std::make_shared<std::int64_t>(0);
  command->add_option("channel", *channel, "Channel id; without it all")->type_name(kChannel);
  command->footer("Example: telegram-gateway coverage -1001234567890");
  command->callback([channel, &common, code] { *code = show_coverage(common, *channel); });
}

}  // namespace tg::cli
