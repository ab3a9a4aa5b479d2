#include "cli/interrupts.h"

#include <unistd.h>

#include <csignal>
#include <iostream>

namespace tg::cli {
namespace {

constexpr timespec kBetweenLooks{0, 100'000'000};  // at whether it is over

sigset_t interrupting() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) sigaddset(&signals, one);
  return signals;
}

}  // namespace

void Interrupts::hold() {
  const auto signals = interrupting();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Interrupts::Interrupts(std::function<void()> undo) : undo_(std::move(undo)) {
  is_terminal_ = tcgetattr(STDIN_FILENO, &terminal_) == 0;
  thread_ = std::thread([this] { run(); });
}

Interrupts::~Interrupts() {
  over_ = true;
  thread_.join();
}

void Interrupts::run() {
  const auto signals = interrupting();
  int signal = -1;
  while (signal < 0) {
    if (over_) return;
    signal = sigtimedwait(&signals, nullptr, &kBetweenLooks);
  }
  std::cerr << "\nInterrupted\n";
  undo_();
  if (is_terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &terminal_);
  _exit(128 + signal);
}

}  // namespace tg::cli
