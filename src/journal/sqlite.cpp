#include "journal/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>

namespace tg::journal {
namespace {

Error error_of(sqlite3* db, std::string_view doing) {
  const int code = sqlite3_errcode(db) & 0xff;
  std::string what = fmt::format("{}: {}", doing, sqlite3_errmsg(db));
  switch (code) {
    case SQLITE_FULL: return {Code::out_of_space, what, "Free disk space in the data folder"};
    case SQLITE_IOERR: return {Code::unavailable, what, "Check the disk and the free space in the data folder"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Code::unavailable, what, "Another process holds the file; try again"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::corrupt, what, "Restore the data folder from a backup, or move this file away to begin anew"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return {Code::permission, what, "Check owner and mode of the data folder"};
    default: return {Code::internal, what, ""};
  }
}

// The whole path: the journal and the search index stand in one folder, and a machine may have several.
std::string_view file_of(sqlite3* db) {
  const char* name = sqlite3_db_filename(db, "main");
  return name && *name ? name : "database";
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql) : db_(db) {
  if (sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_,
                         nullptr) != SQLITE_OK) {
    throw std::logic_error(fmt::format("cannot prepare: {}: {}", sqlite3_errmsg(db), sql));
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  return *this;
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_, index, value);
  return *this;
}
Statement& Statement::bind(int index, double value) {
  sqlite3_bind_double(statement_, index, value);
  return *this;
}
Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_, index, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(statement_, index, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_, index);
  return *this;
}

Result<bool> Statement::step() {
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: {
      Error error = error_of(db_, file_of(db_));
      sqlite3_reset(statement_);
      return error;
    }
  }
}

Result<void> Statement::run() {
  while (true) {
    auto row = step();
    if (!row) return row.error();
    if (!*row) break;
  }
  sqlite3_reset(statement_);
  return {};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }
std::string_view Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
int Statement::columns() const { return sqlite3_column_count(statement_); }
std::string_view Statement::column_name(int column) const { return sqlite3_column_name(statement_, column); }

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file, Mode mode) {
  // Every allocation of every thread would take one mutex to be counted, and nobody asks for the count. Once
  // SQLite is in use this is refused, which harms nothing.
  [[maybe_unused]] static const int kUncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  // What is new is for its owner; SQLite gives its log the same mode. Only where nothing was: closing a descriptor of
  // an open database would drop its locks.
  if (mode == Mode::write) {
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made >= 0) ::close(made);
  }
  sqlite3* db = nullptr;
  const int flags =
      (mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(file.c_str(), &db, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(db));
  if (code != SQLITE_OK) return error_of(db, fmt::format("opening {}", file.string()));
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, 10'000);
  // No mmap: a reader would unmap the whole file and fault it in again after every commit of the writer, which costs
  // more than copying the pages (bench/README.md); and an I/O error would be a signal instead of a value.
  const std::string pragmas =
      mode == Mode::write
          ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA "
            "wal_autocheckpoint=4000;"
            "PRAGMA journal_size_limit=67108864; PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY;"
          : "PRAGMA query_only=1; PRAGMA cache_size=-8192; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;";
  if (auto done = connection->execute(pragmas); !done) return done.error();
  return connection;
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close_v2(db_);
}

Statement& Connection::prepared(std::string_view sql) {
  auto& slot = statements_[std::string(sql)];
  if (!slot) slot = std::make_unique<Statement>(db_, sql);
  return *slot;
}

Result<void> Connection::execute(std::string_view sql) {
  const std::string text(sql);
  if (sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return error_of(db_, file_of(db_));
  }
  return {};
}

Result<std::int64_t> Connection::scalar(std::string_view sql) {
  Statement statement(db_, sql);
  auto row = statement.step();
  if (!row) return row.error();
  return *row ? statement.integer(0) : 0;
}

std::int64_t Connection::last_insert_rowid() const { return sqlite3_last_insert_rowid(db_); }
std::int64_t Connection::changes() const { return sqlite3_changes64(db_); }

ReadPool::ReadPool(std::filesystem::path file, std::size_t max_connections)
    : file_(std::move(file)), max_(max_connections) {}

Result<ReadPool::Lease> ReadPool::get() {
  {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return !idle_.empty() || open_ < max_; });
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection));
    }
    ++open_;
  }
  auto connection = Connection::open(file_, Connection::Mode::read);
  if (!connection) {
    const std::lock_guard lock(mutex_);
    --open_;
    freed_.notify_one();
    return connection.error();
  }
  return Lease(*this, std::move(*connection));
}

void ReadPool::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
  freed_.notify_one();
}

ReadPool::Lease::~Lease() {
  if (connection_) pool_->give_back(std::move(connection_));
}

}  // namespace tg::journal
