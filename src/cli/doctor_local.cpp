// What doctor finds on this machine: modes of files, the clock's service, TDLib and its sessions, holes.
#include <sys/stat.h>

#include <fstream>

#include "app/telegram.h"
#include "backup/backup.h"
#include "backup/child.h"
#include "cli/command.h"
#include "cli/finding.h"
#include "journal/coverage.h"
#include "source/tdlib/library.h"

namespace tg::cli {
namespace {

constexpr std::size_t kShown = 3;                  // files or channels by name
constexpr std::int64_t kBackupIsOld = 36 * 3'600;  // seconds: one night was missed

std::string listed(const std::vector<std::string>& names) {
  std::vector<std::string> shown(names.begin(),
                                 names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kShown)));
  const auto more = names.size() - shown.size();
  return fmt::format("{}{}", fmt::join(shown, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace

Finding check_modes(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> open;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, failed), end;
       !failed && entry != end; entry.increment(failed)) {
    if (entry->path().filename() == "media") {  // many, and posted in public
      entry.disable_recursion_pending();
      continue;
    }
    struct stat info {};
    if (::lstat(entry->path().c_str(), &info) != 0 || S_ISLNK(info.st_mode)) continue;
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) open.push_back(entry->path().string());
  }
  if (open.empty()) return {"file modes", true, "nothing is open to other users"};
  return {"file modes", false,
          fmt::format("{} open to other users: {}. Fix: chmod -R go= {}",
                      open.size() == 1 ? "1 file is" : fmt::format("{} files are", open.size()), listed(open), folder)};
}

Finding check_backup(const std::string& folder) {
  const auto last = backup::last_made(folder);
  if (!last) return {"backup", true, "none was taken yet; telegram-gateway backup --to FOLDER takes one"};
  if (model::Time::now().to_seconds() - last->to_seconds() <= kBackupIsOld)
    return {"backup", true, "the last was taken at " + local_time(*last)};
  return {
      "backup", false,
      fmt::format("the last of which nothing failed was taken at {}. Fix: take one with telegram-gateway backup, which "
                  "says what fails; of the timer: systemctl status telegram-gateway-backup.service",
                  local_time(*last))};
}

std::optional<Finding> check_holes(const std::string& folder) {
  auto journal = journal::Journal::open(folder, journal::Access::read);
  if (!journal) return std::nullopt;
  auto db = (*journal)->read();
  if (!db) return std::nullopt;
  const auto all = journal::all_coverage(**db, model::Time::now());
  if (!all) return Finding{"holes", false, all.error().to_string()};
  std::vector<std::string> lacking;
  std::int64_t missing = 0;
  for (const auto& chat : *all) {
    if (!chat.start || chat.missing == 0) continue;
    missing += chat.missing;
    lacking.push_back(std::to_string(chat.peer.value));
  }
  if (missing == 0) return Finding{"holes", true, "none"};
  return Finding{"holes", false,
                 fmt::format("{} not accounted for in {}. Fix: telegram-gateway sync asks for them now; "
                             "telegram-gateway coverage CHANNEL shows where",
                             missing == 1 ? "1 id is" : grouped(missing) + " ids are", listed(lacking))};
}

std::optional<Finding> check_time_service() {
  const auto ended = backup::run_child(
      {{"timedatectl", "show", "--property=NTPSynchronized", "--value"}, {}, std::chrono::seconds(5)});
  if (!ended || ended->code != 0) return std::nullopt;
  if (ended->out.starts_with("yes")) return Finding{"time service", true, "the clock is synchronised"};
  return Finding{
      "time service", false,
      "no time server sets this machine's clock: dates and lags may be wrong. Fix: timedatectl set-ntp true"};
}

std::vector<Finding> check_telegram(const config::Config& config) {
  std::vector<Finding> findings;
  if (config.telegram.api_id == 0) return findings;
  if (const auto library = tdlib::Library::load(config.telegram.library); library) {
    findings.push_back({"TDLib", true, "version " + (*library)->version()});
  } else {
    findings.push_back({"TDLib", false, library.error().to_string()});
  }
  std::error_code failed;
  for (const auto& account : std::filesystem::directory_iterator(app::accounts_folder(config), failed)) {
    const auto name = account.path().filename().string();
    std::string why;
    std::ifstream(account.path() / "ended") >> why;
    if (why.empty()) continue;
    findings.push_back(
        {"session", false,
         fmt::format("Telegram has ended the session of {} ({}). Fix: sign in again with telegram-gateway "
                     "account add {} or in the dashboard; nothing that is stored is lost",
                     name, why, name)});
  }
  return findings;
}

}  // namespace tg::cli
