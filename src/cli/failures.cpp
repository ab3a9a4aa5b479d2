#include <iostream>
#include <thread>

#include "cli/command.h"
#include "cli/running_gateway.h"
#include "cli/usage.h"
#include "pipeline/intake.h"

namespace tg::cli {
namespace {

int list(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto journal = journal::Journal::open(config->data_dir, journal::Access::read);
  if (!journal) return fail(journal.error());
  auto db = (*journal)->read();
  if (!db) return fail(db.error());
  Table table{{"id", "set aside by", "tries", "last", "reason", "place"}, {true, false, true}, {}};
  boost::json::array rows;
  auto& found =
      (*db)
          ->prepared(
              "SELECT id, reader, seq, place, reason, tries, last_at FROM quarantine ORDER BY id DESC LIMIT 1000")
          .reset();
  while (true) {
    auto row = found.step();
    if (!row) return fail(row.error());
    if (!*row) break;
    const std::string place =
        found.text(3).empty() ? fmt::format("seq {}", found.integer(2)) : std::string(found.text(3));
    table.rows.push_back({std::to_string(found.integer(0)), std::string(found.text(1)),
                          std::to_string(found.integer(5)), local_time(model::Time{found.integer(6)}),
                          std::string(found.text(4)), place});
    rows.push_back(boost::json::object{{"id", found.integer(0)},
                                       {"reader", found.text(1)},
                                       {"seq", found.integer(2)},
                                       {"place", found.text(3)},
                                       {"reason", found.text(4)},
                                       {"tries", found.integer(5)},
                                       {"lastAt", model::to_rfc3339(model::Time{found.integer(6)})}});
  }
  found.reset();
  if (common.json) {
    print(boost::json::object{{"failures", rows}});
  } else if (table.rows.empty()) {
    std::cout << "nothing is set aside\n";
  } else {
    print(table);
  }
  return kDone;
}

int show(const Common& common, std::int64_t id) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto journal = journal::Journal::open(config->data_dir, journal::Access::read);
  if (!journal) return fail(journal.error());
  auto db = (*journal)->read();
  if (!db) return fail(db.error());
  auto& row = (*db)->prepared("SELECT reader, place, reason, tries, payload FROM quarantine WHERE id = ?").with(id);
  auto found = row.step();
  if (!found) return fail(found.error());
  if (!*found)
    return fail(
        {Code::not_found, fmt::format("nothing with id {} is set aside", id), "See telegram-gateway failures list"});
  if (common.json) {
    print(boost::json::object{{"id", id},
                              {"reader", row.text(0)},
                              {"place", row.text(1)},
                              {"reason", row.text(2)},
                              {"tries", row.integer(3)},
                              {"payload", row.text(4)}});
    row.reset();
    return kDone;
  }
  std::cout << "by:     " << row.text(0) << "\nplace:  " << row.text(1) << "\nreason: " << row.text(2)
            << "\ntries:  " << row.integer(3) << "\n\n"
            << row.text(4) << "\n";
  row.reset();
  return kDone;
}

int drop(const Common& common, const std::vector<std::int64_t>& ids) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto journal = open_to_change(*config);
  if (!journal) return fail(journal.error());
  std::int64_t dropped = 0;
  auto& db = (*journal)->writer();
  for (const auto id : ids) {
    if (auto done = db.prepared("DELETE FROM quarantine WHERE id = ?").with(id).run(); !done) return fail(done.error());
    dropped += db.changes();
  }
  const bool all = dropped == static_cast<std::int64_t>(ids.size());
  if (common.json) {
    print(boost::json::object{{"dropped", dropped}});
  } else {
    std::cout << dropped << (all ? " dropped\n" : " dropped; the others were not set aside\n");
  }
  return all ? kDone : kLook;
}

constexpr auto kRetryPatience = std::chrono::seconds(30);
constexpr std::chrono::milliseconds kLookEvery{200};

struct RetryFlags {
  std::vector<std::int64_t> ids;
  std::string reader;
  std::string token_file;
};

struct Entry {
  std::int64_t tries = 0;
  std::string reason;
};
using Entries = std::map<std::int64_t, Entry>;  // by id

Result<Entries> entries_of(journal::Journal& journal, const RetryFlags& flags) {
  auto db = journal.read();
  if (!db) return db.error();
  const auto ids = fmt::format("({})", fmt::join(flags.ids, ","));
  journal::Statement rows((*db)->handle(), "SELECT id, tries, reason FROM quarantine WHERE reader = ? OR id IN " + ids +
                                               " ORDER BY id LIMIT 1000");
  rows.with(std::string_view(flags.reader));
  Entries entries;
  while (true) {
    const auto row = rows.step();
    if (!row) return row.error();
    if (!*row) return entries;
    entries[rows.integer(0)] = {rows.integer(1), std::string(rows.text(2))};
  }
}

