#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <system_error>

#include "app/gateway.h"
#include "cli/channel_state.h"
#include "cli/command.h"
#include "cli/finding.h"
#include "cli/port_owner.h"
#include "config/load.h"
#include "journal/lock.h"

namespace tg::cli {
namespace {

Finding check_folder(const std::string& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) {
    if (errno == ENOENT) return {"data folder", true, folder + " is not there yet; it is made at the first start"};
    return {"data folder", false,
            fmt::format("{}: {}. Fix: name another with data_dir or --data-dir", folder,
                        std::generic_category().message(errno))};
  }
  if (!S_ISDIR(info.st_mode)) {
    return {"data folder", false, folder + " is a file. Fix: name a folder with data_dir or --data-dir"};
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return {"data folder", false,
            folder + " cannot be written by this user. Fix: chown it to the user that runs the gateway"};
  }
  if ((info.st_mode & 077U) != 0) {
    return {
        "data folder", false,
        fmt::format("{} is open to other users (mode {:o}). Fix: chmod 700 {}", folder, info.st_mode & 0777U, folder)};
  }
  return {"data folder", true, folder};
}

// Nothing where there is no journal to ask: check_journal says why.
std::optional<Finding> check_set_aside(const std::string& folder) {
  auto journal = journal::Journal::open(folder, journal::Access::read);
  if (!journal) return std::nullopt;
  auto db = (*journal)->read();
  if (!db) return std::nullopt;
  const auto count = (*db)->scalar("SELECT count(*) FROM quarantine");
  if (!count) return std::nullopt;
  if (*count == 0) return Finding{"set aside", true, "nothing"};
  return Finding{
      "set aside", false,
      fmt::format("{} could not be read or delivered, telegram-gateway failures lists them. Fix: mend the file and "
                  "import it again, or the destination and telegram-gateway failures retry ID; or failures drop ID",
                  counted(*count, "message"))};
}

Finding check_journal(const std::string& folder, bool& running) {
  auto journal = journal::Journal::open(folder, journal::Access::read);
  if (!journal) {
    if (journal.error().code == Code::not_found) return {"journal", true, "none yet"};
    return {"journal", false, journal.error().to_string()};
  }
  auto db = (*journal)->read();
  const auto check = db ? (*db)->scalar("SELECT count(*) FROM chats") : Result<std::int64_t>(db.error());
  if (!check) return {"journal", false, check.error().to_string()};
  const auto in_use = journal::is_locked(folder);
  running = in_use && *in_use;
  return {"journal", true,
          fmt::format("{}; {}", counted(*check, "chat"),
                      running  ? "a gateway runs on it"
                      : in_use ? "no gateway runs on it"
                               : "whether a gateway runs on it, only its own user may ask")};
}

Finding check_disk(const std::string& folder, std::int64_t reserve) {
  std::error_code failed;
  auto where = std::filesystem::path(folder);
  while (!std::filesystem::exists(where, failed) && where.has_parent_path() && where != where.parent_path())
    where = where.parent_path();
  const auto space = std::filesystem::space(where, failed);
  const auto left = static_cast<std::int64_t>(space.available);
  const std::string text =
      fmt::format("{} MB free, {} MB are kept in reserve", grouped(left >> 20), grouped(reserve >> 20));
  if (left < reserve) return {"disk", false, text + ": capture pauses. Fix: free space, or lower disk.reserve_bytes"};
  return {"disk", true, text};
}

Finding check_port(const config::Server& server, const std::string& running_at) {
  if (!running_at.empty()) return {"port", true, "the gateway that runs listens at " + running_at};
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(server.port));
  if (::inet_pton(AF_INET, server.host == "localhost" ? "127.0.0.1" : server.host.c_str(), &address.sin_addr) != 1) {
    ::close(fd);
    return {"port", true, fmt::format("{}:{} not tried", server.host, server.port)};
  }
  const int one = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  const bool is_free = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int why = errno;
  ::close(fd);
  const std::string name = fmt::format("{}:{}", server.host, server.port);
  if (is_free) return {"port", true, name + " is free"};
  const auto holders = listeners(static_cast<int>(server.port));
  return {"port", false,
          fmt::format("{}: {}{}. Fix: stop that process, or set server.port", name,
                      std::generic_category().message(why), holders.empty() ? "" : ", by " + holders.front().who())};
}

