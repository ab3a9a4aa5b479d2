#pragma once
// A blocking HTTP/1.1 client over one connection, that can also send what is no HTTP.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace tg::test {

struct Answer {
  int status = 0;
  std::string head, body;

  std::string header(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + 2 + name.size() + 2;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class Client {
 public:
  // `receive_buffer`: bytes that the kernel may hold of what was not read yet; 0: as many as it likes.
  explicit Client(std::uint16_t port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
      throw std::runtime_error("connect");
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server has closed; what it said is read below
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // More bytes; false at the end or after ten seconds.
  bool receive() {
    char bytes[16'384];
    const auto got = ::recv(socket_, bytes, sizeof(bytes), 0);
    if (got <= 0) return false;
    in_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }
  bool receive_until(const std::string& text) {
    while (in_.find(text) == std::string::npos) {
      if (!receive()) return false;
    }
    return true;
  }
  const std::string& received() const { return in_; }
  void read_to_end() {
    while (receive()) {
    }
  }

  Answer answer() {
    Answer answer;
    if (!receive_until("\r\n\r\n")) return answer;
    const auto end = in_.find("\r\n\r\n") + 4;
    answer.head = in_.substr(0, end);
    in_.erase(0, end);
    answer.status = std::stoi(answer.head.substr(9, 3));
    const auto length = answer.header("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (in_.size() < size && receive()) {
    }
    answer.body = in_.substr(0, size);
    in_.erase(0, size);
    return answer;
  }

  Answer call(const std::string& method, const std::string& target, const std::string& headers = "",
              const std::string& body = "") {
    std::string text = method + " " + target + " HTTP/1.1\r\n" + headers;
    if (headers.find("Host: ") == std::string::npos) text += "Host: localhost\r\n";
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    send(text + "\r\n" + body);
    return answer();
  }

 private:
  int socket_;
  std::string in_;
};

}  // namespace tg::test
