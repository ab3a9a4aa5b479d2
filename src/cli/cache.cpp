#include <iostream>

#include "cli/command.h"
#include "cli/sentinels.h"
#include "journal/cursors.h"
#include "sink/redis/info.h"
#include "sink/redis/keys.h"
#include "sink/redis/master.h"

namespace tg::cli {
namespace {

using redis::Connection;
using redis::Reply;

constexpr std::string_view kScanAtOnce = "1000";

struct Status {
  std::string server, redis_version;
  std::vector<std::string> replicas;
  std::vector<Sentinel> sentinels;
  std::int64_t memory = 0, max_memory = 0, evicted = 0, hits = 0, misses = 0, messages = 0;
  std::string journal_id;
  model::Seq seq;
  std::optional<std::int64_t> behind;  // events; nothing without the journal
  model::Time at, complete_since;

  std::optional<double> hit_rate() const {
    if (hits + misses == 0) return std::nullopt;
    return static_cast<double>(hits) / static_cast<double>(hits + misses);
  }
  bool well() const {
    return complete_since && std::all_of(sentinels.begin(), sentinels.end(),
                                         [](const Sentinel& one) { return one.answers && one.quorum; });
  }
};

struct Reached {
  config::Config config;
  std::unique_ptr<redis::Master> master;
  std::unique_ptr<Connection> connection;
};

Result<Reached> reach(const config::Config& config) {
  auto access = redis::access_of(config.redis);
  if (!access) return access.error();
  Reached reached{config, std::make_unique<redis::Master>(std::move(*access)), nullptr};
  auto connection = reached.master->connect({});
  if (!connection) return connection.error();
  reached.connection = std::move(*connection);
  return reached;
}

// Every key of the pattern, a thousand or so at a time; some may come twice.
Result<void> each_key(Connection& connection, std::string_view pattern,
                      const std::function<Result<void>(std::vector<std::string> keys)>& take) {
  std::string cursor = "0";
  do {
    const auto page = connection.ask({"SCAN", cursor, "MATCH", pattern, "COUNT", kScanAtOnce}, {});
    if (!page) return page.error();
    std::vector<std::string> keys;
    for (const auto& key : (*page)[1].items) keys.push_back(key.text);
    if (!keys.empty()) {
      if (auto taken = take(std::move(keys)); !taken) return taken;
    }
    cursor = (*page)[0].text;
  } while (cursor != "0");
  return {};
}

// How many events the cursor is behind the journal's head.
std::optional<std::int64_t> behind(const config::Config& config, const std::string& journal_id, model::Seq seq) {
  auto journal = journal::Journal::open(config.data_dir, journal::Access::read);
  if (!journal || (*journal)->id() != journal_id) return std::nullopt;
  auto db = (*journal)->read();
  if (!db) return std::nullopt;
  const auto events = journal::events_behind(**db, seq);
  return events ? std::optional(*events) : std::nullopt;
}

Result<Status> status_of(Reached& reached) {
  Status status;
  auto& connection = *reached.connection;
  const auto& access = reached.master->access();
  for (const auto& address : access.sentinels) status.sentinels.push_back(ask_sentinel(address, access));
  connection.add({"INFO"});
  connection.add({"ROLE"});
  connection.add({"HMGET", redis::kCursorKey, "journal_id", "seq", "at"});
  connection.add({"GET", redis::kCompleteKey});
  const auto replies = connection.exchange({});
  if (!replies) return replies.error();
  for (const auto& reply : *replies) {
    if (reply.is_error()) return connection.error_of(reply);
  }
  const redis::Info info((*replies)[0].text);
  status.server = connection.server().to_string();
  status.redis_version = info.text("redis_version");
  status.memory = info.number("used_memory");
  status.max_memory = info.number("maxmemory");
  status.evicted = info.number("evicted_keys");
  status.hits = info.number("keyspace_hits");
  status.misses = info.number("keyspace_misses");
  for (const auto& replica : (*replies)[1][2].items) {
    status.replicas.push_back(fmt::format("{}:{}", replica[0].text, replica[1].text));
  }
  const auto milliseconds = [](const Reply& reply) {
    return model::Time{model::parse_int(reply.text).value_or(0) * 1'000};
  };
  const auto& cursor = (*replies)[2];
  status.journal_id = cursor[0].text;
  status.seq = model::Seq{model::parse_int(cursor[1].text).value_or(0)};
  status.at = milliseconds(cursor[2]);
  status.complete_since = milliseconds((*replies)[3]);
  if (status.seq) status.behind = behind(reached.config, status.journal_id, status.seq);
  auto counted = each_key(connection, redis::kMessagePattern, [&](const std::vector<std::string>& keys) {
    status.messages += static_cast<std::int64_t>(keys.size());
    return Result<void>();
  });
  if (!counted) return counted.error();
  return status;
}

boost::json::value when(model::Time time) {
  return time ? boost::json::value(model::to_rfc3339(time)) : boost::json::value(nullptr);
}

void print_json(const Status& status) {
  boost::json::array sentinels;
  for (const auto& one : status.sentinels) {
    sentinels.push_back(boost::json::object{
        {"address", one.address}, {"answers", one.answers}, {"quorum", one.quorum}, {"says", one.says}});
  }
  boost::json::object out{{"master", status.server},
                          {"role", "master"},
                          {"version", status.redis_version},
                          {"replicas", boost::json::array(status.replicas.begin(), status.replicas.end())},
                          {"sentinels", std::move(sentinels)},
                          {"memoryBytes", status.memory},
                          {"maxMemoryBytes", status.max_memory},
                          {"evictedKeys", status.evicted},
                          {"hitRate", nullptr},
                          {"messages", status.messages},
                          {"cursor", nullptr},
                          {"completeSince", when(status.complete_since)}};
  if (const auto rate = status.hit_rate()) out["hitRate"] = *rate;
  if (status.seq) {
    boost::json::object cursor{
        {"journalId", status.journal_id}, {"seq", status.seq.value}, {"arrivedAt", when(status.at)}};
    cursor["behind"] = status.behind ? boost::json::value(*status.behind) : boost::json::value(nullptr);
    out["cursor"] = std::move(cursor);
  }
  print(out);
}

void print_table(const Status& status) {
  std::vector<std::vector<std::string>> rows{
      {"master", fmt::format("{}, Redis {}", status.server, status.redis_version)},
      {"replicas", status.replicas.empty() ? "none" : fmt::format("{}", fmt::join(status.replicas, ", "))}};
  for (const auto& one : status.sentinels) rows.push_back({"sentinel", fmt::format("{}: {}", one.address, one.says)});
  rows.push_back({"memory", grouped(status.memory >> 20) + " MiB" +
                                (status.max_memory > 0 ? " of " + grouped(status.max_memory >> 20) + " MiB" : "") +
                                ", " + counted(status.evicted, "key") + " evicted"});
  const auto rate = status.hit_rate();
  rows.push_back({"hit rate", rate ? fmt::format("{:.1f} %", *rate * 100) : "–"});
  rows.push_back({"messages", grouped(status.messages)});
  std::string cursor = "none: the cache is empty, or is filled just now";
  if (status.seq) {
    cursor = fmt::format("seq {}, arrived {}", status.seq.value, local_time(status.at));
    cursor += status.behind ? ", " + counted(*status.behind, "event") + " behind" : ", of a journal that is not here";
  }
  rows.push_back({"cursor", cursor});
  rows.push_back({"complete since", status.complete_since
                                        ? local_time(status.complete_since)
                                        : "not proven now: no gateway keeps it, or it is filled just now"});
  print(Table{{"", ""}, {}, std::move(rows)});
}

int show_cache(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto reached = reach(*config);
  if (!reached) return fail(reached.error());
  const auto status = status_of(*reached);
  if (!status) return fail(status.error());
  common.json ? print_json(*status) : print_table(*status);
  return status->well() ? kDone : kLook;
}

int warm(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto reached = reach(*config);
  if (!reached) return fail(reached.error());
  const auto removed = reached->connection->ask({"DEL", redis::kCursorKey, redis::kCompleteKey}, {});
  if (!removed) return fail(removed.error());
  if (common.json) {
    print(boost::json::object{{"cursorRemoved", removed->integer > 0}});
  } else {
    std::cout << "The cursor is gone: a running gateway notices within seconds and sends the last two hours again;\n"
                 "one that starts later does so then. telegram-gateway cache status shows when it is complete.\n";
  }
  return kDone;
}

int clear(const Common& common, bool yes) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  if (!yes) {
    return fail({Code::invalid_input,
                 fmt::format("this deletes every key {}* of the cache, what consumers reported as processed too",
                             redis::kPrefix),
                 "Say --yes if you mean it; to only fill the cache again: telegram-gateway cache warm"},
                kUsage);
  }
  auto reached = reach(*config);
  if (!reached) return fail(reached.error());
  auto& connection = *reached->connection;
  std::int64_t deleted = 0;
  // The cursor first, so that a running gateway fills the cache again even if this is cut short.
  const auto first = connection.ask({"DEL", redis::kCursorKey, redis::kCompleteKey}, {});
  if (!first) return fail(first.error());
  deleted += first->integer;
  auto done = each_key(connection, std::string(redis::kPrefix) + "*", [&](std::vector<std::string> keys) {
    keys.insert(keys.begin(), "UNLINK");
    connection.add(keys);
    const auto replies = connection.exchange({});
    if (!replies) return Result<void>(replies.error());
    if (replies->front().is_error()) return Result<void>(connection.error_of(replies->front()));
    deleted += replies->front().integer;
    return Result<void>();
  });
  if (!done) return fail(done.error());
  if (common.json) {
    print(boost::json::object{{"deleted", deleted}});
  } else {
    std::cout << counted(deleted, "key") << " deleted; a running gateway fills the cache again\n";
  }
  return kDone;
}

}  // namespace

void add_cache(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("cache", "Look at the cache in Redis, fill it again, empty it");
  command->require_subcommand(1);
  command
      ->add_subcommand("status", "Servers, memory, hit rate, what is in it; exit 3 when it is not known to be complete")
      ->callback([&common, code] { *code = show_cache(common); });
  command->add_subcommand("warm", "Have the last two hours sent again, by the gateway that runs or starts next")
      ->callback([&common, code] { *code = warm(common); });
  auto* clear_command = command->add_subcommand("clear", "Delete every key of ours (telegram:*)");
  auto yes = std::make_shared<bool>(false);
  clear_command->add_flag("--yes", *yes, "Really");
  clear_command->callback([&common, code, yes] { *code = clear(common, *yes); });
}

}  // namespace tg::cli
