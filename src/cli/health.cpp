#include <iostream>

#include "cli/command.h"
#include "cli/running_gateway.h"

namespace tg::cli {
namespace {

std::string word(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

// The words are those of /health: who reads one has read the others.
int show_health(const Common& common) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  const auto gateway = RunningGateway::find(*config, "");
  if (!gateway) return fail(gateway.error());
  const auto health = gateway->look("/health");
  if (!health) return fail(health.error());
  const auto status = word(*health, "status");
  if (common.json) {
    print(*health);
    return status == "healthy" ? kDone : kLook;
  }
  std::cout << status << ", Telegram " << word(*health, "telegram") << "\n\n";
  Table table{{"dependency", "state", "since", "detail"}, {}, {}};
  if (const auto* all = health->if_contains("dependencies"); all && all->is_object()) {
    for (const auto& [name, one] : all->get_object()) {
      const auto& dependency = one.as_object();
      const auto since = model::parse_time(word(dependency, "since"));
      table.rows.push_back({std::string(name), word(dependency, "state"), local_time(since.value_or(model::Time{})),
                            word(dependency, "detail")});
    }
  }
  print(table);
  return status == "healthy" ? kDone : kLook;
}

}  // namespace

void add_health(CLI::App& app, Common& common, const ExitCode& code) {
  app.add_subcommand("health", "How each dependency of the running gateway is; exit 3 unless all are well")
      ->callback([&common, code] { *code = show_health(common); });
}

}  // namespace tg::cli
