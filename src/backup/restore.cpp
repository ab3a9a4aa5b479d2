#include "backup/restore.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "backup/archive.h"
#include "backup/child.h"
#include "backup/durable.h"
#include "backup/retention.h"
#include "backup/snapshot.h"
#include "journal/lock.h"

namespace tg::backup {
namespace fs = std::filesystem;
namespace {

// In the folder that is being built; a folder without it is somebody's data.
constexpr std::string_view kMark = "restoring";
constexpr std::string_view kAside = "restored";
constexpr std::int64_t kSpare = 64LL << 20;  // bytes, for what is not counted

bool is_encrypted(const fs::path& archive) { return archive.extension() == ".age"; }

// What a gateway makes anew at every start counts as nothing.
bool holds_something(const fs::path& folder) {
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const auto name = entry->path().filename();
    if (name != "lock" && name != "url" && name != "backup.scratch") return true;
  }
  return false;
}

bool belongs_aside(std::string_view name) {
  return name.find('/') != std::string_view::npos ? !name.starts_with("accounts/")
                                                  : name.ends_with(".dump") || name == "rabbitmq.json";
}

Result<void> check_target(const RestoreOptions& options) {
  const auto locked = journal::is_locked(options.data_dir);
  if (!locked) return locked.error();
  if (*locked) {
    return Error{Code::conflict, fmt::format("a gateway runs on {}", options.data_dir.string()),
                 "Stop it: telegram-gateway stop; or name another folder with --data-dir"};
  }
  std::error_code ignored;
  if (fs::exists(options.data_dir, ignored) && !fs::is_directory(options.data_dir, ignored)) {
    return Error{Code::conflict, fmt::format("{} is no folder", options.data_dir.string()),
                 "Name a folder with --data-dir"};
  }
  if (!options.replace && holds_something(options.data_dir)) {
    return Error{Code::conflict, fmt::format("{} is not empty", options.data_dir.string()),
                 "Name an empty folder with --data-dir, or say --replace: what is there is kept beside it"};
  }
  if (is_encrypted(options.archive) && options.identity_file.empty()) {
    return Error{Code::permission, fmt::format("{} is encrypted", options.archive.string()),
                 "Name the file with the age identity: --identity FILE"};
  }
  return {};
}

Restored expected_of(const RestoreOptions& options, Manifest manifest) {
  Restored restored;
  std::error_code ignored;
  for (const auto& file : manifest.files) {
    if (belongs_aside(file.name)) restored.put_aside.push_back(file);
  }
  if (!restored.put_aside.empty()) restored.aside = options.data_dir / kAside;
  restored.sessions = options.sessions && manifest.has_sessions();
  restored.kept_sessions = !restored.sessions && fs::exists(options.data_dir / "accounts", ignored);
  if (holds_something(options.data_dir)) {
    // 20261127T091500Z, as in the names of backups
    const auto stamp =
        Name{model::Time::seconds(model::Time::now().to_seconds()), "00000000"}.to_string().substr(17, 16);
    restored.former = options.data_dir.string() + ".before-" + stamp;
    for (int n = 2; fs::exists(restored.former, ignored); ++n)
      restored.former = fmt::format("{}.before-{}-{}", options.data_dir.string(), stamp, n);
  }
  restored.manifest = std::move(manifest);
  return restored;
}

// A place of its own beside the data folder, on the same disk; gone with the object.
class Staging {
 public:
  explicit Staging(const fs::path& data_dir)
      : root_(data_dir.parent_path() / fmt::format(".{}.restoring", data_dir.filename().string())) {}
  ~Staging() {
    std::error_code ignored;
    if (locked_) fs::remove_all(root_, ignored);
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  Result<void> begin(const fs::path& data_dir) {
    if (auto made = make_folder(root_); !made) return made;
    if (auto locked = lock_.take(root_, journal::Holds::command); !locked) {
      if (locked.error().code != Code::conflict) return locked;
      return Error{Code::conflict, fmt::format("another restore of {} runs", data_dir.string()), "Wait for its end"};
    }
    std::error_code failed;
    if (holds_something(data()) && !fs::exists(data() / kMark, failed)) {
      // A restore was killed between its last two steps: this is the former folder.
      const auto kept = fs::path(data_dir.string() + fmt::format(".before-{}", model::Time::now().to_seconds()));
      if (auto renamed = move_file(data(), kept); !renamed) return renamed;
    }
    locked_ = true;
    for (const auto& leftover : {data(), plain()}) {
      if (auto removed = remove_tree(leftover); !removed) return removed;
    }
    if (auto made = make_folder(data()); !made) return made;
    auto mark = create(data() / kMark);
    return mark ? Result<void>() : mark.error();
  }

  fs::path data() const { return root_ / "data"; }
  fs::path plain() const { return root_ / "plain.tar.zst"; }
  const fs::path& root() const { return root_; }
  void keep_data() {
    std::error_code ignored;
    fs::remove(plain(), ignored);
    locked_ = false;
  }

 private:
  const fs::path root_;
  journal::FolderLock lock_;
  bool locked_ = false;
};

Result<void> room(const fs::path& folder, std::int64_t needed) {
  const auto left = free_bytes(folder);
  if (left >= needed + kSpare) return {};
  return Error{Code::out_of_space,
               fmt::format("what is restored needs {} MB at {}, {} MB are free", ((needed + kSpare) >> 20) + 1,
                           folder.string(), left >> 20),
               "Free disk space there, or name another folder with --data-dir"};
}

Result<void> decrypt(const RestoreOptions& options, const Staging& staging) {
  std::error_code ignored;
  if (auto fits = room(staging.root(), static_cast<std::int64_t>(fs::file_size(options.archive, ignored))); !fits)
    return fits;
  if (options.on_progress) options.on_progress(std::nullopt, "decrypting");
  auto ended = run_child({{"age", "--decrypt", "--identity", options.identity_file.string(), "--output",
                           staging.plain().string(), options.archive.string()},
                          {}});
  if (!ended) return ended.error();
  if (ended->code != 0) {
    return Error{Code::permission,
                 fmt::format("age did not decrypt {}: {}", options.archive.string(), ended->complaint()),
                 "Name the identity that belongs to one of its recipients: --identity FILE"};
  }
  return {};
}

OnBytes tell(const RestoreOptions& options, std::string doing, std::int64_t all) {
  return [&options, doing = std::move(doing), all](std::int64_t done) -> Result<void> {
    if (options.on_progress && all > 0)
      options.on_progress(static_cast<double>(done) / static_cast<double>(all), doing);
    return {};
  };
}

Result<void> prove(const fs::path& folder, const Manifest& manifest) {
  auto counts = prove_journal(folder / kJournalName);
  if (!counts) return counts.error();
  if (*counts != manifest.journal) {
    return Error{Code::corrupt, "the journal in the backup is not the one that its manifest describes",
                 "Restore another backup"};
  }
  return {};
}

// Media by hard links: their files never change. Sessions as copies, which are left alone. A symbolic link stays one:
// root must not read for the folder's owner what a link leads to.
Result<void> carry_over(const Restored& restored, const fs::path& from, const fs::path& to) {
  std::error_code failed;
  if (fs::is_directory(from / "media", failed) && !failed) {
    fs::copy(from / "media", to / "media",
             fs::copy_options::recursive | fs::copy_options::copy_symlinks | fs::copy_options::create_hard_links,
             failed);
    if (failed) {
      return error_at("linking", from / "media", failed.value(),
                      "Is it another disk? Set media.folder to its path, then nothing has to be linked");
    }
  }
  if (restored.kept_sessions) {
    fs::copy(from / "accounts", to / "accounts", fs::copy_options::recursive | fs::copy_options::copy_symlinks, failed);
    if (failed) return error_at("copying", from / "accounts", failed.value());
  }
  return {};
}

Result<void> move_aside(const Restored& restored, const fs::path& data) {
  for (const auto& file : restored.put_aside) {
    const auto to = data / kAside / file.name;
    if (auto made = make_folder(to.parent_path()); !made) return made;
    if (auto renamed = move_file(data / file.name, to); !renamed) return renamed;
  }
  std::error_code ignored;
  fs::remove_all(data / "configuration", ignored);  // empty now
  return {};
}

// Whoever owns the folder that is replaced owns what replaces it: root restores for the gateway's user.
Result<void> give_all_to_owner_of(const fs::path& former, const fs::path& folder) {
  if (auto given = give_to_owner_of(former, folder); !given) return given;
  const auto media = folder / "media";
  bool in_media = false;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    if (entry.depth() == 0) in_media = entry->path() == media;
    // Files of media are the same as before; their folders are new.
    std::error_code ignored;
    if (in_media && entry->symlink_status(ignored).type() != fs::file_type::directory) continue;
    if (auto given = give_to_owner_of(former, entry->path()); !given) return given;
  }
  return failed ? error_at("reading", folder, failed.value()) : Result<void>();
}

Result<void> sync_folders(const fs::path& folder) {
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) continue;
    if (auto synced = sync_folder(entry->path()); !synced) return synced;
  }
  return sync_folder(folder);
}

