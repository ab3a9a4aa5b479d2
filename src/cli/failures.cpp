#include <iostream>

#include "cli/command.h"
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
  command->callback([=, &common] {
    if (show_command->parsed()) {
      *code = show(common, *id);
    } else if (drop_command->parsed()) {
      *code = drop(common, *ids);
    } else {
      (void)list_command;
      *code = list(common);
    }
  });
}

}  // namespace tg::cli
