#pragma once
// Ctrl-C and its like during a command that has begun something: it is undone, and the process ends with 128 + signal.

#include <atomic>
#include <functional>
#include <thread>

#include <termios.h>

namespace tg::cli {

class Interrupts {
 public:
  // Before any other thread starts, so that only the thread of an Interrupts takes them; until one lives they wait.
  static void hold();

  // `undo` runs in a thread of its own, once, while all others go on. What the terminal looked like comes back behind
  // it.
  explicit Interrupts(std::function<void()> undo);
  ~Interrupts();  // from now on they wait again
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

 private:
  void run();

  const std::function<void()> undo_;
  termios terminal_{};
  bool is_terminal_ = false;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace tg::cli
