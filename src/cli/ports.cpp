#include "cli/command.h"
#include "cli/port_owner.h"
#include "sink/redis/connection.h"

namespace tg::cli {
namespace {

struct Port {
  std::string name, host;
  int number = 0;
};

void add_address(std::vector<Port>& ports, const std::string& name, const std::string& text) {
  if (const auto address = redis::parse_address(text)) ports.push_back({name, address->host, address->port});
}

// The gateway's own and those of the servers that it uses.
std::vector<Port> our_ports(const config::Config& config) {
  std::vector<Port> ports{{"gateway", config.server.host, static_cast<int>(config.server.port)}};
  const auto& db = config.postgres;
  if (db.enabled) {
    ports.push_back({"postgres.port", db.host, static_cast<int>(db.port)});
    if (db.direct_port != 0) ports.push_back({"postgres.direct_port", db.host, static_cast<int>(db.direct_port)});
  }
  if (config.redis.enabled) {
    if (config.redis.sentinels.empty()) add_address(ports, "redis", config.redis.address);
    for (const auto& sentinel : config.redis.sentinels) add_address(ports, "sentinel", sentinel);
  }
  if (config.rabbitmq.enabled)
    ports.push_back({"rabbitmq", config.rabbitmq.host, static_cast<int>(config.rabbitmq.port)});
  return ports;
}

bool is_here(const std::string& host) {
  return config::is_loopback(host) || host == "0.0.0.0" || host == "::" || host.starts_with('/');
}

int show_ports(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  Table table{{"port", "of", "address", "pid", "command"}, {true}, {}};
  boost::json::array rows;
  for (const auto& port : our_ports(*config)) {
    auto row = boost::json::object{{"port", port.number}, {"of", port.name}, {"host", port.host}};
    if (!is_here(port.host)) {
      row["state"] = "elsewhere";
      table.rows.push_back({std::to_string(port.number), port.name, port.host, "–", "on another machine"});
      rows.push_back(std::move(row));
      continue;
    }
    const auto all = listeners(port.number);
    row["state"] = all.empty() ? "free" : "taken";
    boost::json::array held;
    for (const auto& one : all) {
      held.push_back(boost::json::object{{"address", one.address}, {"pid", one.pid}, {"command", one.command}});
      table.rows.push_back({std::to_string(port.number), port.name, one.address,
                            one.pid ? std::to_string(one.pid) : "?",
                            one.pid ? one.command : "a process of another user (root sees which)"});
    }
    if (all.empty()) table.rows.push_back({std::to_string(port.number), port.name, port.host, "–", "free"});
    row["listeners"] = std::move(held);
    rows.push_back(std::move(row));
  }
  if (common.json) {
    print(boost::json::object{{"ports", rows}});
  } else {
    print(table);
  }
  return kDone;
}

}  // namespace

void add_ports(CLI::App& app, Common& common, const ExitCode& code) {
  app.add_subcommand("ports", "The ports of the configuration, and which processes listen on them")
      ->callback([&common, code] { *code = show_ports(common); });
}

}  // namespace tg::cli
