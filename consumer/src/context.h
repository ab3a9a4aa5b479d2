#pragma once
// What all parts of a consumer share: options that are valid, counters, the gateway's clock, and where lines go.
// Any thread.

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "telegram_gateway/consumer.h"

namespace telegram_gateway {

using SystemTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;

class Tally {
 public:
  template <class Change>
  void change(Change apply) {
    const std::scoped_lock lock(mutex_);
    apply(counters_);
  }
  Counters get() const {
    const std::scoped_lock lock(mutex_);
    return counters_;
  }

 private:
  mutable std::mutex mutex_;
  Counters counters_;
};

// Ages and what is new are told by the gateway's clock, which its answers carry.
class GatewayClock {
 public:
  void set(SystemTime now);
  // When it was first reached, by its clock: what it recorded later can have been handled by no earlier run.
  std::optional<SystemTime> began() const;
  SystemTime now() const;  // this machine's clock while the gateway was never reached

 private:
  mutable std::mutex mutex_;
  std::optional<SystemTime> began_;
  SystemTime set_to_;
  SteadyTime set_at_;
};

struct Context {
  explicit Context(Options valid) : options(std::move(valid)) {}

  const Options options;
  Tally tally;
  GatewayClock clock;

  void log(const std::string& line) const;
};

// Throws std::invalid_argument.
void check(const Options& options);

// The first line; a failure names the file.
class SecretFile {
 public:
  explicit SecretFile(std::string path) : path_(std::move(path)) {}
  // Read anew each time, so that it may be exchanged while the program runs. Empty without a path.
  std::optional<std::string> read() const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace telegram_gateway
