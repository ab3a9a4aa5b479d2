#pragma once
// Takes files below one folder (an export's, an account's) into the media folder, named by their content:
// <folder>/sha256/ab/cd/<64 hex digits>. A file is written beside its name, flushed, then renamed: whoever finds the
// name finds the whole file. Paths are not trusted: no "..", nothing absolute, and no symbolic link is followed. Used
// by one thread.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.h"

namespace tg::source {

struct Taken {
  std::string sha256;  // 64 hex digits
  std::int64_t size = 0;
};

// for_ever: nothing else has the file, as with one from an export. It is made read-only, and that is the mark.
enum class Keep : std::uint8_t { for_ever, while_there_is_room };

std::filesystem::path media_file(const std::filesystem::path& media_folder, std::string_view sha256);
// Whether it is there, and may be removed when there is no room.
bool is_removable(const std::filesystem::path& file);

class MediaStore {
 public:
  static Result<MediaStore> open(const std::filesystem::path& from_folder, const std::filesystem::path& media_folder,
                                 std::int64_t max_bytes, Keep keep);
  MediaStore(MediaStore&& other) noexcept;
  MediaStore& operator=(MediaStore&&) = delete;
  ~MediaStore();

  // Code::not_found: it is not there, or cannot be read. Code::unsupported: larger than the limit. Code::permission:
  // the path leads out of the folder. Anything else is a fault of the media folder.
  Result<Taken> take(std::string_view relative_path);

 private:
  MediaStore(int from, std::filesystem::path to, std::int64_t max_bytes, Keep keep);
  Result<Taken> copy(int file, const std::string& what);

  int from_;  // the folder that is taken from
  std::filesystem::path to_;
  std::int64_t max_bytes_;
  Keep keep_;
};

}  // namespace tg::source
