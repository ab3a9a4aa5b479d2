#include "sink/redis/info.h"

#include "model/ids.h"

namespace tg::redis {

std::string_view Info::text(std::string_view name) const {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') {
      return line.substr(name.size() + 1);
    }
  }
  return {};
}

std::int64_t Info::number(std::string_view name) const { return model::parse_int(text(name)).value_or(0); }

}  // namespace tg::redis
