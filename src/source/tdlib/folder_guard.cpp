#include "source/tdlib/folder_guard.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

namespace tg::tdlib {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

Result<void> check(const fs::path& path, std::string_view fix) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    return Error{Code::permission,
                 fmt::format("{} cannot be looked at: {}", path.string(), std::generic_category().message(errno)), ""};
  }
  if ((status.st_mode & kOthers) != 0) {
    return Error{Code::permission,
                 fmt::format("{} is open to others (mode {:o})", path.string(), status.st_mode & 07777),
                 fmt::format("Run: {} {}", fix, path.string())};
  }
  if (status.st_uid != geteuid()) {
    return Error{Code::permission, fmt::format("{} belongs to another user", path.string()),
                 "Run the gateway as that user, or give the folder to this one with chown -R"};
  }
  return {};
}

}  // namespace

Result<FolderGuard> FolderGuard::take(const fs::path& folder) {
  std::error_code ec;
  fs::create_directories(folder.parent_path(), ec);
  if (!ec && mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) ec.assign(errno, std::generic_category());
  if (ec) {
    return Error{Code::permission, fmt::format("{} cannot be made: {}", folder.string(), ec.message()),
                 "Make data_dir writable for the user that runs the gateway"};
  }
  if (auto checked = check(folder, "chmod 700"); !checked) return checked.error();
  for (fs::recursive_directory_iterator entry(folder, ec), end; !ec && entry != end; entry.increment(ec)) {
    auto checked = check(entry->path(), entry->is_directory(ec) ? "chmod 700" : "chmod 600");
    if (!checked) return checked.error();
  }
  if (ec) return Error{Code::permission, fmt::format("{} cannot be read: {}", folder.string(), ec.message()), ""};

  const auto path = folder / "lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (fd < 0)
    return Error{Code::permission, fmt::format("{}: {}", path.string(), std::generic_category().message(errno)), ""};
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return Error{Code::conflict, fmt::format("{} is in use by another process", folder.string()),
                 "Stop that process first: two users of one session end it"};
  }
  return FolderGuard(fd);
}

FolderGuard::~FolderGuard() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace tg::tdlib
