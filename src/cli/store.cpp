#include <iostream>

#include "app/store_copy.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/usage.h"

namespace tg::cli {
namespace {

namespace pg = store::postgres;

struct CopyFlags {
  std::string from, to;
  bool dry_run = false;
};

boost::json::object to_json(const pg::Tally& tally) {
  return {{"messages", tally.messages},
          {"versions", tally.versions},
          {"deleted", tally.deleted},
          {"checksum", fmt::format("{:014x}{:014x}", tally.message_sum, tally.version_sum)}};
}

boost::json::object to_json(const pg::Comparison& comparison) {
  boost::json::array differences;
  for (const auto& one : comparison.differences) {
    differences.push_back(boost::json::object{{"channelId", std::to_string(one.channel)},
                                              {"scope", std::to_string(one.scope)},
                                              {"local", to_json(one.journal)},
                                              {"postgres", to_json(one.database)}});
  }
  return {{"same", comparison.differences.empty()},
          {"channels", comparison.chats},
          {"local", to_json(comparison.journal)},
          {"postgres", to_json(comparison.database)},
          {"trimmed", comparison.trimmed},
          {"olderThanKept", comparison.too_old},
          {"differences", differences}};
}

std::string said(const pg::Tally& tally) {
  return fmt::format("{}, {}, {} deleted, checksum {:014x}{:014x}", counted(tally.messages, "message"),
                     counted(tally.versions, "version"), grouped(tally.deleted), tally.message_sum, tally.version_sum);
}

void show(const pg::Comparison& comparison) {
  if (comparison.trimmed > 0) {
    std::cout << "not compared: " << counted(comparison.trimmed, "message")
              << " whose content the journal has trimmed; what the database has of them stays\n";
  }
  if (comparison.too_old > 0) {
    std::cout << "not in the database: " << counted(comparison.too_old, "message")
              << " older than postgres.keep_days\n";
  }
  for (const auto& one : comparison.differences) {
    std::cout << "different: channel " << one.channel;
    if (one.scope != 0) std::cout << " of account " << one.scope;
    std::cout << "\n  local     " << said(one.journal) << "\n  postgres  " << said(one.database) << "\n";
  }
  std::cout << (comparison.differences.empty() ? "the same on both sides: " : "NOT the same; local: ")
            << counted(comparison.chats, "channel") << ", " << said(comparison.journal) << "\n";
}

void show(const app::StoreCopied& copied, bool into_database) {
  if (into_database) {
    std::cout << "copied " << counted(copied.events, "event") << "\n";
  } else {
    std::cout << "copied " << counted(copied.messages.messages, "message") << " as " << counted(copied.events, "event")
              << "\n";
  }
  const auto& marks = copied.marks;
  std::cout << "copied " << counted(marks.consumers, "consumer") << ", " << counted(marks.marks, "mark") << ", "
            << grouped(marks.served) << " served and not marked\n";
  if (marks.left > 0) std::cout << "left out: " << counted(marks.left, "mark") << " of messages that are not there\n";
  if (copied.messages.dropped > 0) {
    std::cout << "not in the database any more: " << counted(copied.messages.dropped, "message")
              << " that its gateway had counted (postgres.keep_days)\n";
  }
  if (copied.messages.foreign > 0) {
    std::cout << "left out: " << counted(copied.messages.foreign, "message")
              << " that others wrote into the database\n";
  }
  for (const auto& refused : copied.refused) std::cerr << "refused: " << refused << "\n";
  if (copied.refused_count > 0) {
    std::cout << "refused by the database: " << counted(copied.refused_count, "event") << "\n";
  }
  show(copied.comparison);
}

boost::json::object to_json(const app::StoreCopied& copied) {
  return {{"events", copied.events},
          {"messages", copied.messages.messages},
          {"droppedBefore", copied.messages.dropped},
          {"foreign", copied.messages.foreign},
          {"consumers", copied.marks.consumers},
          {"marks", copied.marks.marks},
          {"marksLeftOut", copied.marks.left},
          {"served", copied.marks.served},
          {"refused", copied.refused_count},
          {"reasons", boost::json::array(copied.refused.begin(), copied.refused.end())},
          {"comparison", to_json(copied.comparison)}};
}

class Shown {
 public:
  app::OnStoreCopied callback() {
    return [this](app::CopyStep step, std::int64_t done, std::int64_t all) {
      static constexpr std::array kSteps = {"copying", "consumers and marks", "comparing"};
      std::optional<double> fraction;
      if (all > 0) fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
      line_.show(fraction, fmt::format("{}{}", kSteps.at(static_cast<std::size_t>(step)),
                                       all > 0 ? fmt::format(" {} of {}", grouped(done), grouped(all)) : ""));
    };
  }

