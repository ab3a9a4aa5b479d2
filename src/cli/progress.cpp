#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace tg::cli {

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(std::optional<double> fraction, const std::string& text) {
  if (!terminal_) return;
  shown_ = true;
  std::string bar;
  if (fraction) {
    constexpr int kWidth = 24;
    const int full = static_cast<int>(*fraction * kWidth + 0.5);
    for (int i = 0; i < kWidth; ++i) bar += i < full ? "█" : "░";
    bar += fmt::format(" {:3.0f} %  ", *fraction * 100);
  }
  fmt::print(stderr, "\r\033[K{}{}", bar, text);
  std::fflush(stderr);
}

void ProgressLine::say(const std::string& text) {
  fmt::print(stderr, "{}{}\n", std::exchange(shown_, false) ? "\r\033[K" : "", text);
}

std::string duration(std::int64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

}  // namespace tg::cli
