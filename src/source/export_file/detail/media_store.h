#pragma once
// Takes media files that lie beside an export into the media folder, named by their content:
// <folder>/sha256/ab/cd/<64 hex digits>. A file is written beside its name, flushed, then renamed: whoever finds the
// name finds the whole file. Paths come from the export and are not trusted: no "..", nothing absolute, and no symbolic
// link is followed. Used by one thread.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.h"

namespace tg::export_file::detail {

struct Taken {
  std::string sha256;  // 64 hex digits
  std::int64_t size = 0;
};

class MediaStore {
 public:
  static Result<MediaStore> open(const std::filesystem::path& export_folder, const std::filesystem::path& media_folder,
                                 std::int64_t max_bytes);
  MediaStore(MediaStore&& other) noexcept;
  MediaStore& operator=(MediaStore&&) = delete;
  ~MediaStore();

  // Code::not_found: the export does not hold it, or it cannot be read. Code::unsupported: larger than the limit.
  // Code::permission: the path leads out of the export. Anything else is a fault of the media folder.
  Result<Taken> take(std::string_view relative_path);

 private:
  MediaStore(int from, std::filesystem::path to, std::int64_t max_bytes);
  Result<Taken> copy(int file, const std::string& what);

  int from_;  // the export's folder
  std::filesystem::path to_;
  std::int64_t max_bytes_;
};

}  // namespace tg::export_file::detail