// The last two steps. What is killed between them is put right by the next restore.
Result<void> swap_in(Staging& staging, Restored& restored, const fs::path& data_dir) {
  std::error_code ignored;
  const auto mark = staging.data() / kMark;
  if (!fs::exists(data_dir, ignored)) {
    fs::remove(mark, ignored);
    return move_file(staging.data(), data_dir);
  }
  if (auto swapped = swap_folders(staging.data(), data_dir); !swapped) return swapped;
  fs::remove(data_dir / kMark, ignored);
  if (!restored.former.empty() && ::rename(staging.data().c_str(), restored.former.c_str()) != 0) {
    const int why = errno;
    staging.keep_data();
    return error_at("renaming the former folder to", restored.former, why,
                    fmt::format("It is whole in {}: move it yourself", staging.data().string()));
  }
  // It is done, whatever the disk says now.
  for (const auto& folder : {data_dir.parent_path(), staging.root()}) {
    if (auto synced = sync_folder(folder); !synced) restored.warning = synced.error().to_string();
  }
  return {};
}

}  // namespace

Result<Restored> rehearse(const RestoreOptions& options) {
  if (auto good = check_target(options); !good) return good.error();
  if (is_encrypted(options.archive)) {
    // Never to /tmp: secrets are in it, and what a killed one leaves here goes with the next.
    Staging staging(options.data_dir);
    if (auto begun = staging.begin(options.data_dir); !begun) return begun.error();
    auto plain = options;
    plain.archive = staging.plain();
    if (auto decrypted = decrypt(options, staging); !decrypted) return decrypted.error();
    return rehearse(plain);
  }
  auto announced = read_manifest(options.archive);
  if (!announced) return announced.error();
  auto manifest = read_archive(options.archive, std::nullopt, tell(options, "checking the backup", announced->bytes()));
  if (!manifest) return manifest.error();
  return expected_of(options, std::move(*manifest));
}

