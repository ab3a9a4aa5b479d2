#include "backup/backup.h"

#include <cerrno>
#include <fstream>

#include "backup/archive.h"
#include "backup/child.h"
#include "backup/durable.h"
#include "backup/snapshot.h"
#include "journal/journal.h"
#include "journal/lock.h"

namespace tg::backup {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPartial = ".partial";
constexpr std::string_view kAgeBegins = "age-encryption.org/v1\n";
constexpr std::string_view kLast = "backup.last";       // in the data folder: seconds since 1970
constexpr std::int64_t kMostSeconds = 253'402'300'799;  // the end of 9999
constexpr std::size_t kJournalDigits = 8;

std::int64_t size_of(const fs::path& file) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  return failed ? 0 : static_cast<std::int64_t>(size);
}

std::int64_t journal_bytes(const fs::path& data_dir) {
  return size_of(data_dir / "journal.db") + size_of(data_dir / "journal.db-wal");
}

bool is_inside(const fs::path& inner, const fs::path& outer) {
  std::error_code ignored;
  const auto a = fs::weakly_canonical(inner, ignored), b = fs::weakly_canonical(outer, ignored);
  return std::mismatch(b.begin(), b.end(), a.begin(), a.end()).first == b.end();
}

// The id of the journal, which also says that there is one to back up.
Result<std::string> journal_of(const fs::path& data_dir) {
  auto journal = journal::Journal::open(data_dir, journal::Access::read);
  if (!journal) return journal.error();
  return (*journal)->id().substr(0, kJournalDigits);
}

Result<void> check_place(const Options& options) {
  if (options.to.empty()) {
    return Error{Code::invalid_input, "no folder for backups is named", "Name one with --to, or set backup.folder"};
  }
  if (is_inside(options.to, options.data_dir)) {
    return Error{Code::invalid_input,
                 fmt::format("{} is inside the data folder: it would be lost with it", options.to.string()),
                 "Name a folder elsewhere, best on another disk"};
  }
  return {};
}

