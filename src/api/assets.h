#pragma once
// The dashboard's files, compiled into the program (cmake/embed.cmake). Empty where it was built without them.

#include <string_view>
#include <vector>

namespace tg::api {

struct Asset {
  std::string_view path;  // below /ui/, e.g. assets/app-K3J2.js
  std::string_view bytes;
  std::string_view gzip;  // empty where it would not be smaller
  std::string_view mime;
  std::string_view etag;   // with its quotes
  bool immutable = false;  // its name has a hash of its content
};

class Assets {
 public:
  Assets() = default;
  explicit Assets(std::vector<Asset> sorted_by_path) : assets_(std::move(sorted_by_path)) {}
  const Asset* find(std::string_view path) const;
  bool empty() const { return assets_.empty(); }

 private:
  std::vector<Asset> assets_;
};

const Assets& embedded_assets();

}  // namespace tg::api
