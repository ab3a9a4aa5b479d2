#pragma once
// A file that is read once, from its beginning to its end, in pieces; and the meter of its progress. One thread.

#include <chrono>
#include <filesystem>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/result.h"
#include "source/export_file/import_file.h"

namespace tg::export_file::detail {

class InputFile {
 public:
  // An ordinary file or a pipe; says what to do about a folder, a missing file or a lacking permission.
  // `shown`: what it is called in words.
  static Result<InputFile> open(const std::filesystem::path& path, const std::filesystem::path& shown);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  // The next piece, valid until the next call; empty at the end. The first one is at least 64 bytes or the whole file.
  Result<std::string_view> read();
  std::int64_t size() const { return size_; }             // 0 for a pipe
  model::Time written_at() const { return written_at_; }  // never in the future

 private:
  InputFile(int fd, std::filesystem::path shown);

  int fd_;
  std::filesystem::path shown_;
  std::int64_t size_ = 0;
  model::Time written_at_;
  std::vector<char> buffer_;
};

class Meter {
 public:
  Meter(OnProgress on_progress, std::int64_t bytes_total);
  void update(std::int64_t bytes_done, std::uint64_t messages);  // at most five calls a second go on
  void finish(std::int64_t bytes_done, std::uint64_t messages);

 private:
  using Clock = std::chrono::steady_clock;
  void report(Clock::time_point now, std::int64_t bytes_done, std::uint64_t messages);

  OnProgress on_progress_;
  std::int64_t bytes_total_;
  Clock::time_point last_;
  std::int64_t last_bytes_ = 0;
  std::uint64_t last_messages_ = 0;
  double messages_per_second_ = 0, bytes_per_second_ = 0;  // smoothed
};

}  // namespace tg::export_file::detail
