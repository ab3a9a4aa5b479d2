#pragma once
// Encoded answers by their request target: bounded by bytes, the least recently used goes first. An entry is given
// only while its Validity holds. Any thread.

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/http/message.h"

namespace tg::api {

struct Encoded {
  int status = 200;
  std::string etag;     // with its quotes
  std::string headers;  // lines that belong to these bytes, ETag and Content-Type among them
  Bytes body;
  Validity validity;
  std::size_t route = 0;
  std::chrono::steady_clock::time_point made;
};

class Cache {
 public:
  explicit Cache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::shared_ptr<const Encoded> find(std::string_view target);
  void put(std::string_view target, std::shared_ptr<const Encoded> answer);
  std::size_t bytes() const;

 private:
  struct Entry {
    std::string target;
    std::shared_ptr<const Encoded> answer;
    std::size_t size() const { return target.size() * 2 + answer->body.view.size() + answer->headers.size() + 256; }
  };
  using Entries = std::list<Entry>;
  void drop(Entries::iterator entry);

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  Entries entries_;  // most recently used first
  std::unordered_map<std::string_view, Entries::iterator> by_target_;
  std::size_t bytes_ = 0;
};

std::string etag_of(std::string_view bytes);
// Whether If-None-Match names the tag (or is *).
bool matches(std::string_view if_none_match, std::string_view etag);

}  // namespace tg::api
