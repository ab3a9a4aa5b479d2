#include "backup/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX declares it nowhere

namespace tg::backup {
namespace {

constexpr std::size_t kLongestOutput = 1U << 20;  // bytes
constexpr int kLookEveryMs = 200;                 // at the clock

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) read = ends[0], write = ends[1];
  }
  ~Pipe() {
    close_write();
    if (read >= 0) ::close(read);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_write() {
    if (write >= 0) ::close(std::exchange(write, -1));
  }
};

// The environment of the child: `more` replaces what has the same name.
std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    const auto name = text.substr(0, text.find('='));
    if (std::none_of(more.begin(), more.end(), [&](const auto& one) { return one.first == name; }))
      all.emplace_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Returns errno's value.
int spawn(const Child& child, const Pipe& out, const Pipe& err, pid_t& pid) {
  auto command = child.command;
  auto environment = environment_with(child.environment);
  auto arguments = pointers_to(command), variables = pointers_to(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigmask(&how, &none);
  posix_spawnattr_setsigdefault(&how, &usual);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, &how, arguments.data(), variables.data());
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

// Reads what is there; false when the other end is closed.
bool take(int from, std::string& into) {
  std::array<char, 16'384> chunk{};
  const auto got = ::read(from, chunk.data(), chunk.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (got == 0) return false;
  into.append(chunk.data(), std::min(static_cast<std::size_t>(got), kLongestOutput - into.size()));
  return true;
}

// To the end of both, unless the deadline or an error of `child.go_on` comes first.
Result<void> read_all(const Pipe& out, const Pipe& err, Ended& ended, const Child& child) {
  const auto deadline = std::chrono::steady_clock::now() + child.patience;
  std::array<pollfd, 2> ends{pollfd{out.read, POLLIN, 0}, pollfd{err.read, POLLIN, 0}};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return Error{Code::timeout,
                   fmt::format("{} did not end within {} s", child.command.front(), child.patience.count()),
                   "Look at what it waits for, then try again"};
    }
    if (child.go_on) {
      if (auto more = child.go_on(); !more) return more;
    }
    if (::poll(ends.data(), ends.size(), kLookEveryMs) <= 0) continue;
    if (ends[0].revents != 0 && !take(out.read, ended.out)) ends[0].fd = -1;
    if (ends[1].revents != 0 && !take(err.read, ended.err)) ends[1].fd = -1;
  }
  return {};
}

}  // namespace

std::string Ended::complaint() const {
  const auto& text = err.empty() ? out : err;
  const auto begin = text.find_first_not_of("\r\n");
  if (begin == std::string::npos) return fmt::format("exit code {}", code);
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

Result<Ended> run_child(const Child& child) {
  const auto& program = child.command.front();
  Pipe out, err;
  if (out.read < 0 || err.read < 0) {
    return Error{Code::unavailable,
                 fmt::format("running {}: no pipe: {}", program, std::generic_category().message(errno)),
                 "Raise the limit of open files (ulimit -n)"};
  }
  pid_t pid = 0;
  if (const int failed = spawn(child, out, err, pid); failed != 0) {
    return Error{failed == ENOENT ? Code::not_found : Code::unavailable,
                 fmt::format("running {}: {}", program, std::generic_category().message(failed)),
                 fmt::format("Install {}, or name its folder in PATH", program)};
  }
  out.close_write();
  err.close_write();
  Ended ended;
  const auto read = read_all(out, err, ended, child);
  if (!read) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!read) return read.error();
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

}  // namespace tg::backup
