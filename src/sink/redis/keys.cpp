#include "sink/redis/keys.h"

namespace tg::redis {

std::string message_key(const model::MessageKey& key) { return "telegram:msg:" + model::to_api_id(key); }

std::string recent_key(model::ChatId channel) { return fmt::format("telegram:channel:{}:recent", channel.value); }

std::string dedup_key(std::string_view consumer, const model::MessageKey& key) {
  std::string name = "telegram:dedup:";
  for (const char c : consumer) {
    if (c == ':') {
      name += "%3A";
    } else if (c == '%') {
      name += "%25";
    } else {
      name += c;
    }
  }
  return name + ":" + model::to_api_id(key);
}

}  // namespace tg::redis
