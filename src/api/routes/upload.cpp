#include "api/routes/upload.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <fstream>
#include <set>
#include <system_error>

#include "api/routes/file_name.h"

namespace tg::api {
namespace fs = std::filesystem;
namespace json = boost::json;
namespace {

constexpr std::string_view kUploadPrefix = "import-";
constexpr std::size_t kUploadIdBytes = 8;

std::string new_upload_id() {
  std::array<unsigned char, kUploadIdBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("no random bytes from OpenSSL");
  }
  return fmt::format("{}{:02x}", kUploadPrefix, fmt::join(bytes, ""));
}

bool is_upload_id(std::string_view text) {
  return text.size() == kUploadPrefix.size() + 2 * kUploadIdBytes && text.starts_with(kUploadPrefix) &&
         text.find_first_not_of("0123456789abcdef", kUploadPrefix.size()) == text.npos;
}

class UploadFile {
 public:
  UploadFile(const fs::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~UploadFile() {
    if (number_ >= 0) ::close(number_);
  }
  UploadFile(const UploadFile&) = delete;
  UploadFile& operator=(const UploadFile&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

Error cannot_write(const fs::path& path) {
  const bool full = errno == ENOSPC || errno == EDQUOT;
  return {full ? Code::out_of_space : Code::unavailable,
          fmt::format("writing {}: {}", path.string(), std::generic_category().message(errno)),
          full ? "Free disk space, then go on with the upload" : "Give the gateway's user leave to write there"};
}

Result<void> write_at(const fs::path& path, int flags, std::string_view bytes, std::int64_t offset) {
  const UploadFile file(path, O_WRONLY | flags);
  if (file.get() < 0) return cannot_write(path);
  while (!bytes.empty()) {
    const auto n = ::pwrite(file.get(), bytes.data(), bytes.size(), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_write(path);
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += n;
  }
  return {};
}

}  // namespace

std::string name_of_upload(std::string_view name) {
  auto safe = safe_file_name(name);
  return safe.empty() ? "result.json" : safe;
}

Result<Upload> UploadFolder::begin(std::string_view name, std::int64_t size, model::Time modified) const {
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return cannot_write(folder_);
  Upload upload;
  upload.id = new_upload_id();
  upload.name = name_of_upload(name);
  upload.size = size;
  upload.modified = modified;
  upload.touched = model::Time::now();
  const auto known = json::serialize(json::object{{"name", upload.name}, {"size", size}, {"modified", modified.us}});
  auto made = write_at(facts(upload.id), O_CREAT | O_EXCL, known, 0);
  if (made) made = write_at(data(upload.id), O_CREAT | O_EXCL, "", 0);
  if (!made) {
    remove(upload.id);
    return made.error();
  }
  return upload;
}

Result<void> UploadFolder::append(Upload& upload, std::string_view bytes) const {
  if (auto written = write_at(data(upload.id), 0, bytes, upload.received); !written) return written;
  upload.received += static_cast<std::int64_t>(bytes.size());
  upload.touched = model::Time::now();
  return {};
}

void UploadFolder::finish(const Upload& upload) const {
  if (!upload.modified) return;
  const auto written = std::min(upload.modified, model::Time::now());
  const timespec at{written.us / 1'000'000, written.us % 1'000'000 * 1'000};
  const std::array<timespec, 2> both{at, at};
  (void)::utimensat(AT_FDCWD, data(upload.id).c_str(), both.data(), AT_SYMLINK_NOFOLLOW);
}

void UploadFolder::remove(const std::string& id) const {
  std::error_code ignored;
  fs::remove(data(id), ignored);
  fs::remove(facts(id), ignored);
}

std::optional<Upload> UploadFolder::read(const std::string& id) const {
  std::ifstream file(facts(id));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  json::error_code ec;
  const auto value = json::parse(text, ec);
  const auto* known = value.if_object();
  struct stat info {};
  if (ec || !known || ::lstat(data(id).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  const auto* name = known->if_contains("name");
  const auto number = [&](std::string_view field) {
    const auto* found = known->if_contains(field);
    return found && found->is_int64() ? found->as_int64() : 0;
  };
  Upload upload;
  upload.id = id;
  if (name && name->is_string()) upload.name = name_of_upload(name->as_string());
  upload.size = number("size");
  upload.modified = model::Time{number("modified")};
  upload.received = info.st_size;
  upload.touched = model::Time::seconds(info.st_mtim.tv_sec);
  if (upload.name.empty() || upload.size <= 0 || upload.received > upload.size) return std::nullopt;
  return upload;
}

std::vector<Upload> UploadFolder::left_behind() const {
  std::set<std::string> ids;
  std::error_code none;
  for (fs::directory_iterator file(folder_, none), end; !none && file != end; file.increment(none)) {
    if (const auto id = file->path().stem().string(); is_upload_id(id)) ids.insert(id);
  }
  std::vector<Upload> all;
  for (const auto& id : ids) {
    if (auto upload = read(id)) {
      all.push_back(std::move(*upload));
    } else {
      remove(id);
    }
  }
  return all;
}

}  // namespace tg::api