 private:
  ProgressLine line_;
};

int compare(const Common& common, const config::Config& config, bool into_database) {
  auto journal = journal::Journal::open(config.data_dir, journal::Access::read);
  if (!journal) return fail(journal.error());
  const auto comparison = [&] {
    Shown shown;
    return app::compare_stores(config.postgres, **journal, into_database, shown.callback());
  }();
  if (!comparison) return fail(comparison.error());
  if (common.json) {
    print(boost::json::object{{"comparison", to_json(*comparison)}});
  } else {
    show(*comparison);
  }
  return comparison->differences.empty() ? kDone : kLook;
}

Result<std::unique_ptr<journal::Journal>> open_to_fill(const config::Config& config) {
  journal::Limits limits;
  limits.max_bytes = config.journal.max_bytes;
  limits.disk_reserve_bytes = config.disk.reserve_bytes;
  return journal::Journal::open(config.data_dir, journal::Access::write, limits);
}

int copy(const Common& common, const CopyFlags& flags) {
  if (flags.from == flags.to) {
    return fail({Code::invalid_input, "--from and --to are the same store", "One is local, the other postgres"},
                kUsage);
  }
  const auto config = load_config(common);
  if (!config) return kUsage;
  const bool into_database = flags.to == "postgres";
  if (flags.dry_run) return compare(common, *config, into_database);
  auto journal = into_database ? open_to_change(*config) : open_to_fill(*config);
  if (!journal) return fail(journal.error());
  const auto copied = [&] {
    Shown shown;
    const auto copy_there = into_database ? app::copy_to_postgres : app::copy_to_local;
    return copy_there(config->postgres, **journal, shown.callback());
  }();
  if (!copied) {
    const int code = fail(copied.error());
    if (copied.error().code != Code::conflict) std::cerr << "What is copied stays; the same command goes on there\n";
    return code;
  }
  if (common.json) {
    print(to_json(*copied));
  } else {
    show(*copied, into_database);
  }
  if (copied->same()) return copied->refused_count > 0 ? kLook : kDone;
  return fail(
      {Code::corrupt, "the copy is not the same as what it was made from",
       into_database ? "Look at `telegram-gateway db check`; what is refused or was changed by others stays different"
                     : "If a gateway wrote to the database meanwhile, stop it and copy into a new folder"},
      kLook);
}

}  // namespace

void add_store(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("store", "Move between the stores: the gateway's own and PostgreSQL");
  command->require_subcommand(1);
  auto* copying = command->add_subcommand(
      "copy", "Copy all from one store into the other and compare them; exit 3 when they differ");
  auto flags = std::make_shared<CopyFlags>();
  const std::vector<std::string> stores = {"local", "postgres"};
  one_of(copying->add_option("--from", flags->from, "Store to read"), stores)->required();
  one_of(copying->add_option("--to", flags->to, "Store to fill"), stores)->required();
  copying->add_flag("--dry-run", flags->dry_run, "Copy nothing, only compare");
  copying->footer(
      "The gateway must be stopped. A copy that was ended goes on where it was when the command is given again.\n"
      "Example: telegram-gateway store copy --from local --to postgres");
  copying->callback([flags, &common, code] { *code = copy(common, *flags); });
}

}  // namespace tg::cli
