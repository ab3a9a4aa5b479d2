#pragma once
// A progress line on a terminal, redrawn in place; nothing where standard error is no terminal.

#include <cstdint>
#include <optional>
#include <string>

namespace tg::cli {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // clears the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // fraction: 0…1, or nothing when the end is not known.
  void show(std::optional<double> fraction, const std::string& text);
  // A line that stays, also where standard error is no terminal.
  void say(const std::string& text);

 private:
  bool terminal_;
  bool shown_ = false;
};

std::string duration(std::int64_t seconds);  // 42 s, 3 min 20 s, 2 h 5 min

}  // namespace tg::cli
