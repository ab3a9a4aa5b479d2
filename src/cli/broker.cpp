#include <iostream>

#include "app/broker.h"
#include "cli/command.h"
#include "journal/upkeep.h"

namespace tg::cli {
namespace {

struct Lag {
  std::string reached;  // what the broker has, for people
  boost::json::value behind;
};

Result<Lag> lag_of(journal::Journal& journal) {
  const auto stats = journal::stats(journal);
  if (!stats) return stats.error();
  for (const auto& cursor : stats->cursors) {
    if (cursor.name != "rabbitmq") continue;
    return Lag{fmt::format("has everything up to seq {}; {} behind it", cursor.seq.value,
                           counted(cursor.behind_events, "event")),
               cursor.behind_events};
  }
  return Lag{"nothing was published yet", nullptr};
}

int show_broker(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  auto journal = journal::Journal::open(config->data_dir, journal::Access::read);
  if (!journal) return fail(journal.error());
  const auto channels = app::channels_for_queues(**journal);
  if (!channels) return fail(channels.error());
  const auto lag = lag_of(**journal);
  if (!lag) return fail(lag.error());
  const auto options = app::broker_options(*config);
  if (!options) return fail(options.error());
  const auto queues = sink::rabbitmq::queue_states(options->server, options->layout, *channels);
  if (!queues) return fail(queues.error());

  const auto dead = sink::rabbitmq::dead_letter_queue(options->layout);
  Table table{{"queue", "messages", "consumers"}, {false, true, true}, {}};
  boost::json::array rows;
  bool needs_look = false;
  for (const auto& queue : *queues) {
    needs_look = needs_look || !queue.exists || (queue.name == dead && queue.messages > 0);
    table.rows.push_back(
        {queue.name, queue.exists ? grouped(queue.messages) : "missing", queue.exists ? grouped(queue.consumers) : ""});
    rows.push_back(boost::json::object{
        {"name", queue.name}, {"exists", queue.exists}, {"messages", queue.messages}, {"consumers", queue.consumers}});
  }
  if (common.json) {
    print(boost::json::object{{"reachable", true}, {"behindEvents", lag->behind}, {"queues", rows}});
  } else {
    std::cout << "RabbitMQ at " << config->rabbitmq.host << ":" << config->rabbitmq.port << " " << lag->reached
              << "\n\n";
    print(table);
  }
  return needs_look ? kLook : kDone;
}

}  // namespace

void add_broker(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("broker", "What waits at RabbitMQ");
  command->require_subcommand(1);
  command
      ->add_subcommand("status",
                       "Queues with their messages and consumers, and how far publishing is; exit 3 when a queue is "
                       "missing or has dead letters")
      ->callback([&common, code] { *code = show_broker(common); });
}

}  // namespace tg::cli
