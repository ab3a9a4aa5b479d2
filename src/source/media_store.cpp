#include "source/media_store.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace tg::source {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

Error folder_fault(const std::string& what, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return {full ? Code::out_of_space : Code::unavailable,
          fmt::format("{}: {}", what, std::generic_category().message(code)),
          full ? "Free some space and import again: what is here already is kept" : ""};
}

// Of one file beside the export: whatever is wrong with it is no reason to leave the other messages unread. Only what
// this process lacks is ours.
Error file_fault(const std::string& what, int code) {
  const bool ours = code == EMFILE || code == ENFILE || code == ENOMEM;
  return {ours ? Code::unavailable : Code::not_found,
          fmt::format("{}: {}", what, std::generic_category().message(code)), ""};
}

// Component by component, so that no symbolic link is followed anywhere.
Result<Descriptor> open_beneath(int folder, std::string_view path, const std::string& what) {
  const auto outside = [&] {
    return Error{Code::permission, fmt::format("{}: the path leads out of its folder", what), ""};
  };
  if (path.empty() || path.front() == '/' || path.find('\0') != path.npos) return outside();
  Descriptor current(-1);
  int at = folder;
  while (true) {
    const auto slash = path.find('/');
    const std::string part(path.substr(0, slash));
    if (part == "..") return outside();
    const bool last = slash == path.npos;
    if (!part.empty() && part != ".") {
      const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (last ? O_NONBLOCK : O_DIRECTORY);
      Descriptor next(::openat(at, part.c_str(), flags));
      if (!next) return file_fault(what, errno);
      current = std::move(next);
      at = current.get();
    }
    if (last) break;
    path.remove_prefix(slash + 1);
  }
  if (!current) return outside();
  return current;
}

using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Digest new_digest() {
  Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1) throw std::runtime_error("no SHA-256");
  return digest;
}

std::string finish(Digest& digest) {
  std::array<unsigned char, 32> bytes{};
  EVP_DigestFinal_ex(digest.get(), bytes.data(), nullptr);
  std::string hex;
  for (const auto byte : bytes) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  return hex;
}

// Reads the file to its end; the callback gets each piece.
template <class Take>
Result<void> each_piece(int file, const std::string& what, Take take) {
  std::vector<char> buffer(256 << 10);
  while (true) {
    const auto n = ::read(file, buffer.data(), buffer.size());
    if (n == 0) return {};
    if (n < 0) {
      if (errno == EINTR) continue;
      return file_fault(what, errno);
    }
    if (auto r = take(std::string_view(buffer.data(), static_cast<std::size_t>(n))); !r) return r;
  }
}

Result<void> write_all(int file, std::string_view bytes, const std::string& what) {
  while (!bytes.empty()) {
    const auto n = ::write(file, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return folder_fault(what, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

std::filesystem::path media_file(const std::filesystem::path& media_folder, std::string_view sha256) {
  return media_folder / "sha256" / sha256.substr(0, 2) / sha256.substr(2, 2) / sha256;
}

bool is_removable(const std::filesystem::path& file) {
  struct stat info {};
  return ::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & S_IWUSR) != 0;
}

MediaStore::MediaStore(int from, std::filesystem::path to, std::int64_t max_bytes, Keep keep)
    : from_(from), to_(std::move(to)), max_bytes_(max_bytes), keep_(keep) {}

MediaStore::MediaStore(MediaStore&& other) noexcept
    : from_(std::exchange(other.from_, -1)),
      to_(std::move(other.to_)),
      max_bytes_(other.max_bytes_),
      keep_(other.keep_) {}

MediaStore::~MediaStore() {
  if (from_ >= 0) ::close(from_);
}

Result<MediaStore> MediaStore::open(const std::filesystem::path& from_folder, const std::filesystem::path& media_folder,
                                    std::int64_t max_bytes, Keep keep) {
  std::error_code ec;
  std::filesystem::create_directories(media_folder / "sha256", ec);
  if (ec) return folder_fault(fmt::format("making the media folder {}", media_folder.string()), ec.value());
  const auto folder = from_folder.empty() ? std::filesystem::path(".") : from_folder;
  const int from = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (from < 0) return folder_fault(fmt::format("opening {}", folder.string()), errno);
  return MediaStore(from, media_folder, max_bytes, keep);
}

Result<Taken> MediaStore::take(std::string_view relative_path) {
  const auto what = fmt::format("media file \"{}\"", relative_path.substr(0, 200));
  auto file = open_beneath(from_, relative_path, what);
  if (!file) return file.error();
  struct stat info {};
  if (::fstat(file->get(), &info) != 0) return file_fault(what, errno);
  if (!S_ISREG(info.st_mode)) return Error{Code::permission, what + " is no ordinary file", ""};
  if (max_bytes_ > 0 && info.st_size > max_bytes_) {
    return Error{Code::unsupported, fmt::format("{} has {} bytes, more than allowed", what, info.st_size), ""};
  }
  return copy(file->get(), what);
}

Result<Taken> MediaStore::copy(int file, const std::string& what) {
  // Read once for the name: importing again must not write again.
  Taken taken;
  auto digest = new_digest();
  auto read = each_piece(file, what, [&](std::string_view piece) -> Result<void> {
    EVP_DigestUpdate(digest.get(), piece.data(), piece.size());
    taken.size += static_cast<std::int64_t>(piece.size());
    return {};
  });
  if (!read) return read.error();
  taken.sha256 = finish(digest);

  const auto name = media_file(to_, taken.sha256);
  const auto folder = name.parent_path();
  std::error_code ec;
  if (std::filesystem::file_size(name, ec) == static_cast<std::uintmax_t>(taken.size) && !ec) {
    if (keep_ == Keep::for_ever && ::chmod(name.c_str(), S_IRUSR) != 0) {
      return folder_fault(fmt::format("keeping {}", name.string()), errno);
    }
    return taken;
  }
  std::filesystem::create_directories(folder, ec);
  if (ec) return folder_fault(fmt::format("making {}", folder.string()), ec.value());

  std::string temporary = (folder / ".new-XXXXXX").string();
  Descriptor out(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!out) return folder_fault(fmt::format("writing into {}", folder.string()), errno);
  const auto writing = fmt::format("writing {}", temporary);
  auto copied = [&]() -> Result<void> {
    if (::lseek(file, 0, SEEK_SET) < 0) return file_fault(what, errno);
    digest = new_digest();
    auto done = each_piece(file, what, [&](std::string_view piece) -> Result<void> {
      EVP_DigestUpdate(digest.get(), piece.data(), piece.size());
      return write_all(out.get(), piece, writing);
    });
    if (!done) return done;
    if (finish(digest) != taken.sha256)
      return Error{Code::not_found, what + " changed while it was read", "Import again"};
    if (keep_ == Keep::for_ever && ::fchmod(out.get(), S_IRUSR) != 0) return folder_fault(writing, errno);
    if (::fsync(out.get()) != 0) return folder_fault(writing, errno);
    if (::rename(temporary.c_str(), name.c_str()) != 0) return folder_fault(writing, errno);
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0) return folder_fault(writing, errno);
    return {};
  }();
  if (!copied) {
    ::unlink(temporary.c_str());
    return copied.error();
  }
  return taken;
}

}  // namespace tg::source
