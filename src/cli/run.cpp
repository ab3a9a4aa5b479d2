#include <iostream>

#include "app/gateway.h"
#include "cli/command.h"
#include "cli/usage.h"

namespace tg::cli {
namespace {

struct RunFlags {
  std::string profile;
  std::string host;
  int port = -1;
  bool demo = false;
  double rate = -1;
  int channels = -1;
  int history = -1;
  int seed = -1;
  bool gaps = false;
};

std::vector<std::pair<std::string, std::string>> settings_of(const RunFlags& flags) {
  std::vector<std::pair<std::string, std::string>> settings;
  if (!flags.profile.empty()) settings.emplace_back("profile", flags.profile);
  if (!flags.host.empty()) settings.emplace_back("server.host", flags.host);
  if (flags.port >= 0) settings.emplace_back("server.port", std::to_string(flags.port));
  if (flags.demo) settings.emplace_back("demo.enabled", "true");
  if (flags.rate > 0) settings.emplace_back("demo.rate", fmt::format("{}", flags.rate));
  if (flags.channels > 0) settings.emplace_back("demo.channels", std::to_string(flags.channels));
  if (flags.history >= 0) settings.emplace_back("demo.history", std::to_string(flags.history));
  if (flags.seed >= 0) settings.emplace_back("demo.seed", std::to_string(flags.seed));
  if (flags.gaps) settings.emplace_back("demo.gaps", "true");
  return settings;
}

void add_flags(CLI::App& command, RunFlags& flags) {
  command.add_option("--profile", flags.profile, "embedded: one file; hybrid: PostgreSQL, Redis and RabbitMQ as well")
      ->type_name("PROFILE")
      ->check(CLI::IsMember({"embedded", "hybrid"}));
  command.add_option("--host", flags.host, "Address to listen on")->type_name("ADDRESS");
  within(command.add_option("--port", flags.port, "Port to listen on; 0 takes any free one"), 0, 65'535);
  within(command.add_option("--rate", flags.rate, "Demo: messages a second"), 0.001, 100'000);
  within(command.add_option("--channels", flags.channels, "Demo: how many channels"), 1, 42);
  within(command.add_option("--history", flags.history, "Demo: messages a channel at the first start"), 0, 100'000);
  within(command.add_option("--seed", flags.seed, "Demo: another number, other messages"), 0, 1'000'000'000);
  command.add_flag("--gaps", flags.gaps, "Demo: lose the connection now and then");
}

int run(Common common, const RunFlags& flags) {
  const auto settings = settings_of(flags);
  auto sources = sources_of(common);
  sources.flags.insert(sources.flags.end(), settings.begin(), settings.end());
  const auto loaded = config::load(sources);
  if (loaded.config.demo.enabled && loaded.origin_of("data_dir") == config::Origin::default_) {
    common.data_dir = demo_folder();
  }
  const auto whole = load_whole(common, Kind::serves, settings);
  if (!whole) return kUsage;
  return app::run_until_stopped(*whole, [&config = whole->config](const app::Gateway& gateway) {
    std::cout << "dashboard  " << app::dashboard_url(config.server.host, gateway.port()) << "\n"
              << "data       " << config.data_dir << "\n"
              << std::flush;
  });
}

}  // namespace

void add_run(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("run", "Run the gateway");
  auto flags = std::make_shared<RunFlags>();
  command->add_flag("--demo", flags->demo, "Capture made-up channels, without an account");
  add_flags(*command, *flags);
  command->footer("Example: telegram-gateway run --data-dir ./data --port 4010");
  command->callback([flags, &common, code] { *code = run(common, *flags); });
}

void add_demo(CLI::App& app, Common& common, const ExitCode& code) {
  auto* command = app.add_subcommand("demo", "Run with lively made-up channels, to see everything without an account");
  auto flags = std::make_shared<RunFlags>();
  flags->demo = true;
  add_flags(*command, *flags);
  command->footer("Example: telegram-gateway demo --rate 5 --gaps");
  command->callback([flags, &common, code] {
    Common own = common;
    if (own.data_dir.empty() && !std::getenv("TELEGRAM_GATEWAY_DATA_DIR")) own.data_dir = demo_folder();
    *code = run(own, *flags);
  });
}

}  // namespace tg::cli
