#pragma once
// The folder's lock: one gateway a journal. Released by closing the descriptor, also when the process is killed.
//
// It is held by the open descriptor (F_OFD_SETLK), not by the process. Unlike flock(2), others can ask whether it is
// held (F_OFD_GETLK) without taking it for a moment, which a gateway that starts just then would trip over.

#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "model/result.h"

namespace tg::journal {

// Who holds it: a gateway that serves may be told to stop, a command that changes the folder may not.
enum class Holds : std::uint8_t { gateway, command };

class FolderLock {
 public:
  FolderLock() = default;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

  Result<void> take(const std::filesystem::path& folder, Holds as);  // Code::conflict when another process has it

 private:
  int descriptor_ = -1;
};

struct Holder {
  pid_t pid = 0;
  Holds as = Holds::gateway;
};

// Which process holds the lock of this folder; nothing where none does. permission where this user may not ask.
Result<std::optional<Holder>> holder(const std::filesystem::path& folder);

// Whether a process holds the lock of this folder; Code::permission when this user may not ask.
Result<bool> is_locked(const std::filesystem::path& folder);

// permission where root would make files in another user's folder, which that user could not open then.
Result<void> check_owner(const std::filesystem::path& folder);

}  // namespace tg::journal
