#include "cli/port_owner.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tg::cli {
namespace {

constexpr std::string_view kListening = "0A";
constexpr std::size_t kLongestCommand = 80;

// The kernel writes an address as words of the machine's own order.
std::string address_of(std::string_view hex) {
  std::array<std::uint32_t, 4> words{};
  const std::size_t count = hex.size() / 8;
  for (std::size_t i = 0; i < count && i < words.size(); ++i)
    std::from_chars(hex.data() + i * 8, hex.data() + i * 8 + 8, words[i], 16);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (count == 1) return ::inet_ntop(AF_INET, words.data(), text.data(), text.size()) ? text.data() : "?";
  return ::inet_ntop(AF_INET6, words.data(), text.data(), text.size()) ? fmt::format("[{}]", text.data()) : "?";
}

struct Socket {
  Listener listener;
  std::string inode;
};

void read_table(const char* table, int port, std::vector<Socket>& sockets) {
  std::ifstream in(table);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::array<std::string, 10> field;
    for (auto& one : field) fields >> one;
    const auto colon = field[1].find(':');
    if (colon == std::string::npos || field[3] != kListening) continue;
    int number = 0;
    std::from_chars(field[1].data() + colon + 1, field[1].data() + field[1].size(), number, 16);
    if (number == port)
      sockets.push_back({{address_of(std::string_view(field[1]).substr(0, colon)), port, 0, ""}, field[9]});
  }
}

std::string command_of(const std::filesystem::path& process) {
  std::ifstream in(process / "cmdline", std::ios::binary);
  std::string command{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  while (!command.empty() && command.back() == '\0') command.pop_back();
  std::replace(command.begin(), command.end(), '\0', ' ');
  if (command.size() > kLongestCommand) command = command.substr(0, kLongestCommand) + "…";
  return command;
}

void find_owners(std::vector<Socket>& sockets) {
  std::error_code failed;
  for (const auto& process : std::filesystem::directory_iterator("/proc", failed)) {
    const auto name = process.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code hidden;
    for (std::filesystem::directory_iterator file(process.path() / "fd", hidden), end; !hidden && file != end;
         file.increment(hidden)) {
      std::error_code gone;
      const auto target = std::filesystem::read_symlink(file->path(), gone).string();
      for (auto& socket : sockets) {
        if (socket.listener.pid != 0 || target != "socket:[" + socket.inode + "]") continue;
        socket.listener.pid = static_cast<pid_t>(std::stol(name));
        socket.listener.command = command_of(process.path());
      }
    }
  }
}

}  // namespace

std::string Listener::who() const {
  if (pid == 0) return "a process of another user (root sees which)";
  return fmt::format("pid {} ({})", pid, command.empty() ? "?" : command);
}

std::vector<Listener> listeners(int port) {
  std::vector<Socket> sockets;
  read_table("/proc/net/tcp", port, sockets);
  read_table("/proc/net/tcp6", port, sockets);
  if (!sockets.empty()) find_owners(sockets);
  std::vector<Listener> all;
  for (auto& socket : sockets) all.push_back(std::move(socket.listener));
  return all;
}

}  // namespace tg::cli
