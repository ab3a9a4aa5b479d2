#include "backup/durable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace tg::backup {
namespace fs = std::filesystem;

Error error_at(std::string_view doing, const fs::path& path, int number, std::string fix) {
  const auto code = number == ENOSPC || number == EDQUOT                     ? Code::out_of_space
                    : number == EACCES || number == EPERM || number == EROFS ? Code::permission
                    : number == ENOENT || number == ENOTDIR                  ? Code::not_found
                    : number == EEXIST                                       ? Code::conflict
                                                                             : Code::unavailable;
  if (fix.empty()) {
    fix = code == Code::out_of_space ? "Free disk space there, or name another place"
          : code == Code::permission ? "Run this as the user that owns it, or name another place"
                                     : "Look at the path and at the disk";
  }
  return {code, fmt::format("{} {}: {}", doing, path.string(), std::generic_category().message(number)),
          std::move(fix)};
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<File> open_to_read(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return error_at("reading", path, errno);
  File file(descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return error_at("reading", path, errno);
  if (!S_ISREG(status.st_mode))
    return Error{Code::invalid_input, fmt::format("{} is no regular file", path.string()), "Name a file"};
  return file;
}

Result<File> create(const fs::path& path) {
  if (auto made = make_folder(path.parent_path()); !made) return made.error();
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return error_at("writing", path, errno);
  return File(descriptor);
}

Result<void> write_all(const File& file, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const auto done = ::write(file.get(), bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return error_at("writing", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> sync(const File& file, const fs::path& path) {
  if (::fsync(file.get()) != 0) return error_at("writing", path, errno);
  return {};
}

Result<void> sync_folder(const fs::path& folder) {
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) return error_at("opening", folder, errno);
  return sync(opened, folder);
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code failed;
  if (fs::is_directory(folder, failed)) return {};
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    if (auto above = make_folder(folder.parent_path()); !above) return above;
  }
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return error_at("making", folder, errno);
  return {};
}

Result<void> move_file(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return error_at(fmt::format("renaming {} to", from.string()), to, errno);
  if (auto synced = sync_folder(to.parent_path()); !synced) return synced;
  return from.parent_path() == to.parent_path() ? Result<void>() : sync_folder(from.parent_path());
}

Result<void> swap_folders(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) != 0) {
    const int why = errno;
    if (why == EBUSY || why == EXDEV) {
      return error_at("replacing", to, why,
                      "It is where a disk is mounted: name a folder inside of it with data_dir or --data-dir");
    }
    if (why == EINVAL) {
      return error_at("replacing", to, why,
                      "This file system cannot exchange two folders in one step: move the old one away yourself");
    }
    return error_at("replacing", to, why);
  }
  return {};
}

Result<void> give_to_owner_of(const fs::path& folder, const fs::path& made) {
  struct stat owner {};
  if (::stat(folder.c_str(), &owner) != 0) return {};
  if (::geteuid() != 0 && ::geteuid() == owner.st_uid) return {};
  if (::lchown(made.c_str(), owner.st_uid, owner.st_gid) == 0) return {};
  return error_at("giving to its owner", made, errno);
}

Result<void> remove_tree(const fs::path& path) {
  std::error_code failed;
  fs::remove_all(path, failed);
  if (failed) return error_at("removing", path, failed.value());
  return {};
}

std::int64_t free_bytes(const fs::path& folder) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return 0;
  return static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
}

bool same_disk(const fs::path& one, const fs::path& other) {
  struct stat a {
  }, b{};
  return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev;
}

}  // namespace tg::backup
