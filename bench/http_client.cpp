#include "http_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>

namespace tg::bench {
namespace {

constexpr std::size_t kFirstRoom = 256 << 10;

}  // namespace

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(socket_, F_SETFL, O_NONBLOCK);
  in_.resize(kFirstRoom);
}

HttpClient::~HttpClient() { ::close(socket_); }

void HttpClient::send(std::string request) {
  request_ = std::move(request);
  sent_ = filled_ = body_begin_ = body_size_ = 0;
  write();
}

void HttpClient::write() {
  while (sent_ < request_.size()) {
    const auto done = ::send(socket_, request_.data() + sent_, request_.size() - sent_, MSG_NOSIGNAL);
    if (done < 0 && errno == EAGAIN) return;
    if (done <= 0) throw std::runtime_error("the server closed a connection");
    sent_ += static_cast<std::size_t>(done);
  }
}

bool HttpClient::read() {
  while (true) {
    if (filled_ == in_.size()) in_.resize(in_.size() * 2);
    const auto got = ::recv(socket_, in_.data() + filled_, in_.size() - filled_, 0);
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) throw std::runtime_error("the server closed a connection");
    filled_ += static_cast<std::size_t>(got);
    if (is_whole()) return true;
  }
}

bool HttpClient::is_whole() {
  if (body_begin_ == 0) {
    const std::string_view seen(in_.data(), filled_);
    const auto end = seen.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    body_begin_ = end + 4;
    const auto number_at = [&](std::size_t begin, auto& into) {
      std::from_chars(seen.data() + begin, seen.data() + body_begin_, into);
    };
    number_at(seen.find(' ') + 1, status_);
    constexpr std::string_view kLength = "Content-Length: ";
    const auto length = seen.find(kLength);
    if (length == std::string_view::npos || length > end) throw std::runtime_error("an answer without its length");
    number_at(length + kLength.size(), body_size_);
  }
  return filled_ >= body_begin_ + body_size_;
}

}  // namespace tg::bench