Result<Restored> restore(const RestoreOptions& options) {
  if (auto good = check_target(options); !good) return good.error();
  Staging staging(options.data_dir);
  if (auto begun = staging.begin(options.data_dir); !begun) return begun.error();
  auto archive = options.archive;
  if (is_encrypted(archive)) {
    if (auto decrypted = decrypt(options, staging); !decrypted) return decrypted.error();
    archive = staging.plain();
  }
  auto announced = read_manifest(archive);
  if (!announced) return announced.error();
  if (auto fits = room(staging.root(), announced->bytes()); !fits) return fits.error();
  auto manifest = read_archive(archive, staging.data(), tell(options, "unpacking", announced->bytes()));
  if (!manifest) return manifest.error();

  auto restored = expected_of(options, std::move(*manifest));
  if (options.on_progress) options.on_progress(std::nullopt, "checking what was unpacked");
  if (auto proven = prove(staging.data(), restored.manifest); !proven) return proven.error();
  if (auto marked = mark_restored(staging.data() / kJournalName, restored.manifest.made_at); !marked)
    return marked.error();
  if (!restored.sessions) {
    if (auto removed = remove_tree(staging.data() / "accounts"); !removed) return removed.error();
  }
  // From here on no gateway may begin to use what is replaced.
  journal::FolderLock former;
  std::error_code ignored;
  if (fs::exists(options.data_dir, ignored)) {
    if (auto locked = former.take(options.data_dir, journal::Holds::command); !locked) return locked.error();
  }
  if (auto carried = carry_over(restored, options.data_dir, staging.data()); !carried) return carried.error();
  if (auto moved = move_aside(restored, staging.data()); !moved) return moved.error();
  if (auto given = give_all_to_owner_of(options.data_dir, staging.data()); !given) return given.error();
  if (auto synced = sync_folders(staging.data()); !synced) return synced.error();
  if (auto swapped = swap_in(staging, restored, options.data_dir); !swapped) return swapped.error();
  return restored;
}

}  // namespace tg::backup
