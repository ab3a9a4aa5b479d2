#include "context.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace telegram_gateway {
namespace {

[[noreturn]] void wrong(const std::string& option, const std::string& must) {
  throw std::invalid_argument("Options::" + option + " " + must);
}

bool is_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

void within(const std::string& option, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value < least || value > most)
    wrong(option,
          "is " + std::to_string(value) + "; it must be " + std::to_string(least) + " to " + std::to_string(most));
}

// At the start: later it is waited for, as it may be exchanged while the program runs.
void readable(const std::string& option, const std::string& path, const std::string& what) {
  if (SecretFile(path).read()) return;
  wrong(option, "names " + path + ", which cannot be read; create it with the " + what +
                    " in its first line, for the user that runs this program (chmod 600)");
}

}  // namespace

void check(const Options& options) {
  constexpr std::int64_t kHourMs = 3'600'000;
  if (!is_name(options.name)) wrong("name", "must be 1 to 64 of a-z A-Z 0-9 . _ -");
  if (options.channels.empty()) wrong("channels", "is empty; name at least one, such as -1001487851422");
  if (options.channels.size() > 2'000) wrong("channels", "has more than 2000; run several consumers");
  auto sorted = options.channels;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) wrong("channels", "names a channel twice");
  if (std::binary_search(sorted.begin(), sorted.end(), 0)) wrong("channels", "has a 0, which is no channel");
  if (options.gateway_url.rfind("http://", 0) != 0 && options.gateway_url.rfind("https://", 0) != 0)
    wrong("gateway_url", "must begin with http:// or https://");
  if (options.mode != Mode::polling && !options.rabbitmq) wrong("rabbitmq", "is needed for the modes queue and hybrid");
  if (options.mode == Mode::polling && options.changes)
    wrong("changes", "needs the mode queue or hybrid: polls have no edits and deletions");
  if (options.rabbitmq) within("rabbitmq.port", options.rabbitmq->port, 1, 65'535);
  within("poll_every (ms)", options.poll_every.count(), 10, kHourMs);
  within("backup_poll_every (ms)", options.backup_poll_every.count(), 10, kHourMs);
  within("batch", options.batch, 1, 1'000);
  within("ask_gateway_every", options.ask_gateway_every, 1, 1'000);
  within("prefetch", options.prefetch, 1, 10'000);
  within("handlers", options.handlers, 1, 1'000);
  within("tries", options.tries, 1, 1'000);
  within("retry_pause (ms)", options.retry_pause.count(), 1, kHourMs);
  within("remembered", options.remembered, 1'000, 100'000'000);
  within("stop_within (ms)", options.stop_within.count(), 0, kHourMs);
  readable("token_file", options.token_file, "token");
  if (options.redis) {
    readable("redis.password_file", options.redis->password_file, "password");
    readable("redis.sentinel_password_file", options.redis->sentinel_password_file, "password");
  }
  if (options.rabbitmq) readable("rabbitmq.password_file", options.rabbitmq->password_file, "password");
}

void GatewayClock::set(SystemTime now) {
  const std::scoped_lock lock(mutex_);
  if (!began_) began_ = now;
  set_to_ = now;
  set_at_ = std::chrono::steady_clock::now();
}

std::optional<SystemTime> GatewayClock::began() const {
  const std::scoped_lock lock(mutex_);
  return began_;
}

SystemTime GatewayClock::now() const {
  const std::scoped_lock lock(mutex_);
  if (!began_) return std::chrono::system_clock::now();
  return set_to_ + std::chrono::duration_cast<SystemTime::duration>(std::chrono::steady_clock::now() - set_at_);
}

void Context::log(const std::string& line) const {
  if (options.log) return options.log(line);
  std::fprintf(stderr, "%s\n", line.c_str());
}

std::optional<std::string> SecretFile::read() const {
  if (path_.empty()) return std::string();
  std::ifstream in(path_);
  std::string line;
  if (!std::getline(in, line) && !in.eof()) return std::nullopt;
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

}  // namespace telegram_gateway
