#include "source/tdlib/media_shelf.h"

#include "observe/log.h"
#include "source/media_store.h"

namespace tg::tdlib {

namespace fs = std::filesystem;
using source::MediaStore;

namespace {

constexpr std::int64_t kRemovedAtOnce = 16;

Error no_room(std::string what) {
  return {Code::unsupported, std::move(what), "Raise media.max_bytes, or ask for the file once more then"};
}

}  // namespace

Result<void> MediaShelf::open() {
  auto prepared = place_.intake.write([](journal::Connection& db) { return ledger::prepare(db); });
  if (!prepared) return prepared;
  auto db = place_.journal.read();
  if (!db) return db.error();
  const auto bytes = ledger::bytes(**db);
  if (!bytes) return bytes.error();
  const std::lock_guard lock(mutex_);
  used_ = *bytes;
  note_bytes();
  return {};
}

void MediaShelf::note_bytes() { place_.metrics.media_bytes.Set(static_cast<double>(used_)); }

void MediaShelf::let_go(std::int64_t size) {
  const std::lock_guard lock(mutex_);
  promised_ -= size;
}

Result<MediaShelf::Room> MediaShelf::make_room(std::int64_t size, model::Time young) {
  const std::lock_guard lock(mutex_);
  const auto bound = place_.max_bytes;
  if (bound > 0 && size > bound) return no_room(fmt::format("the file has {} bytes, more than media.max_bytes", size));
  while (bound > 0 && used_ + promised_ + size > bound) {
    auto db = place_.journal.read();
    if (!db) return db.error();
    const auto oldest = ledger::oldest(**db, kRemovedAtOnce);
    if (!oldest) return oldest.error();
    if (oldest->empty() || oldest->front().young >= young) {
      return no_room("there is no room: the files that are here are of newer messages");
    }
    for (const auto& held : *oldest) {
      if (used_ + promised_ + size <= bound || held.young >= young) break;
      if (auto removed = remove(held); !removed) return removed.error();
    }
  }
  promised_ += size;
  return Room(*this, size);
}

// With the lock.
Result<void> MediaShelf::remove(const ledger::Held& held) {
  const auto file = source::media_file(place_.folder, held.sha256);
  std::error_code ec;
  // Imported meanwhile: it is not ours any more, and stays.
  const bool ours = source::is_removable(file) || !fs::exists(file, ec);
  if (ours) {
    auto db = place_.journal.read();
    if (!db) return db.error();
    const auto entries = ledger::entries(**db, held.sha256);
    if (!entries) return entries.error();
    for (auto entry : *entries) {
      entry.sha256.clear();
      if (auto told = push(entry, 0, "removed"); !told) return told;
    }
    if (auto told = place_.intake.flush(); !told) return told;
    fs::remove(file, ec);
    if (ec) return Error{Code::unavailable, fmt::format("removing {}: {}", file.string(), ec.message()), ""};
    place_.metrics.media_removed.Increment();
    observe::info("media_removed", {{"bytes", held.size}, {"messages", static_cast<std::int64_t>(entries->size())}});
  }
  auto forgotten =
      place_.intake.write([&held](journal::Connection& writer) { return ledger::remove(writer, held.sha256); });
  if (!forgotten) return forgotten;
  used_ -= held.size;
  note_bytes();
  return {};
}

Result<std::optional<ledger::Held>> MediaShelf::find(const std::string& unique_id) {
  const std::lock_guard lock(mutex_);
  auto db = place_.journal.read();
  if (!db) return db.error();
  auto held = ledger::find(**db, unique_id);
  if (!held || !*held) return held;
  std::error_code ec;
  const auto file = source::media_file(place_.folder, (*held)->sha256);
  const bool whole = fs::file_size(file, ec) == static_cast<std::uintmax_t>((*held)->size) && !ec;
  return whole ? std::move(held) : std::optional<ledger::Held>{};
}

Result<ledger::Entry> MediaShelf::put(ledger::Entry entry, const fs::path& from, const fs::path& path) {
  const std::lock_guard lock(mutex_);
  std::error_code ec;
  const auto folder = fs::canonical(from, ec);  // as TDLib names its files
  if (ec) return Error{Code::unavailable, fmt::format("{}: {}", from.string(), ec.message()), ""};
  auto store = MediaStore::open(folder, place_.folder, 0, source::Keep::while_there_is_room);
  if (!store) return store.error();
  auto taken = store->take(path.lexically_relative(folder).string());
  if (!taken) return taken.error();
  entry.sha256 = std::move(taken->sha256);
  entry.size = taken->size;
  // An imported copy takes no room of ours.
  if (!source::is_removable(source::media_file(place_.folder, entry.sha256))) return entry;
  auto db = place_.journal.read();
  if (!db) return db.error();
  const auto known = ledger::entries(**db, entry.sha256);
  if (!known) return known.error();
  auto added = place_.intake.write([&entry](journal::Connection& writer) { return ledger::add(writer, entry); });
  if (!added) return added.error();
  if (known->empty()) used_ += entry.size;
  note_bytes();
  return entry;
}

Result<void> MediaShelf::share(const ledger::Entry& entry) {
  const std::lock_guard lock(mutex_);
  if (!source::is_removable(source::media_file(place_.folder, entry.sha256))) return {};
  return place_.intake.write([&entry](journal::Connection& writer) { return ledger::add(writer, entry); });
}

Result<void> MediaShelf::tell(const ledger::Entry& entry, std::int64_t account) {
  if (auto pushed = push(entry, account, ""); !pushed) return pushed;
  return place_.intake.flush();
}

Result<void> MediaShelf::push(const ledger::Entry& entry, std::int64_t account, const std::string& absent) {
  pipeline::MediaSeen seen;
  seen.from = {model::SourceKind::tdlib, model::Origin::catchup, account, model::Time::now()};
  seen.key = entry.message;
  seen.unique_id = entry.unique_id;
  seen.blob = entry.sha256;
  seen.absent = absent;
  return place_.intake.push(std::move(seen));
}

}  // namespace tg::tdlib
