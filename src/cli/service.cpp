// start, stop, restart: through systemd where its unit is installed and no folder is named; else the process itself.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iostream>
#include <system_error>

#include "app/gateway.h"
#include "backup/child.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/usage.h"
#include "journal/lock.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace tg::cli {
namespace {

constexpr const char* kUnit = "telegram-gateway.service";
constexpr std::chrono::milliseconds kBetween{50};  // looks at whether it is up, or gone

struct ServiceFlags {
  bool dry_run = false;
  int patience_s = 60;
};

// What was done, or would be.
struct Step {
  std::string action, by;  // started, stopped; systemd, process
  pid_t pid = 0;
  std::string url;
};

bool by_systemd(const Common& common) {
  std::error_code ignored;
  if (!common.config_file.empty() || !common.data_dir.empty()) return false;
  if (!std::filesystem::exists("/run/systemd/system", ignored)) return false;
  const auto known = backup::run_child({{"systemctl", "cat", kUnit}, {}, std::chrono::seconds(10)});
  return known && known->code == 0;
}

Result<void> systemctl(const std::string& verb, int patience_s) {
  const auto ended = backup::run_child({{"systemctl", verb, kUnit}, {}, std::chrono::seconds(patience_s)});
  if (!ended) return ended.error();
  if (ended->code == 0) return {};
  return Error{Code::unavailable, fmt::format("systemctl {} {}: {}", verb, kUnit, ended->complaint()),
               fmt::format("Look at it: systemctl status {0}; journalctl -u {0} -n 50", kUnit)};
}

// Asks again until it holds or the patience is over.
bool holds_within(int patience_s, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(patience_s);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kBetween);
  }
  return true;
}

bool runs(const std::string& data_dir) {
  const auto locked = journal::is_locked(data_dir);
  return locked && *locked;
}

std::filesystem::path log_file(const std::string& data_dir) { return std::filesystem::path(data_dir) / "gateway.log"; }

std::string last_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line, last;
  while (std::getline(in, line)) {
    if (!line.empty()) last = line;
  }
  return last;
}

// This program once more, in a session of its own; what it says goes to the log.
Result<pid_t> spawn_gateway(const Common& common, const std::filesystem::path& log) {
  std::vector<std::string> command{"telegram-gateway"};
  if (!common.config_file.empty()) command.insert(command.end(), {"--config", common.config_file});
  if (!common.data_dir.empty()) command.insert(command.end(), {"--data-dir", common.data_dir});
  command.emplace_back("run");
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   S_IRUSR | S_IWUSR);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID);
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, "/proc/self/exe", &actions, &how, arguments.data(), environ);
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return Error{Code::unavailable, fmt::format("starting it: {}", std::generic_category().message(failed)),
                 fmt::format("Look at {}", log.string())};
  }
  return pid;
}

Result<Step> start_process(const Common& common, const config::Config& config, const ServiceFlags& flags) {
  if (const auto held = journal::holder(config.data_dir); held && *held) {
    return Error{Code::conflict, fmt::format("a gateway runs on {} already (pid {})", config.data_dir, (*held)->pid),
                 "Look at it: telegram-gateway health"};
  }
  if (auto own = journal::check_owner(config.data_dir); !own) return own.error();
  Step step{"started", "process", 0, ""};
  if (flags.dry_run) return step;
  std::error_code failed;
  if (std::filesystem::create_directories(config.data_dir, failed))
    std::filesystem::permissions(config.data_dir, std::filesystem::perms::owner_all, failed);
  const auto log = log_file(config.data_dir);
  std::filesystem::remove(std::filesystem::path(config.data_dir) / "url", failed);
  const auto pid = spawn_gateway(common, log);
  if (!pid) return pid.error();
  step.pid = *pid;
  bool ended = false;
  const bool up = holds_within(flags.patience_s, [&] {
    int status = 0;
    ended = ::waitpid(*pid, &status, WNOHANG) == *pid;
    step.url = app::running_url(config.data_dir);
    return ended || !step.url.empty();
  });
  if (ended)
    return Error{Code::unavailable, "it ended at once: " + last_line(log), fmt::format("Look at {}", log.string())};
  if (!up) {
    return Error{Code::timeout, fmt::format("it runs (pid {}), and does not serve after {} s", *pid, flags.patience_s),
                 fmt::format("Look at {}", log.string())};
  }
  return step;
}

