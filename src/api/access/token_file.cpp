#include "api/access/token_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <system_error>

namespace tg::api {
namespace json = boost::json;
namespace {

constexpr std::size_t kLargestTokenFile = 1 << 20;  // bytes

Error trouble(Code code, const std::filesystem::path& file, std::string_view what, std::string_view fix) {
  return Error{code, fmt::format("{} {}", file.string(), what), std::string(fix)};
}

std::string last_error() { return std::generic_category().message(errno); }

KeptToken token_of(const json::object& one) {
  const auto text = [&](std::string_view name) { return std::string(one.at(name).as_string()); };
  const auto time = [&](std::string_view name) { return model::Time{one.at(name).to_number<std::int64_t>()}; };
  KeptToken token;
  token.facts.id = text("id");
  token.facts.name = text("name");
  token.facts.hint = text("hint");
  for (const auto& name : one.at("scopes").as_array()) {
    token.facts.scopes |= scopes_named(std::string_view(name.as_string())).value_or(0);
  }
  token.facts.created_at = time("createdAt");
  token.facts.expires_at = time("expiresAt");
  token.facts.last_used_at = time("lastUsedAt");
  token.sha256 = text("sha256");
  return token;
}

json::object json_of(const KeptToken& token) {
  json::array scopes;
  for (const auto name : names_of_scopes(token.facts.scopes)) scopes.emplace_back(name);
  return {{"id", token.facts.id},
          {"name", token.facts.name},
          {"hint", token.facts.hint},
          {"scopes", std::move(scopes)},
          {"sha256", token.sha256},
          {"createdAt", token.facts.created_at.us},
          {"expiresAt", token.facts.expires_at.us},
          {"lastUsedAt", token.facts.last_used_at.us}};
}

}  // namespace

Result<std::vector<KeptToken>> read_tokens(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0 && errno == ENOENT) return std::vector<KeptToken>{};
  if (descriptor < 0) {
    return trouble(Code::permission, file, "cannot be read: " + last_error(),
                   "Give it to the gateway's user, mode 0600");
  }
  struct stat info {};
  const bool own = ::fstat(descriptor, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  std::string text(kLargestTokenFile + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got = ::read(descriptor, text.data() + size, text.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  ::close(descriptor);
  if (!own) {
    return trouble(Code::permission, file, "can be read or changed by others",
                   fmt::format("Look who changed it, then: chmod 600 {}", file.string()));
  }
  text.resize(size);
  std::vector<KeptToken> tokens;
  try {
    const auto whole = json::parse(size > kLargestTokenFile ? std::string_view() : std::string_view(text));
    for (const auto& one : whole.at("tokens").as_array()) tokens.push_back(token_of(one.as_object()));
  } catch (const std::exception&) {
    return trouble(Code::invalid_input, file, "is not a list of tokens as this program writes it",
                   "Put it back from a backup, or move it away: the tokens in it count no more then");
  }
  return tokens;
}

Result<void> write_tokens(const std::filesystem::path& file, const std::vector<KeptToken>& tokens) {
  json::array list;
  for (const auto& token : tokens) list.push_back(json_of(token));
  const auto text = json::serialize(json::object{{"version", 1}, {"tokens", std::move(list)}}) + "\n";
  const auto beside = file.string() + ".new";
  ::unlink(beside.c_str());
  const auto failed = [&] {
    return trouble(Code::unavailable, file, "cannot be written: " + last_error(),
                   "Look at the space and the rights of the data folder, then try again");
  };
  const int descriptor =
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return failed();
  errno = EIO;  // of a write that takes only a part
  const bool whole =
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  const int why = errno;
  ::close(descriptor);
  errno = why;
  if (!whole || ::rename(beside.c_str(), file.c_str()) != 0) return failed();
  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return failed();
  const bool kept = ::fsync(folder) == 0;
  ::close(folder);
  return kept ? Result<void>() : failed();
}

}  // namespace tg::api
