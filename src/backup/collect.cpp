#include "backup/collect.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "backup/durable.h"

namespace tg::backup {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kPiece = 1U << 20;  // bytes
constexpr int kTries = 5;                 // when TDLib writes its log anew meanwhile

Result<std::int64_t> copy_beginning(const File& from, std::int64_t bytes, const fs::path& source, const fs::path& to) {
  auto file = create(to);
  if (!file) return file.error();
  std::string chunk(kPiece, '\0');
  std::int64_t done = 0;
  while (done < bytes) {
    const auto most = std::min(chunk.size(), static_cast<std::size_t>(bytes - done));
    const auto got = ::read(from.get(), chunk.data(), most);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error_at("reading", source, errno);
    if (got == 0) break;
    if (auto written = write_all(*file, {chunk.data(), static_cast<std::size_t>(got)}, to); !written)
      return written.error();
    done += got;
  }
  if (auto synced = sync(*file, to); !synced) return synced.error();
  return done;
}

// As long as it is now; what is appended meanwhile is not in it. conflict where another file took its name meanwhile.
Result<std::int64_t> copy_log(const fs::path& source, const fs::path& to) {
  auto from = open_to_read(source);
  if (!from) return from.error();
  struct stat before {
  }, after{};
  if (::fstat(from->get(), &before) != 0) return error_at("reading", source, errno);
  auto copied = copy_beginning(*from, before.st_size, source, to);
  if (!copied) return copied;
  const bool same = ::stat(source.c_str(), &after) == 0 && after.st_ino == before.st_ino &&
                    after.st_size >= before.st_size && *copied == before.st_size;
  if (same) return copied;
  std::error_code ignored;
  fs::remove(to, ignored);
  return Error{Code::conflict, fmt::format("{} was written anew while it was copied", source.string()), "Try again"};
}

Result<void> add(const fs::path& source, const std::string& name, const fs::path& into, Collected& to) {
  if (!is_safe_name(name)) {
    to.left_out.push_back({source.string(), "its name has characters that a backup does not take"});
    return {};
  }
  auto copied = copy_log(source, into / name);
  for (int tried = 1; !copied && copied.error().code == Code::conflict && tried < kTries; ++tried)
    copied = copy_log(source, into / name);
  if (!copied) return copied.error();
  to.files.push_back({name, *copied, "", source.string()});
  return {};
}

bool is_log(const fs::path& file) { return file.extension() == ".binlog"; }

}  // namespace

Result<void> collect_sessions(const fs::path& data_dir, const fs::path& into, Collected& to) {
  std::error_code failed;
  const auto accounts = data_dir / "accounts";
  for (fs::directory_iterator account(accounts, failed), end; !failed && account != end; account.increment(failed)) {
    std::error_code none;
    for (fs::directory_iterator file(account->path() / "td", none), last; !none && file != last; file.increment(none)) {
      if (!is_log(file->path())) continue;
      const auto name =
          fmt::format("accounts/{}/td/{}", account->path().filename().string(), file->path().filename().string());
      if (auto added = add(file->path(), name, into, to); !added) return added;
    }
  }
  if (failed && failed != std::errc::no_such_file_or_directory) return error_at("reading", accounts, failed.value());
  return {};
}

Result<void> collect_own(const fs::path& data_dir, const fs::path& into, Collected& to) {
  for (const std::string name : {"tokens.json", "media_link.key"}) {
    std::error_code ignored;
    if (!fs::exists(data_dir / name, ignored)) continue;
    if (auto added = add(data_dir / name, name, into, to); !added) return added;
  }
  return {};
}

Result<void> collect_outside(const std::vector<Outside>& files, const fs::path& into, Collected& to) {
  for (const auto& file : files) {
    if (::access(file.path.c_str(), R_OK) != 0) {
      to.left_out.push_back({file.path.string(), errno == ENOENT ? "it is not there" : "this user cannot read it"});
      continue;
    }
    // What a path leads to: /etc often links to where a secret really stands.
    std::error_code failed;
    const auto real = fs::canonical(file.path, failed);
    const auto before = to.files.size();
    if (auto added = add(failed ? file.path : real, file.name, into, to); !added) return added;
    if (to.files.size() > before) to.files.back().from = file.path.string();
  }
  return {};
}

}  // namespace tg::backup
