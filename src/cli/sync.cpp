// sync: has the running gateway look through channels at the server now, and says how each stands then.

#include <boost/json/array.hpp>
#include <iostream>
#include <thread>

#include "cli/command.h"
#include "cli/known_channels.h"
#include "cli/progress.h"
#include "cli/usage.h"
#include "source/fields.h"

namespace tg::cli {
namespace {

namespace json = boost::json;
using source::Fields;

constexpr std::chrono::milliseconds kLookEvery{200};
constexpr std::chrono::seconds kTryEvery{1};
constexpr std::string_view kAsk = "/api/telegram-gateway/sync-messages";

struct SyncFlags {
  std::vector<std::string> named;
  std::string token_file;
  bool no_wait = false;
};

struct Row {
  std::string channel, title, state, reason;
  std::int64_t fresh = 0, seen = 0, missing = 0;

  bool done() const { return state == "done"; }
};

struct Report {
  std::string job, state, error;
  model::Time started_at, wait_until;
  std::vector<Row> rows;

  bool runs() const { return state == "running"; }
  std::int64_t done() const {
    return std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.done(); });
  }
};

Report report_of(const json::value& job) {
  Report report;
  const auto* object = job.if_object();
  if (!object) return report;
  const Fields f(*object);
  report.job = f.text("id");
  report.state = f.text("state");
  report.error = f.text("error");
  report.started_at = model::parse_time(f.text("startedAt")).value_or(model::Time{});
  report.wait_until = model::parse_time(f.text("waitUntil")).value_or(model::Time{});
  const auto* channels = f.array("channels");
  for (const auto& one : channels ? *channels : json::array()) {
    const auto* channel = one.if_object();
    if (!channel) continue;
    const Fields c(*channel);
    report.rows.push_back({std::string(c.text("channelId")), std::string(c.text("label")), std::string(c.text("state")),
                           std::string(c.text("reason")), c.number("messagesSaved").value_or(0),
                           c.number("messagesSynced").value_or(0), c.number("missing").value_or(0)});
  }
  return report;
}

std::string wait_of(model::Time until) {
  const auto left = (until.us - model::Time::now().us) / 1'000'000;
  return fmt::format("Telegram asks to wait until {}, {} more", local_time(until),
                     duration(std::max<std::int64_t>(left, 0)));
}

class Asking {
 public:
  Asking(const RunningGateway& gateway, const SyncFlags& flags) : gateway_(gateway), flags_(flags) {}

  // The job. While one of other channels runs it is waited for.
  Result<std::string> begin(const json::object& body) {
    for (bool told = false;;) {
      const auto begun = gateway_.call("POST", kAsk, body);
      if (begun) return std::string(begun->is_object() ? Fields(begun->get_object()).text("jobId") : "");
      if (begun.error().code != Code::conflict || flags_.no_wait) return begun.error();
      if (!std::exchange(told, true))
        line_.say("Waiting: " + begun.error().what.substr(0, begun.error().what.find(". ")));
      std::this_thread::sleep_for(kTryEvery);
    }
  }

  // Until it has ended.
  Result<Report> follow(const std::string& job) {
    model::Time told;
    while (true) {
      const auto answer = gateway_.call("GET", "/api/telegram-gateway/jobs/" + job);
      if (!answer) return answer.error();
      auto report = report_of(*answer);
      if (!report.runs()) return report;
      if (report.wait_until && report.wait_until != told) line_.say(wait_of(told = report.wait_until));
      show(report);
      std::this_thread::sleep_for(kLookEvery);
    }
  }

 private:
  void show(const Report& report) {
    std::int64_t ended = 0, fresh = 0;
    for (const auto& row : report.rows) {
      ended += row.state != "waiting" && row.state != "walking";
      fresh += row.fresh;
    }
    const auto all = std::ssize(report.rows);
    const auto part = all > 0 ? std::optional(static_cast<double>(ended) / static_cast<double>(all)) : std::nullopt;
    line_.show(part, fmt::format("{} of {}, {} new{}", grouped(ended), counted(all, "channel"), grouped(fresh),
                                 report.wait_until ? "; " + wait_of(report.wait_until) : ""));
  }

  const RunningGateway& gateway_;
  const SyncFlags& flags_;
  ProgressLine line_;
};

