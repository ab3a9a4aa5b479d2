#include "legacy/detail/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tg::legacy::detail {

std::string port_found(const std::string& host, std::int64_t port) {
  const auto name = fmt::format("{}:{}", host, port);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &address.sin_addr) != 1) {
    return name + " not tried";
  }
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return name + " not tried";
  const int one = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  const bool is_free = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int why = errno;
  ::close(descriptor);
  if (is_free) return name + " is free";
  return fmt::format("{}: {}; beside the predecessor set server.port to another", name,
                     std::generic_category().message(why));
}

}  // namespace tg::legacy::detail
