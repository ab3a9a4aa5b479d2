#pragma once
// What one client asks, request after request; each request has a label under which its time is told.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tg::bench {

struct Channel {
  std::string id;
  std::int64_t newest = 0;
};

struct Ask {
  std::string request;  // as it goes over the wire
  std::string label;
  bool may_miss = false;  // a 404 is no error, and no figure
};

class Script {
 public:
  virtual ~Script() = default;
  virtual Ask next(std::string_view last_body) = 0;  // of the answer before; empty at first
};

struct MixOptions {
  std::string target;  // of the mix "target"
  std::vector<Channel> channels;
  std::size_t run = 0;
};

// "target": the same again and again; "deep", "search", "waiting" and "fresh" as README.md tells them.
// Null where there is no such mix.
std::unique_ptr<Script> make_script(const std::string& mix, const MixOptions& options, std::size_t client);

}  // namespace tg::bench