Result<Step> stop_process(const config::Config& config, const ServiceFlags& flags) {
  const auto held = journal::holder(config.data_dir);
  if (!held) return held.error();
  if (!*held) {
    return Error{Code::not_found, fmt::format("no gateway runs on {}", config.data_dir),
                 "Name the folder of the one that runs with --data-dir"};
  }
  if ((*held)->as != journal::Holds::gateway) {
    return Error{Code::conflict,
                 fmt::format("a command (pid {}) works on {}, no gateway", (*held)->pid, config.data_dir),
                 "Wait for its end"};
  }
  Step step{"stopped", "process", (*held)->pid, ""};
  if (flags.dry_run) return step;
  if (::kill(step.pid, SIGTERM) != 0) {
    return Error{Code::permission, fmt::format("stopping pid {}: {}", step.pid, std::generic_category().message(errno)),
                 "Run this as the user that the gateway runs as, or as root"};
  }
  if (!holds_within(flags.patience_s, [&] { return !runs(config.data_dir); })) {
    return Error{Code::timeout,
                 fmt::format("pid {} was told to stop and has not ended after {} s", step.pid, flags.patience_s),
                 fmt::format("Wait longer (--patience), or kill -9 {}: what is stored stays whole", step.pid)};
  }
  return step;
}

void show(const Common& common, const Step& step, bool dry_run) {
  if (common.json) {
    boost::json::object out{
        {"dryRun", dry_run}, {"action", step.action}, {"by", step.by}, {"pid", nullptr}, {"url", nullptr}};
    if (step.pid != 0) out["pid"] = step.pid;
    if (!step.url.empty()) out["url"] = step.url;
    print(out);
    return;
  }
  std::cout << (dry_run ? "would be " : "") << step.action;
  if (step.by == "systemd") std::cout << " by systemd (" << kUnit << ")";
  if (step.pid != 0) std::cout << ", pid " << step.pid;
  if (!step.url.empty()) std::cout << ", " << step.url;
  std::cout << "\n";
}

enum class Verb { start, stop, restart };

Result<Step> by_unit(Verb verb, const ServiceFlags& flags) {
  const std::string word = verb == Verb::start ? "start" : verb == Verb::stop ? "stop" : "restart";
  if (!flags.dry_run) {
    if (auto done = systemctl(word, flags.patience_s); !done) return done.error();
  }
  return Step{verb == Verb::stop ? "stopped" : word + "ed", "systemd", 0, ""};
}

Result<Step> by_process(Verb verb, const Common& common, const config::Config& config, const ServiceFlags& flags) {
  if (verb == Verb::start) return start_process(common, config, flags);
  ProgressLine line;
  line.show(std::nullopt, "waiting for its end");
  auto stopped = stop_process(config, flags);
  if (verb == Verb::stop || !stopped) return stopped;
  if (flags.dry_run) return Step{"restarted", "process", stopped->pid, ""};
  line.show(std::nullopt, "waiting until it serves");
  auto started = start_process(common, config, flags);
  if (started) started->action = "restarted";
  return started;
}

int act(Verb verb, const Common& common, const ServiceFlags& flags) {
  const auto config = load_config(common);
  if (!config) return kUsage;
  const auto step = by_systemd(common) ? by_unit(verb, flags) : by_process(verb, common, *config, flags);
  if (!step) return fail(step.error());
  show(common, *step, flags.dry_run);
  return kDone;
}

void add_verb(CLI::App& app, Common& common, const ExitCode& code, Verb verb, const char* name, const char* what) {
  auto* command = app.add_subcommand(name, what);
  auto flags = std::make_shared<ServiceFlags>();
  within(command->add_option("--patience", flags->patience_s, "Seconds to wait for it (60)"), 1, 3'600);
  command->add_flag("--dry-run", flags->dry_run, "Say what would be done, and do nothing");
  command->footer(
      "By systemd where its unit is installed and neither --config nor --data-dir is given; else as a process of its "
      "own, whose log is gateway.log in the data folder.\n"
      "Example: telegram-gateway " +
      std::string(name) + " --dry-run");
  command->callback([verb, flags, &common, code] { *code = act(verb, common, *flags); });
}

}  // namespace

void add_start(CLI::App& app, Common& common, const ExitCode& code) {
  add_verb(app, common, code, Verb::start, "start", "Start the gateway in the background, and wait until it serves");
}
void add_stop(CLI::App& app, Common& common, const ExitCode& code) {
  add_verb(app, common, code, Verb::stop, "stop", "Stop the gateway, and wait for its end");
}
void add_restart(CLI::App& app, Common& common, const ExitCode& code) {
  add_verb(app, common, code, Verb::restart, "restart", "Stop the gateway and start it again");
}

}  // namespace tg::cli
