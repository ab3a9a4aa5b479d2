#pragma once
// One receiver's HTTP client: POST by libcurl over a connection that is kept. One thread uses it.

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "model/result.h"

namespace tg::sink {

struct Answer {
  long status = 0;
  std::chrono::seconds retry_after{0};  // that it asked for; 0 = it did not
  std::string redirect_host;            // of a 3xx with a Location
};

class Poster {
 public:
  struct Options {
    std::string url;
    std::string user_agent;
    std::string tls_ca_file;     // empty = the system's
    bool allow_private = false;  // addresses that are not is_public
    std::chrono::milliseconds timeout{10'000};
  };

  explicit Poster(Options options);
  ~Poster();
  Poster(const Poster&) = delete;
  Poster& operator=(const Poster&) = delete;

  // Once the head of an answer is there it counts, whatever becomes of the rest; at most 64 KiB of that are read.
  // Follows no redirect and uses no proxy. An error: there was no answer; half a second after a stop was requested.
  Result<Answer> post(const std::string& body, const std::vector<std::string>& headers, const std::stop_token& stop);
  void close();  // the connection

 private:
  struct Exchange;
  struct Handles;

  Result<void> prepare();

  const Options options_;
  std::unique_ptr<Handles> handles_;
};

// Whether the host of a URL is written as an address that is not is_public, or is localhost. Any other name may lead to
// one as well: that is seen when it is reached.
bool is_private_literal(const std::string& url);
std::string host_of(const std::string& url);  // with the port where one is named; empty where it is no URL

}  // namespace tg::sink
