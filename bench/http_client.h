#pragma once
// One keep-alive connection to a server on loopback: sends a request, takes in its answer. Never waits.

#include <cstdint>
#include <string>
#include <string_view>

namespace tg::bench {

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);  // throws std::runtime_error: there is nothing to measure then
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  int descriptor() const { return socket_; }
  void send(std::string request);
  bool wants_to_write() const { return sent_ < request_.size(); }
  void write();
  bool read();  // true: a whole answer is there
  int status() const { return status_; }
  std::string_view head() const { return std::string_view(in_).substr(0, body_begin_); }
  std::string_view body() const { return std::string_view(in_).substr(body_begin_, body_size_); }

 private:
  bool is_whole();

  int socket_;
  std::string request_, in_;
  std::size_t sent_ = 0;
  std::size_t filled_ = 0;
  std::size_t body_begin_ = 0;
  std::size_t body_size_ = 0;
  int status_ = 0;
};

}  // namespace tg::bench