// One backup, from an empty scratch folder to a file under its name.
class Work {
 public:
  Work(const Options& options, std::string journal)
      : options_(options), scratch_(options.data_dir / "backup.scratch"), files_(scratch_ / "files") {
    name_.made_at = model::Time::seconds(model::Time::now().to_seconds());
    name_.journal = std::move(journal);
    name_.encrypted = !options.recipients_file.empty();
    name_.complete = options.complete;
  }
  ~Work() {
    if (locked_) (void)empty_scratch();
    std::error_code ignored;
    if (!partial_.empty()) fs::remove(partial_, ignored);
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  Result<Made> run() {
    if (auto begun = begin(); !begun) return begun.error();
    if (auto collected = collect(); !collected) return collected.error();
    const auto plain = name_.encrypted ? scratch_ / "plain.tar.zst" : partial_;
    if (auto packed = pack(plain); !packed) return packed.error();
    if (auto proven = prove(plain); !proven) return proven.error();
    if (name_.encrypted) {
      if (auto encrypted = encrypt(plain); !encrypted) return encrypted.error();
    }
    return finish();
  }

 private:
  Result<void> begin() {
    std::error_code ignored;
    if (fs::is_symlink(scratch_, ignored)) return error_at("emptying", scratch_, ELOOP, "Remove the link");
    if (auto made = make_folder(scratch_); !made) return made;
    if (auto locked = lock_.take(scratch_, journal::Holds::command); !locked) {
      if (locked.error().code != Code::conflict) return locked;
      return Error{Code::conflict, fmt::format("another backup of {} runs", options_.data_dir.string()),
                   "Wait for its end"};
    }
    locked_ = true;
    for (const auto& made : {scratch_, scratch_ / "lock"}) {
      if (auto given = give_to_owner_of(options_.data_dir, made); !given) return given;
    }
    if (auto emptied = empty_scratch(); !emptied) return emptied;
    if (auto made = make_folder(options_.to); !made) return made;
    auto other = name_;
    other.complete = !name_.complete;
    for (const auto& name : {name_, other}) {
      const auto final = options_.to / name.to_string();
      if (fs::exists(final)) return error_at("writing", final, EEXIST, "Try again in a second");
    }
    remove_left_behind();
    partial_ = options_.to / fmt::format(".{}{}", name_.to_string(), kPartial);
    return room(0);
  }

  Result<void> empty_scratch() {
    std::error_code failed;
    for (fs::directory_iterator entry(scratch_, failed), end; !failed && entry != end; entry.increment(failed)) {
      if (entry->path().filename() == "lock") continue;
      if (auto removed = remove_tree(entry->path()); !removed) return removed;
    }
    return {};
  }

  // What backups of this journal that were killed left in the folder; none runs, that is what the lock says.
  void remove_left_behind() const {
    std::error_code failed;
    for (fs::directory_iterator entry(options_.to, failed), end; !failed && entry != end; entry.increment(failed)) {
      std::string name = entry->path().filename().string();
      if (!name.starts_with('.') || !name.ends_with(kPartial)) continue;
      const auto parsed = parse_name(std::string_view(name).substr(1, name.size() - 1 - kPartial.size()));
      std::error_code ignored;
      if (parsed && parsed->journal == name_.journal) fs::remove(entry->path(), ignored);
    }
  }

  // The copy and the archive are there together; later the archive and what was put back from it. Of the dumps
  // `dumped` bytes are there already.
  Result<void> room(std::int64_t dumped) const {
    const auto bytes = journal_bytes(options_.data_dir);
    const bool same = name_.encrypted || same_disk(options_.data_dir, options_.to);
    const auto here = bytes + (same ? bytes + dumped : 0) + options_.reserve_bytes;
    if (const auto left = free_bytes(options_.data_dir); left < here) return no_room(options_.data_dir, here, left);
    const auto there = bytes + dumped;
    if (const auto left = free_bytes(options_.to); left < there) return no_room(options_.to, there, left);
    return {};
  }

  static Error no_room(const fs::path& where, std::int64_t needed, std::int64_t left) {
    return {
        Code::out_of_space,
        fmt::format("a backup may need {} MB at {}, {} MB are free", (needed >> 20) + 1, where.string(), left >> 20),
        "Free disk space there, or name another folder with --to"};
  }

  Result<void> go_on() const {
    if (options_.interrupted && options_.interrupted()) return Error{Code::unavailable, "interrupted", ""};
    return {};
  }

  // While it works: capture must not pause for it.
  Result<void> step(std::string_view doing, std::int64_t done, std::int64_t all) const {
    if (options_.on_progress && all > 0)
      options_.on_progress(static_cast<double>(done) / static_cast<double>(all), std::string(doing));
    if (auto more = go_on(); !more) return more;
    const auto left = free_bytes(options_.data_dir);
    if (left < options_.reserve_bytes) return no_room(options_.data_dir, options_.reserve_bytes, left);
    return {};
  }

  // A server that is down must not cost the journal its backup, nor a dump the room that the journal's needs.
  Result<void> collect_dumps() {
    std::int64_t before = 0;
    for (const auto& dump : options_.dumps) {
      if (options_.on_progress) options_.on_progress(std::nullopt, dump.what);
      const auto file = files_ / dump.name;
      const auto room_left = [&]() -> Result<void> {
        auto more = go_on();
        return more ? room(before + size_of(file)) : more;
      };
      auto written = dump.write(file, room_left);
      if (written) written = room_left();
      if (auto more = go_on(); !more) return more;
      if (written) {
        collected_.files.push_back({dump.name, size_of(file), "", dump.what});
        before += size_of(file);
        continue;
      }
      collected_.left_out.push_back({dump.what, written.error().to_string()});
      if (auto removed = remove_tree(file); !removed) return removed;
    }
    return {};
  }

  Result<void> collect() {
    if (auto made = make_folder(files_); !made) return made;
    if (auto dumped = collect_dumps(); !dumped) return dumped;
    auto copied =
        copy_journal(options_.data_dir / "journal.db", files_ / kJournalName,
                     [this](std::int64_t done, std::int64_t all) { return step("copying the journal", done, all); });
    if (!copied) return copied;
    collected_.files.insert(collected_.files.begin(), {std::string(kJournalName), size_of(files_ / kJournalName), "",
                                                       (options_.data_dir / "journal.db").string()});
    // Behind the journal: a session that is ahead of it loses nothing, what it has seen is asked for at the server.
    if (auto own = collect_own(options_.data_dir, files_, collected_); !own) return own;
    if (auto sessions = collect_sessions(options_.data_dir, files_, collected_); !sessions) return sessions;
    return collect_outside(options_.outside, files_, collected_);
  }

  Result<void> pack(const fs::path& plain) {
    manifest_.program = options_.program;
    manifest_.made_at = name_.made_at;
    whole_ = collected_.left_out.empty();
    name_.complete = name_.complete && whole_;
    manifest_.left_out = options_.left_out;
    manifest_.left_out.insert(manifest_.left_out.end(), collected_.left_out.begin(), collected_.left_out.end());
    manifest_.files = std::move(collected_.files);
    if (options_.on_progress) options_.on_progress(std::nullopt, "checking the copy");
    auto counts = prove_journal(files_ / kJournalName);
    if (!counts) return counts.error();
    manifest_.journal = std::move(*counts);
    for (auto& file : manifest_.files) {
      auto hash = sha256_of(files_ / file.name);
      if (!hash) return hash.error();
      file.sha256 = std::move(*hash);
    }
    const auto all = manifest_.bytes();
    auto written =
        write_archive(plain, manifest_, files_, [&](std::int64_t done) { return step("compressing", done, all); });
    if (!written) return written;
    return remove_tree(files_);
  }

  Result<void> prove(const fs::path& plain) {
    const auto place = scratch_ / "restored";
    const auto all = manifest_.bytes();
    auto read =
        read_archive(plain, place, [&](std::int64_t done) { return step("putting it back to look", done, all); });
    if (!read) return read.error();
    if (options_.on_progress) options_.on_progress(std::nullopt, "checking what was put back");
    auto counts = prove_journal(place / kJournalName);
    if (!counts) return counts.error();
    if (*counts != manifest_.journal) {
      return Error{Code::corrupt, "the journal that was put back differs from the one that was saved",
                   "Look at the disks and at the memory of this machine, then try again"};
    }
    return remove_tree(place);
  }

  Result<void> encrypt(const fs::path& plain) const {
    if (options_.on_progress) options_.on_progress(std::nullopt, "encrypting");
    Child age{{"age", "--encrypt", "--recipients-file", options_.recipients_file.string(), "--output",
               partial_.string(), plain.string()},
              {}};
    age.go_on = [this] { return step("", 0, 0); };
    auto ended = run_child(age);
    if (!ended) return ended.error();
    if (ended->code != 0) {
      return Error{
          Code::invalid_input, fmt::format("age did not encrypt: {}", ended->complaint()),
          fmt::format("Look at {}: one recipient a line, as age-keygen prints it", options_.recipients_file.string())};
    }
    std::error_code failed;
    fs::permissions(partial_, fs::perms::owner_read | fs::perms::owner_write, failed);
    if (failed) return error_at("closing to others", partial_, failed.value());
    auto file = open_to_read(partial_);
    if (!file) return file.error();
    // It holds all of the plain text and what seals it.
    if (size_of(partial_) <= size_of(plain) + static_cast<std::int64_t>(kAgeBegins.size()))
      return Error{Code::corrupt, "age wrote less than it was given", "Try again"};
    return sync(*file, partial_);
  }

  Result<Made> finish() {
    Made made;
    made.file = options_.to / name_.to_string();
    if (auto renamed = move_file(std::exchange(partial_, fs::path()), made.file); !renamed) return renamed.error();
    made.bytes = size_of(made.file);
    made.manifest = std::move(manifest_);
    made.whole = whole_;
    for (auto& old : to_remove(options_.to, name_, options_.keep)) {
      std::error_code failed;
      if (fs::remove(old, failed)) made.removed.push_back(std::move(old));
    }
    if (auto synced = sync_folder(options_.to); !synced) return synced.error();
    if (!whole_) return made;
    if (auto told = tell_last(); !told) return told.error();
    return made;
  }

  Result<void> tell_last() const {
    const auto file = scratch_ / kLast;
    auto stamp = create(file);
    if (!stamp) return stamp.error();
    if (auto written = write_all(*stamp, fmt::format("{}\n", name_.made_at.to_seconds()), file); !written)
      return written;
    if (auto given = give_to_owner_of(options_.data_dir, file); !given) return given;
    if (auto synced = sync(*stamp, file); !synced) return synced;
    return move_file(file, options_.data_dir / kLast);
  }

  const Options& options_;
  const fs::path scratch_, files_;
  Name name_;
  fs::path partial_;
  journal::FolderLock lock_;
  bool locked_ = false, whole_ = true;
  Collected collected_;
  Manifest manifest_;
};

}  // namespace

Result<Plan> plan(const Options& options) {
  if (auto good = check_place(options); !good) return good.error();
  auto journal = journal_of(options.data_dir);
  if (!journal) return journal.error();
  const Name name{model::Time::seconds(model::Time::now().to_seconds()), *journal, !options.recipients_file.empty(),
                  options.complete};
  return Plan{options.to / name.to_string(), journal_bytes(options.data_dir),
              to_remove(options.to, name, options.keep)};
}

Result<Made> make(const Options& options) {
  if (auto good = check_place(options); !good) return good.error();
  auto journal = journal_of(options.data_dir);
  if (!journal) return journal.error();
  return Work(options, std::move(*journal)).run();
}

std::optional<model::Time> last_made(const fs::path& data_dir) {
  std::ifstream in(data_dir / kLast);
  std::int64_t seconds = 0;
  if (!(in >> seconds) || seconds <= 0 || seconds > kMostSeconds) return std::nullopt;
  return model::Time::seconds(seconds);
}

}  // namespace tg::backup