void print_json(const Report& report) {
  json::array channels;
  std::int64_t fresh = 0, seen = 0, missing = 0;
  for (const auto& row : report.rows) {
    fresh += row.fresh;
    seen += row.seen;
    missing += row.missing;
    channels.push_back(json::object{{"channelId", row.channel},
                                    {"title", row.title},
                                    {"state", row.state},
                                    {"new", row.fresh},
                                    {"seen", row.seen},
                                    {"missing", row.missing},
                                    {"reason", row.reason.empty() ? json::value(nullptr) : json::value(row.reason)}});
  }
  print(json::object{{"jobId", report.job},
                     {"state", report.state},
                     {"new", fresh},
                     {"seen", seen},
                     {"missing", missing},
                     {"channels", std::move(channels)}});
}

void print_table(const Report& report) {
  if (report.rows.empty()) {
    std::cout << "No channel is captured; telegram-gateway channels add @name adds one\n";
    return;
  }
  Table table{{"id", "title", "new", "seen", "missing", "result"}, {false, false, true, true, true}, {}};
  for (const auto& row : report.rows) {
    table.rows.push_back({row.channel, row.title.empty() ? "–" : row.title, grouped(row.fresh), grouped(row.seen),
                          grouped(row.missing), row.done() ? "done" : row.reason});
  }
  print(table);
  std::cout << fmt::format("{} of {} done\n", grouped(report.done()), counted(std::ssize(report.rows), "channel"));
}

int end_with(const Common& common, const Report& report) {
  if (report.rows.empty() && !report.error.empty()) return fail({Code::unavailable, report.error, ""});
  if (common.json) {
    print_json(report);
  } else {
    print_table(report);
  }
  const auto done = report.done();
  return done == std::ssize(report.rows) ? kDone : done == 0 ? kFailed : kLook;
}

Result<Report> asked(const config::Config& config, const SyncFlags& flags) {
  const auto gateway = RunningGateway::find(config, flags.token_file);
  if (!gateway) return gateway.error();
  json::object body{{"wait", 0}};
  if (!flags.named.empty()) {
    const auto known = KnownChannels::of(*gateway);
    if (!known) return known.error();
    json::array ids;
    for (const auto& written : flags.named) {
      const auto channel = known->find(written);
      if (!channel) return channel.error();
      ids.emplace_back(channel->id);
    }
    body["channels"] = std::move(ids);
  }
  Asking asking(*gateway, flags);
  // A fetch that ran already was joined. It may be past what is to be found: then another follows it.
  const auto asked_at = model::Time{model::Time::now().us / 1'000 * 1'000};  // the API tells milliseconds
  while (true) {
    const auto job = asking.begin(body);
    if (!job) return job.error();
    if (flags.no_wait) return Report{*job, "running", "", {}, {}, {}};
    auto report = asking.follow(*job);
    if (!report || report->started_at >= asked_at) return report;
  }
}

int sync(const Common& common, const SyncFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  const auto report = asked(*config, flags);
  if (!report) return fail(report.error());
  if (!flags.no_wait) return end_with(common, *report);
  if (common.json) {
    print(json::object{{"jobId", report->job}, {"state", report->state}});
  } else {
    std::cout << report->job << " is under way; the same command without --no-wait shows how it goes\n";
  }
  return kDone;
}

}  // namespace

void add_sync(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("sync", "Fetch what is missing, edited or deleted, now, by the gateway that runs");
  auto flags = std::make_shared<SyncFlags>();
  command->add_option("channel", flags->named, "Id, @name, link or title; without any every channel that is captured")
      ->type_name(kChannel);
  command->add_flag("--no-wait", flags->no_wait, "Only begin it, and print the job that does it");
  command->add_option("--token-file", flags->token_file, "A token with the scope consume, where the gateway wants one")
      ->type_name(kFile);
  command->footer(
      "It ends when every channel was looked through at the server. Interrupted, the gateway goes on with it.\n"
      "Exit code 3: some channel lacks messages still or was refused, the table says which and why; 1: none is done.\n"
      "Example: telegram-gateway sync @durov");
  command->callback([flags, &common, code] { *code = sync(common, *flags); });
}

}  // namespace tg::cli
