#include "journal/journal.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "journal/checkpointer.h"
#include "journal/flags.h"
#include "journal/lock.h"
#include "journal/schema.h"
#include "observe/log.h"

namespace tg::journal {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kReadConnections = 16;

Result<std::string> read_meta(Connection& db, std::string_view name) {
  auto& row = db.prepared("SELECT value FROM meta WHERE name = ?").with(name);
  auto found = row.step();
  if (!found) return found.error();
  std::string value = *found ? std::string(row.text(0)) : std::string();
  row.reset();
  return value;
}

// The file may be a copy that was put back: numbers that the lost one has given must not be given again. It gives fewer
// than one a microsecond, so the clock is ahead of every number that was ever given.
Result<void> number_ahead(Connection& db) {
  return db.prepared("UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'events' AND seq < ?1")
      .with(model::Time::now())
      .run();
}

// Once, by the gateway that opens what `telegram-gateway restore` put back.
Result<void> tell_restored(Connection& db) {
  const auto from = db.scalar("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'restored_from'");
  if (!from) return from.error();
  if (*from == 0) return {};
  const auto head = db.scalar("SELECT seq FROM events ORDER BY seq DESC LIMIT 1");
  if (!head) return head.error();
  observe::warn(
      "journal_restored",
      {{"backup_of", model::to_rfc3339(model::Time{*from})},
       {"complete_to", *head},
       {"next", "what was posted since is fetched from Telegram; numbers go on ahead of all that were given"}});
  return db.execute("DELETE FROM meta WHERE name = 'restored_from'");
}

}  // namespace

class Journal::Subscription {
 public:
  Subscription(std::shared_ptr<std::mutex> mutex, std::map<int, Committed>& callbacks, int id)
      : mutex_(std::move(mutex)), callbacks_(callbacks), id_(id) {}
  ~Subscription() {
    const std::lock_guard lock(*mutex_);
    callbacks_.erase(id_);
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

 private:
  std::shared_ptr<std::mutex> mutex_;
  std::map<int, Committed>& callbacks_;
  int id_;
};

struct Journal::Impl {
  fs::path folder;
  Limits limits;
  FolderLock lock;
  std::string id;
  std::unique_ptr<Connection> writer;
  std::unique_ptr<ReadPool> readers;
  std::unique_ptr<Checkpointer> checkpointer;  // ends before the writer's connection

  std::atomic<std::int64_t> head{0};
  mutable std::mutex mutex;
  mutable std::condition_variable_any committed;

  std::shared_ptr<std::mutex> callbacks_mutex = std::make_shared<std::mutex>();
  std::map<int, Committed> callbacks;
  int next_callback = 0;
};

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(const fs::path& folder, Access access, Limits limits) {
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->limits = limits;
  const fs::path file = folder / "journal.db";

  if (access != Access::read) {
    std::error_code failed;
    const bool made = fs::create_directories(folder, failed);
    if (failed) {
      return Error{Code::permission, fmt::format("cannot make {}: {}", folder.string(), failed.message()),
                   "Name a folder you may write to with --data-dir or TELEGRAM_GATEWAY_DATA_DIR"};
    }
    if (made) fs::permissions(folder, fs::perms::owner_all, failed);
    if (auto own = check_owner(folder); !own) return own.error();
    const auto as = access == Access::serve ? Holds::gateway : Holds::command;
    if (auto locked = impl->lock.take(folder, as); !locked) return locked.error();
    auto writer = Connection::open(file, Connection::Mode::write);
    if (!writer) return writer.error();
    impl->writer = std::move(*writer);
    if (auto prepared = prepare(*impl->writer); !prepared) return prepared.error();
    if (auto ahead = number_ahead(*impl->writer); !ahead) return ahead.error();
    if (auto told = tell_restored(*impl->writer); !told) return told.error();
    auto checkpointer = Checkpointer::start(file, *impl->writer);
    if (!checkpointer) return checkpointer.error();
    impl->checkpointer = std::move(*checkpointer);
  } else if (::access(file.c_str(), R_OK) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) {
      return Error{Code::permission,
                   fmt::format("reading {}: {}", file.string(), std::generic_category().message(errno)),
                   "Run this as the user that the gateway runs as, e.g. with sudo -u"};
    }
    return Error{Code::not_found, fmt::format("there is no journal in {}", folder.string()),
                 "Start the gateway once, import an export, or name its folder with --data-dir"};
  }