// Nothing while no gateway runs that could tell.
std::optional<Finding> check_lag(const config::Config& config) {
  auto reading = Reading::open(config, false);
  if (!reading) return std::nullopt;
  const auto states = channel_states(config, *reading->journal);
  if (!states || states->lags.empty()) return std::nullopt;
  std::string late;
  for (const auto& [chat, lag] : states->lags) {
    if (!states->late(chat)) continue;
    const auto known = reading->store->chat(chat);
    const auto title = known && *known ? (*known)->title : std::to_string(chat.value);
    late += fmt::format("{}{} by {} s", late.empty() ? "" : ", ", title, lag.seconds);
  }
  if (late.empty()) return Finding{"lag", true, "no channel is late"};
  return Finding{"lag", false,
                 late +
                     " late. Fix: look at the clock (timedatectl) and the network; join channels that the account "
                     "is no member of; or raise telegram.lag_alarm_s"};
}

Finding check_clock() {
  // A clock before this program was written cannot be right.
  constexpr std::int64_t kWritten = 1'764'000'000;
  const auto now = model::Time::now();
  if (now.to_seconds() < kWritten) {
    return {"clock", false, model::to_rfc3339(now) + " is in the past. Fix: timedatectl set-ntp true"};
  }
  return {"clock", true, model::to_rfc3339(now)};
}

Finding check_access(const config::Config& config) {
  if (config.auth.require_token)
    return {"access", true, fmt::format("{} tokens; one is required", config.auth.tokens.size())};
  if (!config.auth.tokens.empty()) {
    return {"access", false,
            fmt::format("{} known, and none is required: the API is open to every program on this machine. Fix: set "
                        "auth.require_token",
                        counted(static_cast<std::int64_t>(config.auth.tokens.size()), "token"))};
  }
  return {"access", true,
          "open to every program on this machine (" + config.server.host +
              "). Set auth.require_token and a token to close it"};
}

int examine(const Common& common) {
  std::vector<Finding> findings;
  const auto loaded = config::load(sources_of(common));
  if (loaded.ok() && loaded.unread_secrets.empty()) {
    findings.push_back({"configuration", true, loaded.file_read ? loaded.file.string() : "defaults and environment"});
  }
  for (const auto& error : loaded.errors) findings.push_back({"configuration", false, error.to_string()});
  for (const auto& error : loaded.unread_secrets) findings.push_back({"configuration", false, error.to_string()});
  const auto& config = loaded.config;
  bool running = false;
  findings.push_back(check_folder(config.data_dir));
  findings.push_back(check_journal(config.data_dir, running));
  findings.push_back(check_modes(config.data_dir));
  findings.push_back(check_backup(config.data_dir));
  if (auto holes = check_holes(config.data_dir)) findings.push_back(std::move(*holes));
  if (auto set_aside = check_set_aside(config.data_dir)) findings.push_back(std::move(*set_aside));
  findings.push_back(check_disk(config.data_dir, config.disk.reserve_bytes));
  findings.push_back(check_port(config.server, running ? app::running_url(config.data_dir) : ""));
  findings.push_back(check_clock());
  if (auto service = check_time_service()) findings.push_back(std::move(*service));
  if (running) {
    if (auto lag = check_lag(config)) findings.push_back(std::move(*lag));
  }
  findings.push_back(check_access(config));
  if (loaded.ok()) {
    for (auto& one : check_telegram(config)) findings.push_back(std::move(one));
    for (auto& one : check_servers(config)) findings.push_back(std::move(one));
  }

  const bool good = std::all_of(findings.begin(), findings.end(), [](const Finding& f) { return f.good; });
  if (common.json) {
    boost::json::array list;
    for (const auto& f : findings)
      list.push_back(boost::json::object{{"check", f.what}, {"ok", f.good}, {"detail", f.detail}});
    print(boost::json::object{{"ok", good}, {"checks", list}});
  } else {
    for (const auto& f : findings) std::cout << (f.good ? "ok    " : "FIX   ") << f.what << ": " << f.detail << "\n";
  }
  return good ? kDone : kLook;
}

}  // namespace

void add_doctor(CLI::App& app, Common& common, const ExitCode& code) {
  app.add_subcommand("doctor", "Find the usual causes of trouble and say the fix; exit 3 when there is one")
      ->callback([&common, code] { *code = examine(common); });
}

}  // namespace tg::cli
