#pragma once
// One file of an export: written beside its name, flushed to the disk and renamed by finish(); gone when finish() was
// not reached. "-" is standard output. One thread.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.h"

namespace tg::exporting::detail {

class Output {
 public:
  // Code::conflict when it is there and may not be replaced.
  static Result<Output> open(const std::filesystem::path& path, bool replace);
  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();

  Result<void> write(std::string_view text);
  Result<void> finish();
  std::int64_t bytes() const { return bytes_; }

 private:
  Output(int fd, std::filesystem::path path, std::string temporary);
  Result<void> drain();
  Error failed(int code) const;

  int fd_;
  std::filesystem::path path_;
  std::string temporary_;  // empty: standard output
  std::string buffer_;
  std::int64_t bytes_ = 0;
};

Error system_error(const std::string& what, int code);

}  // namespace tg::exporting::detail