  impl->readers = std::make_unique<ReadPool>(file, kReadConnections);
  {
    auto db = impl->readers->get();
    if (!db) return db.error();
    auto id = read_meta(**db, "journal_id");
    if (!id) return id.error();
    impl->id = *id;
    auto head = (*db)->scalar("SELECT seq FROM events ORDER BY seq DESC LIMIT 1");
    if (!head) return head.error();
    impl->head = *head;
  }
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

const std::string& Journal::id() const { return impl_->id; }
fs::path Journal::file() const { return impl_->folder / "journal.db"; }
fs::path Journal::folder() const { return impl_->folder; }
model::Seq Journal::head() const { return model::Seq{impl_->head.load()}; }

model::Seq Journal::oldest() const {
  auto db = impl_->readers->get();
  if (!db) return {};
  auto oldest = (*db)->scalar("SELECT seq FROM events ORDER BY seq LIMIT 1");
  return model::Seq{oldest ? *oldest : 0};
}

std::optional<model::Seq> Journal::past_trimmed(model::Seq at) const {
  auto db = impl_->readers->get();
  if (!db) return std::nullopt;
  const auto newest_gone =
      (*db)->scalar("SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE name = 'trimmed_to'");
  if (!newest_gone || at.value >= *newest_gone) return std::nullopt;
  const auto left = oldest();
  return model::Seq{left ? left.value - 1 : *newest_gone};
}

std::int64_t Journal::bytes() const {
  std::int64_t sum = 0;
  for (const auto* name : {"journal.db", "journal.db-wal"}) {
    std::error_code failed;
    const auto size = fs::file_size(impl_->folder / name, failed);
    if (!failed) sum += static_cast<std::int64_t>(size);
  }
  return sum;
}

std::int64_t Journal::disk_free() const {
  struct statvfs disk {};
  if (::statvfs(impl_->folder.c_str(), &disk) != 0) return 0;
  return static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
}

Result<void> Journal::room(std::int64_t bytes) const {
  const auto needed = bytes > 0 ? fmt::format(", {} MB are needed", bytes >> 20) : std::string();
  if (const auto left = disk_free(); left - bytes < impl_->limits.disk_reserve_bytes) {
    return Error{Code::out_of_space,
                 fmt::format("{} MB are free in the data folder, {} MB are kept in reserve{}", left >> 20,
                             impl_->limits.disk_reserve_bytes >> 20, needed),
                 "Free disk space, or lower disk.reserve_bytes"};
  }
  const auto most = impl_->limits.max_bytes;
  if (const auto has = this->bytes(); most > 0 && (has >= most || bytes > most - has)) {
    return Error{Code::out_of_space,
                 has >= most ? fmt::format("the journal has reached journal.max_bytes ({})", most)
                             : fmt::format("the journal has {} MB, at most {} MB by journal.max_bytes{}", has >> 20,
                                           most >> 20, needed),
                 "Raise journal.max_bytes, or shorten journal.keep_days where a store takes the events"};
  }
  return {};
}

Connection& Journal::writer() {
  if (!impl_->writer) throw std::logic_error("this journal was opened for reading");
  return *impl_->writer;
}

Result<ReadPool::Lease> Journal::read() { return impl_->readers->get(); }

Result<std::vector<model::Event>> Journal::read_after(model::Seq after, std::size_t limit) {
  auto db = read();
  if (!db) return db.error();
  return events_after(**db, after, static_cast<std::int64_t>(limit));
}

model::Seq Journal::wait(model::Seq seen, std::chrono::milliseconds patience, const std::stop_token& stop) const {
  std::unique_lock lock(impl_->mutex);
  impl_->committed.wait_for(lock, stop, patience, [&] { return head() > seen; });
  return head();
}

std::shared_ptr<Journal::Subscription> Journal::on_commit(Committed callback) {
  const std::lock_guard lock(*impl_->callbacks_mutex);
  const int id = impl_->next_callback++;
  impl_->callbacks.emplace(id, std::move(callback));
  return std::make_shared<Subscription>(impl_->callbacks_mutex, impl_->callbacks, id);
}

void Journal::announce(const std::vector<model::Event>& events) {
  if (!events.empty()) {
    const std::lock_guard lock(impl_->mutex);
    impl_->head = events.back().seq.value;
  }
  impl_->committed.notify_all();
  const std::lock_guard lock(*impl_->callbacks_mutex);
  for (const auto& [id, callback] : impl_->callbacks) callback(events);
}

std::string event_columns(std::string_view alias) {
  static constexpr std::array kColumns = {"seq",         "scope",       "peer",   "message", "kind",
                                          "edit_date",   "n",           "origin", "source",  "account",
                                          "observed_at", "recorded_at", "hash",   "flags",   "body"};
  std::string columns;
  for (const auto* column : kColumns) {
    if (!columns.empty()) columns += ", ";
    fmt::format_to(std::back_inserter(columns), "{}.{}", alias, column);
  }
  return columns;
}

Result<std::vector<model::Event>> events_after(Connection& db, model::Seq after, std::int64_t limit) {
  static const std::string kSql =
      fmt::format("SELECT {} FROM events e WHERE e.seq > ? ORDER BY e.seq LIMIT ?", event_columns("e"));
  std::vector<model::Event> events;
  auto& rows = db.prepared(kSql).with(after, limit);
  while (true) {
    auto row = rows.step();
    if (!row) return row.error();
    if (!*row) break;
    events.push_back(event_from_row(rows));
  }
  rows.reset();
  return events;
}

model::Event event_from_row(const Statement& row) {
  model::Event event;
  event.seq = model::Seq{row.integer(0)};
  event.key = {model::Scope{row.integer(1)}, model::ChatId{row.integer(2)}, model::MessageId{row.integer(3)}};
  event.kind = static_cast<model::Kind>(row.integer(4));
  event.edit_date = model::Time{row.integer(5)};
  event.n = row.integer(6);
  event.origin = static_cast<model::Origin>(row.integer(7));
  event.source = static_cast<model::SourceKind>(row.integer(8));
  event.account = row.integer(9);
  event.observed_at = model::Time{row.integer(10)};
  event.recorded_at = model::Time{row.integer(11)};
  event.hash = row.integer(12);
  take_flags(event, row.integer(13));
  event.message = std::string(row.text(14));
  return event;
}

std::int64_t flags_of(const model::Event& event) {
  return (event.offered ? flag::kOffered : 0) | (event.superseded ? flag::kSuperseded : 0) |
         (event.erased ? flag::kErased : 0) | (event.hidden_edit ? flag::kHiddenEdit : 0) |
         (event.from_page ? flag::kFromPage : 0) | (event.cached ? flag::kCached : 0);
}

void take_flags(model::Event& event, std::int64_t flags) {
  event.offered = (flags & flag::kOffered) != 0;
  event.superseded = (flags & flag::kSuperseded) != 0;
  event.erased = (flags & flag::kErased) != 0;
  event.hidden_edit = (flags & flag::kHiddenEdit) != 0;
  event.from_page = (flags & flag::kFromPage) != 0;
  event.cached = (flags & flag::kCached) != 0;
}

}  // namespace tg::journal
