#pragma once
// Files that are on the disk when they are said to be there, and for their owner alone.

#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.h"

namespace tg::backup {

// A file descriptor that closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File();
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<File> open_to_read(const std::filesystem::path& path);  // never through a symbolic link at its end
// Mode 0600, with its folders (0700); conflict where it is there already.
Result<File> create(const std::filesystem::path& path);
Result<void> write_all(const File& file, std::string_view bytes, const std::filesystem::path& path);
Result<void> sync(const File& file, const std::filesystem::path& path);
Result<void> sync_folder(const std::filesystem::path& folder);
Result<void> make_folder(const std::filesystem::path& folder);  // 0700, with those above it; there already is good
Result<void> move_file(const std::filesystem::path& from, const std::filesystem::path& to);  // and both folders synced
// What is at `to` and at `from` change places in one step; the folders above are not synced.
Result<void> swap_folders(const std::filesystem::path& from, const std::filesystem::path& to);
// Root works for the user of `folder`: what it makes belongs to that user. Follows no symbolic link at its end.
Result<void> give_to_owner_of(const std::filesystem::path& folder, const std::filesystem::path& made);
Result<void> remove_tree(const std::filesystem::path& path);

std::int64_t free_bytes(const std::filesystem::path& folder);  // for this user; 0 where it cannot be told
bool same_disk(const std::filesystem::path& one, const std::filesystem::path& other);

// errno's words with the place. `fix` may be empty: then what helps for this errno.
Error error_at(std::string_view doing, const std::filesystem::path& path, int number, std::string fix = "");

}  // namespace tg::backup
