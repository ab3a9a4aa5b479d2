#include "sink/webhook/detail/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "config/config.h"

namespace tg::sink::detail {

std::string signature(std::string_view secret, std::int64_t unix_time, std::string_view body) {
  const auto text = fmt::format("{}.{}", unix_time, body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return fmt::format("t={},v1={:02x}", unix_time, fmt::join(digest.data(), digest.data() + size, ""));
}

std::string delivery_id(std::span<const model::Event> events) {
  std::string keys;
  for (const auto& event : events) keys += model::event_key(event) + "\n";
  return config::sha256_hex(keys).substr(0, 32);
}

}  // namespace tg::sink::detail
