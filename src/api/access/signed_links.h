#pragma once
// Links to one file that need no token until they expire: HMAC-SHA256 over path and expiry, with a key that lies in the
// data folder (0600). Who has the link may read that file, and nothing else. Removing the key file ends all links at
// the next start. Any thread.

#include <filesystem>
#include <string>
#include <string_view>

#include "api/http/message.h"
#include "model/ids.h"

namespace tg::api {

inline constexpr std::string_view kLinkExpires = "expires", kLinkSignature = "signature";

class SignedLinks {
 public:
  // Reads the key, or makes it. Where that fails the links end with the process, and the log says why.
  explicit SignedLinks(const std::filesystem::path& data_dir);

  // The path with its query; `path` needs no escaping.
  std::string link(std::string_view path, model::Time expires) const;

  enum class Verdict : std::uint8_t { none, right, wrong };  // none: the request carries no signature
  Verdict check(const Request& request, model::Time now) const;

 private:
  std::string signature(std::string_view path, std::int64_t expires_s) const;  // 43 characters, base64url

  std::string key_;  // 32 bytes
};

}  // namespace tg::api
