#pragma once
// Downloaded files in the media folder, within a bound. Any thread.
//
// When the bound is reached the files of the oldest messages go first, and only for younger ones: what stays is always
// the newest. What was asked for counts from then on. Imported files have no part in it: they are never removed.
//
// Every step may be the last one of the process: a file is whole before its ledger row is written, the row before its
// message says that it is here; and a message says that it is gone before its file is removed.

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "journal/journal.h"
#include "observe/metrics.h"
#include "pipeline/intake.h"
#include "source/tdlib/media_ledger.h"

namespace tg::tdlib {

class MediaShelf {
 public:
  struct Place {
    pipeline::Intake& intake;
    journal::Journal& journal;
    observe::Metrics& metrics;
    std::filesystem::path folder;  // the media folder
    std::int64_t max_bytes = 0;    // 0 = no bound
  };
  explicit MediaShelf(Place place) : place_(std::move(place)) {}

  Result<void> open();

  // Room that is promised until it is let go.
  class Room {
   public:
    Room(MediaShelf& shelf, std::int64_t size) : shelf_(&shelf), size_(size) {}
    Room(Room&& other) noexcept : shelf_(std::exchange(other.shelf_, nullptr)), size_(other.size_) {}
    Room& operator=(Room&&) = delete;
    ~Room() {
      if (shelf_) shelf_->let_go(size_);
    }

   private:
    MediaShelf* shelf_;
    std::int64_t size_;
  };

  // Removes older files where it must. unsupported: no room, even then.
  Result<Room> make_room(std::int64_t size, model::Time young);

  // The file that is here already under its id at Telegram.
  Result<std::optional<ledger::Held>> find(const std::string& unique_id);
  // Takes `path` in, which lies below `from`; its SHA-256 and size come back in the entry.
  Result<ledger::Entry> put(ledger::Entry entry, const std::filesystem::path& from, const std::filesystem::path& path);
  // One more message has a file that is here.
  Result<void> share(const ledger::Entry& entry);
  // Tells the message. On disk when it returns.
  Result<void> tell(const ledger::Entry& entry, std::int64_t account);

 private:
  void let_go(std::int64_t size);
  Result<void> remove(const ledger::Held& held);
  Result<void> push(const ledger::Entry& entry, std::int64_t account, const std::string& absent);
  void note_bytes();

  const Place place_;
  std::mutex mutex_;  // held while files come and go, never while one is downloaded
  std::int64_t used_ = 0, promised_ = 0;
};

}  // namespace tg::tdlib
