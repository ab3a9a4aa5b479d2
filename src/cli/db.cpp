#include <iostream>

#include "app/database.h"
#include "app/gateway.h"
#include "cli/command.h"
#include "store/postgres/schema.h"

namespace tg::cli {
namespace {

namespace pg = store::postgres;

// The targets of the configuration, whether or not the gateway uses a database.
std::optional<app::DatabaseTargets> targets_of(const Common& common, int& code) {
  const auto config = load_config(common);
  if (!config) {
    code = kUsage;
    return std::nullopt;
  }
  auto targets = app::database_targets(config->postgres);
  if (targets) return std::move(*targets);
  code = fail(targets.error(), kUsage);
  return std::nullopt;
}

int migrate(const Common& common) {
  int code = kDone;
  const auto targets = targets_of(common, code);
  if (!targets) return code;
  const auto done = pg::migrate(targets->direct, app::kVersion);
  if (!done) return fail(done.error());
  if (common.json) {
    print(boost::json::object{{"applied", boost::json::array(done->begin(), done->end())}});
    return kDone;
  }
  for (const auto& name : *done) std::cout << "applied " << name << "\n";
  if (done->empty()) std::cout << "nothing to do: the schema is up to date\n";
  return kDone;
}

int show_schema(const Common& common) {
  int code = kDone;
  const auto targets = targets_of(common, code);
  if (!targets) return code;
  const auto state = pg::schema_state(targets->direct);
  if (!state) return fail(state.error());
  if (common.json) {
    boost::json::array applied;
    for (const auto& one : state->applied) {
      applied.push_back(boost::json::object{
          {"version", one.version}, {"name", one.name}, {"program", one.program}, {"at", model::to_rfc3339(one.at)}});
    }
    print(boost::json::object{{"server", state->server},
                              {"edition", state->edition},
                              {"timescaledb", state->timescaledb},
                              {"version", state->version()},
                              {"applied", applied},
                              {"waiting", boost::json::array(state->waiting.begin(), state->waiting.end())}});
  } else {
    std::cout << "PostgreSQL " << state->server << ", " << state->edition;
    if (!state->timescaledb.empty()) std::cout << " " << state->timescaledb;
    std::cout << "\n\n";
    Table table{{"migration", "applied", "by"}, {}, {}};
    for (const auto& one : state->applied) table.rows.push_back({one.name, local_time(one.at), one.program});
    for (const auto& name : state->waiting) table.rows.push_back({name, "waiting", ""});
    print(table);
  }
  return state->waiting.empty() ? kDone : kLook;
}

int check(const Common& common) {
  int code = kDone;
  const auto targets = targets_of(common, code);
  if (!targets) return code;
  const auto findings = pg::check(targets->pooled, targets->direct);
  if (!findings) return fail(findings.error());
  const bool sound =
      std::all_of(findings->begin(), findings->end(), [](const auto& one) { return one.problem.empty(); });
  if (common.json) {
    boost::json::array all;
    for (const auto& one : *findings) {
      all.push_back(boost::json::object{{"about", one.about}, {"problem", one.problem}, {"fix", one.fix}});
    }
    print(boost::json::object{{"sound", sound}, {"findings", all}});
  } else {
    for (const auto& one : *findings) {
      std::cout << (one.problem.empty() ? "ok       " : "problem  ") << one.about;
      if (!one.problem.empty()) std::cout << ": " << one.problem << ". " << one.fix;
      std::cout << "\n";
    }
  }
  return sound ? kDone : kLook;
}

}  // namespace

void add_db(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("db", "The schema of PostgreSQL or TimescaleDB");
  command->require_subcommand(1);
  command->add_subcommand("migrate", "Bring the schema up to date; the gateway does so itself when it starts")
      ->callback([&common, code] { *code = migrate(common); });
  command->add_subcommand("status", "Server, edition, and which migrations are applied; exit 3 when some are waiting")
      ->callback([&common, code] { *code = show_schema(common); });
  command->add_subcommand("check", "Tables, indexes, partitions, rights and pooling; exit 3 when something is wrong")
      ->callback([&common, code] { *code = check(common); });
}

}  // namespace tg::cli
