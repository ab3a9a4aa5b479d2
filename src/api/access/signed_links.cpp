#include "api/access/signed_links.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/query.h"
#include "observe/log.h"

namespace tg::api {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kFile = "media_link.key";

std::string random_key() {
  std::string key(kKeyBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), kKeyBytes) != 1)
    throw std::runtime_error("no random bytes");
  return key;
}

// Empty: it is not there, not whole, or others may read it.
std::string read_key(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return {};
  std::string key(kKeyBytes + 1, '\0');
  struct stat info {};
  const bool own = ::fstat(descriptor, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  const auto size = ::read(descriptor, key.data(), key.size());
  ::close(descriptor);
  if (!own || size != static_cast<ssize_t>(kKeyBytes)) return {};
  key.resize(kKeyBytes);
  return key;
}

bool write_key(const std::filesystem::path& file, const std::string& key) {
  const auto beside = file.string() + ".new";
  ::unlink(beside.c_str());
  const int descriptor =
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return false;
  const bool whole = ::write(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size());
  const bool flushed = whole && ::fsync(descriptor) == 0;
  ::close(descriptor);
  return flushed && ::rename(beside.c_str(), file.c_str()) == 0;
}

std::string base64url(const unsigned char* bytes, int size) {
  std::string text(static_cast<std::size_t>(4 * ((size + 2) / 3)) + 1, '\0');
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, size);
  text.resize(static_cast<std::size_t>(written));
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace

SignedLinks::SignedLinks(const std::filesystem::path& data_dir) {
  const auto file = data_dir / kFile;
  if (!data_dir.empty()) key_ = read_key(file);
  if (!key_.empty()) return;
  key_ = random_key();
  if (!data_dir.empty() && !write_key(file, key_)) {
    observe::warn("media_link_key",
                  {{"file", file.string()}, {"reason", "cannot be written: links end with this process"}});
  }
}

std::string SignedLinks::signature(std::string_view path, std::int64_t expires_s) const {
  const auto text = fmt::format("GET {}\n{}", path, expires_s);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  unsigned int size = sizeof digest;
  if (!HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size)) {
    throw std::runtime_error("no HMAC");
  }
  return base64url(digest, SHA256_DIGEST_LENGTH);
}

std::string SignedLinks::link(std::string_view path, model::Time expires) const {
  const auto seconds = expires.us / 1'000'000;
  return fmt::format("{}?{}={}&{}={}", path, kLinkExpires, seconds, kLinkSignature, signature(path, seconds));
}

SignedLinks::Verdict SignedLinks::check(const Request& request, model::Time now) const {
  const Query query(request.query());
  const auto given = query.text({kLinkSignature});
  if (!given) return Verdict::none;
  const auto expires = model::parse_int(query.text_or({kLinkExpires}, ""));
  if (!expires || *expires <= now.us / 1'000'000) return Verdict::wrong;
  const auto right = signature(unescape(request.path()), *expires);
  const bool equal = given->size() == right.size() && CRYPTO_memcmp(given->data(), right.data(), right.size()) == 0;
  return equal ? Verdict::right : Verdict::wrong;
}

}  // namespace tg::api
