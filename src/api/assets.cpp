#include "api/assets.h"

#include <algorithm>

namespace tg::api {

const Asset* Assets::find(std::string_view path) const {
  const auto found = std::lower_bound(assets_.begin(), assets_.end(), path,
                                      [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
  return found != assets_.end() && found->path == path ? &*found : nullptr;
}

}  // namespace tg::api
