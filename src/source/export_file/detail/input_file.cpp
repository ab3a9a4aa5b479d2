#include "source/export_file/detail/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tg::export_file::detail {
namespace {

constexpr std::size_t kPiece = 256 << 10;
constexpr std::size_t kFirstPiece = 64;  // enough to tell what the file is
constexpr auto kReportEvery = std::chrono::milliseconds(200);

Error cannot_open(const std::filesystem::path& shown, int code) {
  const auto what = fmt::format("opening {}: {}", shown.string(), std::generic_category().message(code));
  switch (code) {
    case ENOENT:
    case ENOTDIR: return {Code::not_found, what, "Give the path of the export's result.json"};
    case EACCES:
    case EPERM:
      return {Code::permission, what,
              "Give the user that runs this program leave to read it: chmod o+r on the file, o+x on its folders"};
    default: return {Code::unavailable, what, ""};
  }
}

}  // namespace

InputFile::InputFile(int fd, std::filesystem::path shown) : fd_(fd), shown_(std::move(shown)), buffer_(kPiece) {}

InputFile::InputFile(InputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      shown_(std::move(other.shown_)),
      size_(other.size_),
      written_at_(other.written_at_),
      buffer_(std::move(other.buffer_)) {}

InputFile::~InputFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<InputFile> InputFile::open(const std::filesystem::path& path, const std::filesystem::path& shown) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return cannot_open(shown, errno);
  InputFile file(fd, shown);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return cannot_open(shown, errno);
  if (S_ISDIR(info.st_mode)) {
    std::error_code ec;
    const bool has_result = std::filesystem::exists(path / "result.json", ec);
    return Error{Code::invalid_input, fmt::format("{} is a folder", shown.string()),
                 has_result ? fmt::format("Give the file in it: {}", (shown / "result.json").string())
                            : "Give the path of the export's result.json"};
  }
  file.written_at_ = model::Time::now();
  if (S_ISREG(info.st_mode)) {
    file.size_ = info.st_size;
    const model::Time written{info.st_mtim.tv_sec * 1'000'000 + info.st_mtim.tv_nsec / 1000};
    if (written.us > 0 && written < file.written_at_) file.written_at_ = written;
    (void)::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  return file;
}

Result<std::string_view> InputFile::read() {
  std::size_t filled = 0;
  while (filled < kFirstPiece) {
    const auto n = ::read(fd_, buffer_.data() + filled, buffer_.size() - filled);
    if (n == 0) break;
    if (n < 0) {
      if (errno == EINTR) continue;
      return Error{Code::unavailable,
                   fmt::format("reading {}: {}", shown_.string(), std::generic_category().message(errno)),
                   "Check the disk, then import again: what is here already is kept"};
    }
    filled += static_cast<std::size_t>(n);
  }
  return std::string_view(buffer_.data(), filled);
}

Meter::Meter(OnProgress on_progress, std::int64_t bytes_total)
    : on_progress_(std::move(on_progress)), bytes_total_(bytes_total), last_(Clock::now()) {}

void Meter::update(std::int64_t bytes_done, std::uint64_t messages) {
  const auto now = Clock::now();
  if (on_progress_ && now - last_ >= kReportEvery) report(now, bytes_done, messages);
}

void Meter::finish(std::int64_t bytes_done, std::uint64_t messages) {
  if (on_progress_) report(Clock::now(), bytes_done, messages);
}

void Meter::report(Clock::time_point now, std::int64_t bytes_done, std::uint64_t messages) {
  const double seconds = std::max(1e-3, std::chrono::duration<double>(now - last_).count());
  const auto smooth = [&](double& rate, double newest) { rate = rate == 0 ? newest : 0.8 * rate + 0.2 * newest; };
  smooth(messages_per_second_, static_cast<double>(messages - last_messages_) / seconds);
  smooth(bytes_per_second_, static_cast<double>(bytes_done - last_bytes_) / seconds);
  last_ = now;
  last_bytes_ = bytes_done;
  last_messages_ = messages;

  Progress progress{bytes_done, bytes_total_, messages, messages_per_second_, std::nullopt};
  if (bytes_total_ > 0 && bytes_per_second_ > 0) {
    const auto left = static_cast<double>(std::max<std::int64_t>(0, bytes_total_ - bytes_done));
    progress.seconds_left = static_cast<std::int64_t>(left / bytes_per_second_ + 0.5);
  }
  on_progress_(progress);
}

}  // namespace tg::export_file::detail