struct Outcome {
  std::string state;  // delivered, refused, waits, not_tried
  std::string reason;
};
using Outcomes = std::map<std::int64_t, Outcome>;

// Asks for it, then looks at the journal until each was tried: it leaves the list or has a try more.
Result<Outcomes> retried(const config::Config& config, const RetryFlags& flags) {
  const auto gateway = RunningGateway::find(config, flags.token_file);
  if (!gateway) return gateway.error();
  auto journal = journal::Journal::open(config.data_dir, journal::Access::read);
  if (!journal) return journal.error();
  const auto before = entries_of(**journal, flags);
  if (!before) return before.error();
  Outcomes outcomes;
  boost::json::array ids;
  for (const auto id : flags.ids) outcomes[id] = {"not_tried", "it is not set aside"};
  for (const auto& [id, entry] : *before) {
    outcomes[id] = {"waits", "its destination has not taken it yet"};
    ids.emplace_back(id);
  }
  if (ids.empty()) return outcomes;
  const auto answer = gateway->call("POST", "/api/telegram-gateway/failures/retry", {{"ids", std::move(ids)}});
  if (!answer) return answer.error();
  for (const auto& one : answer->at("notTried").as_array()) {
    const auto id = model::parse_int(std::string_view(one.at("id").as_string()));
    outcomes[id.value_or(0)] = {"not_tried", std::string(one.at("why").as_string())};
  }
  const auto until = std::chrono::steady_clock::now() + kRetryPatience;
  while (true) {
    const auto now = entries_of(**journal, flags);
    if (!now) return now.error();
    bool any_waits = false;
    for (auto& [id, outcome] : outcomes) {
      if (outcome.state != "waits") continue;
      const auto entry = now->find(id);
      if (entry == now->end()) {
        outcome = {"delivered", ""};
      } else if (entry->second.tries > before->at(id).tries) {
        outcome = {"refused", entry->second.reason};
      } else {
        any_waits = true;
      }
    }
    if (!any_waits || std::chrono::steady_clock::now() > until) return outcomes;
    std::this_thread::sleep_for(kLookEvery);
  }
}

int retry(const Common& common, const RetryFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  const auto outcomes = retried(*config, flags);
  if (!outcomes) return fail(outcomes.error());
  Table table{{"id", "state", "why"}, {true}, {}};
  boost::json::array rows;
  for (const auto& [id, outcome] : *outcomes) {
    table.rows.push_back({std::to_string(id), outcome.state, outcome.reason});
    rows.push_back(boost::json::object{{"id", id}, {"state", outcome.state}, {"why", outcome.reason}});
  }
  if (common.json) {
    print(boost::json::object{{"retried", rows}});
  } else if (table.rows.empty()) {
    std::cout << "nothing is set aside by " << flags.reader << "\n";
  } else {
    print(table);
  }
  const bool all =
      std::all_of(outcomes->begin(), outcomes->end(), [](const auto& one) { return one.second.state == "delivered"; });
  return all ? kDone : kLook;
}

}  // namespace

void add_failures(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("failures", "What was set aside, and why");
  auto id = std::make_shared<std::int64_t>(0);
  auto ids = std::make_shared<std::vector<std::int64_t>>();
  command->require_subcommand(0, 1);
  auto* list_command = command->add_subcommand("list", "The newest thousand (the default)");
  auto* show_command = command->add_subcommand("show", "One, with what it was");
  show_command->add_option("id", *id, "Its id")->required()->type_name("ID");
  auto* drop_command = command->add_subcommand("drop", "Forget some; the gateway must be stopped");
  drop_command->add_option("id", *ids, "Their ids")->required()->type_name("ID");
  auto flags = std::make_shared<RetryFlags>();
  auto* retry_command = command->add_subcommand("retry", "Have the running gateway deliver some once more");
  auto* retry_ids = retry_command->add_option("id", flags->ids, "Their ids")->type_name("ID");
  retry_command->add_option("--of", flags->reader, "All that were set aside by this one, the oldest thousand")
      ->type_name("READER")
      ->excludes(retry_ids);
  retry_command->add_option("--token-file", flags->token_file, "A token with the scope admin, where one is wanted")
      ->type_name(kFile);
  retry_command->footer(
      "Exit code 3: some are still set aside, the table says why.\n"
      "Example: telegram-gateway failures retry --of webhook:desk");
  command->callback([=, &common] {
    if (show_command->parsed()) {
      *code = show(common, *id);
    } else if (retry_command->parsed() && flags->ids.empty() && flags->reader.empty()) {
      *code = fail({Code::invalid_input, "failures retry was told nothing", "Name ids, or --of READER"}, kUsage);
    } else if (retry_command->parsed()) {
      *code = retry(common, *flags);
    } else if (drop_command->parsed()) {
      *code = drop(common, *ids);
    } else {
      (void)list_command;
      *code = list(common);
    }
  });
}

}  // namespace tg::cli
