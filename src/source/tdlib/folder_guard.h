#pragma once
// An account's folder: of this user alone, and of one process at a time. Whoever reads it is signed in as the account.

#include <filesystem>

#include "model/result.h"

namespace tg::tdlib {

class FolderGuard {
 public:
  // Creates the folder (0700) where it is not there. permission where others may enter it or read a file in it;
  // conflict where another process holds it. Held until destroyed.
  static Result<FolderGuard> take(const std::filesystem::path& folder);

  FolderGuard(FolderGuard&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderGuard& operator=(FolderGuard&&) = delete;
  ~FolderGuard();

 private:
  explicit FolderGuard(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace tg::tdlib
