#include "journal/lock.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace tg::journal {
namespace {

constexpr std::string_view kGateway = "gateway", kCommand = "command";

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// What was written may be old, and its number another process's by now.
bool has_open(pid_t pid, const std::filesystem::path& file) {
  std::error_code failed;
  const auto open_files = fmt::format("/proc/{}/fd", pid);
  for (std::filesystem::directory_iterator entry(open_files, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code ignored;
    if (std::filesystem::equivalent(entry->path(), file, ignored)) return true;
  }
  return false;
}

}  // namespace

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> FolderLock::take(const std::filesystem::path& folder, Holds as) {
  const auto file = folder / "lock";
  // Root locks other users' folders: what is emptied below must not be where a link of theirs leads to.
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  struct stat info {};
  if (descriptor_ >= 0 && ::fstat(descriptor_, &info) == 0 && !S_ISREG(info.st_mode)) {
    return Error{Code::permission, fmt::format("{} is no regular file", file.string()), "Remove it"};
  }
  if (descriptor_ < 0) {
    return Error{Code::permission,
                 fmt::format("cannot open {}: {}", file.string(), std::generic_category().message(errno)),
                 "Check owner and mode of the data folder"};
  }
  auto lock = whole_file();
  if (::fcntl(descriptor_, F_OFD_SETLK, &lock) == 0) {
    // For people and for holder(); who holds the lock does not depend on it.
    const auto who = fmt::format("{} {}\n", ::getpid(), as == Holds::gateway ? kGateway : kCommand);
    const bool told = ::ftruncate(descriptor_, 0) == 0 &&
                      ::pwrite(descriptor_, who.data(), who.size(), 0) == static_cast<ssize_t>(who.size());
    (void)told;
    return {};
  }
  if (errno != EAGAIN && errno != EACCES) {
    return Error{Code::unavailable,
                 fmt::format("cannot lock {}: {}", file.string(), std::generic_category().message(errno)),
                 "Put the data folder on a disk whose file system knows locks"};
  }
  return Error{Code::conflict, fmt::format("another process uses {}", folder.string()),
               "Stop the gateway that runs on this data folder, or name another one with --data-dir"};
}

Result<bool> is_locked(const std::filesystem::path& folder) {
  const auto file = folder / "lock";
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return Error{Code::permission, fmt::format("reading {}: {}", file.string(), std::generic_category().message(errno)),
                 "Run this as the user that the gateway runs as, e.g. with sudo -u"};
  }
  auto lock = whole_file();
  const int asked = ::fcntl(descriptor, F_OFD_GETLK, &lock);
  const int why = errno;
  ::close(descriptor);
  if (asked != 0) {
    return Error{Code::unavailable,
                 fmt::format("asking for the lock of {}: {}", file.string(), std::generic_category().message(why)),
                 "Put the data folder on a disk whose file system knows locks"};
  }
  return lock.l_type != F_UNLCK;
}

Result<std::optional<Holder>> holder(const std::filesystem::path& folder) {
  const auto locked = is_locked(folder);
  if (!locked) return locked.error();
  if (!*locked) return std::optional<Holder>();
  const auto file = folder / "lock";
  Holder found;
  std::string as;
  std::ifstream(file) >> found.pid >> as;
  if (as == kCommand) found.as = Holds::command;
  if (found.pid > 0 && has_open(found.pid, file)) return std::optional(found);
  return Error{Code::permission, fmt::format("which process holds {} cannot be seen", file.string()),
               fmt::format("Ask as the user that the gateway runs as, or as root: fuser {}", file.string())};
}

Result<void> check_owner(const std::filesystem::path& folder) {
  struct stat info {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &info) != 0 || info.st_uid == 0) return {};
  const auto* owner = ::getpwuid(info.st_uid);  // NOLINT(concurrency-mt-unsafe): before the first thread
  const auto name = owner ? std::string(owner->pw_name) : std::to_string(info.st_uid);
  return Error{Code::permission,
               fmt::format("{} belongs to {}, who could not open what root makes there", folder.string(), name),
               fmt::format("Run: runuser -u {} -- telegram-gateway …", name)};
}

}  // namespace tg::journal
