#include "export/detail/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace tg::exporting::detail {
namespace {

constexpr std::size_t kBuffer = 256 << 10;

}  // namespace

Error system_error(const std::string& what, int code) {
  auto kind = Code::unavailable;
  std::string fix;
  if (code == ENOSPC || code == EDQUOT) {
    kind = Code::out_of_space;
    fix = "Free some space, or export to another disk";
  } else if (code == EACCES || code == EPERM || code == EROFS) {
    kind = Code::permission;
    fix = "Give a path that the user who runs this program may write";
  } else if (code == ENOENT || code == ENOTDIR) {
    kind = Code::not_found;
    fix = "Make the folder first, or give another path";
  }
  return {kind, fmt::format("{}: {}", what, std::generic_category().message(code)), fix};
}

Output::Output(int fd, std::filesystem::path path, std::string temporary)
    : fd_(fd), path_(std::move(path)), temporary_(std::move(temporary)) {}

Output::Output(Output&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      bytes_(other.bytes_) {}

Output::~Output() {
  if (fd_ < 0) return;
  if (temporary_.empty()) return;  // standard output is not ours to close
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

Result<Output> Output::open(const std::filesystem::path& path, bool replace) {
  if (path == "-") return Output(STDOUT_FILENO, path, "");
  const auto what = fmt::format("writing {}", path.string());
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return Error{Code::conflict, what + ": it is a folder", "Give the name of a file"};
    if (!replace)
      return Error{Code::conflict, what + ": it is there already", "Give another name, or --force to replace it"};
  }
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::string temporary = (folder / fmt::format(".{}.XXXXXX", path.filename().string())).string();
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);  // 0600: messages are private
  if (fd < 0) return system_error(what, errno);
  return Output(fd, path, std::move(temporary));
}

Error Output::failed(int code) const { return system_error(fmt::format("writing {}", path_.string()), code); }

Result<void> Output::drain() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const auto n = ::write(fd_, left.data(), left.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return failed(errno);
    }
    left.remove_prefix(static_cast<std::size_t>(n));
  }
  buffer_.clear();
  return {};
}

Result<void> Output::write(std::string_view text) {
  buffer_ += text;
  bytes_ += static_cast<std::int64_t>(text.size());
  return buffer_.size() < kBuffer ? Result<void>() : drain();
}

Result<void> Output::finish() {
  if (auto done = drain(); !done) return done;
  if (temporary_.empty()) return {};
  if (::fsync(fd_) != 0) return failed(errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return failed(errno);
  temporary_.clear();
  ::close(std::exchange(fd_, -1));
  const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
  return {};
}

}  // namespace tg::exporting::detail
