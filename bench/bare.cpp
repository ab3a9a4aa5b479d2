#include "bare.h"

#include <sqlite3.h>

#include <chrono>
#include <ctime>

#include "journal/journal.h"

namespace tg::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Time, and time of processors of the whole process, between go and stop; summed up.
struct Watch {
  double seconds = 0, cpu_seconds = 0;
  void go() {
    began_ = Clock::now();
    cpu_began_ = std::clock();
  }
  void stop() {
    seconds += std::chrono::duration<double>(Clock::now() - began_).count();
    cpu_seconds += static_cast<double>(std::clock() - cpu_began_) / CLOCKS_PER_SEC;
  }

 private:
  Clock::time_point began_;
  std::clock_t cpu_began_ = 0;
};

struct FreeValue {
  void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
};
using Row = std::vector<std::unique_ptr<sqlite3_value, FreeValue>>;

// Reads a table some rows at a time, and writes them elsewhere.
class Table {
 public:
  Table(sqlite3* from, sqlite3* to, const std::string& name, const std::string& order) {
    const std::string select = "SELECT * FROM " + name + order;
    if (sqlite3_prepare_v2(from, select.c_str(), -1, &read_, nullptr) != SQLITE_OK) {
      throw std::logic_error(sqlite3_errmsg(from));
    }
    std::string insert = "INSERT INTO " + name + " VALUES (?";
    for (int i = 1; i < sqlite3_column_count(read_); ++i) insert += ",?";
    insert += ")";
    if (sqlite3_prepare_v2(to, insert.c_str(), -1, &write_, nullptr) != SQLITE_OK) {
      throw std::logic_error(sqlite3_errmsg(to));
    }
  }
  ~Table() {
    sqlite3_finalize(read_);
    sqlite3_finalize(write_);
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  std::vector<Row> read(std::size_t most) {
    std::vector<Row> rows;
    while (rows.size() < most && sqlite3_step(read_) == SQLITE_ROW) {
      Row row;
      for (int i = 0; i < sqlite3_column_count(read_); ++i) {
        row.emplace_back(sqlite3_value_dup(sqlite3_column_value(read_, i)));
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }

  bool write(const std::vector<Row>& rows) {
    for (const auto& row : rows) {
      int index = 0;
      for (const auto& value : row) sqlite3_bind_value(write_, ++index, value.get());
      if (sqlite3_step(write_) != SQLITE_DONE) return false;
      sqlite3_reset(write_);
    }
    return true;
  }

 private:
  sqlite3_stmt* read_ = nullptr;
  sqlite3_stmt* write_ = nullptr;
};

}  // namespace

Result<boost::json::object> bare_insert(const std::filesystem::path& from, const std::filesystem::path& to,
                                        std::size_t batch) {
  auto source = journal::Connection::open(from / "journal.db", journal::Connection::Mode::read);
  if (!source) return source.error();
  Watch watch;
  watch.go();
  auto target = journal::Journal::open(to, journal::Access::write);
  if (!target) return target.error();
  watch.stop();
  auto& db = (*target)->writer();
  std::int64_t messages = 0;
  {
    // A message is one event and one head; of an import that was alone they are in the same order.
    Table events((*source)->handle(), db.handle(), "events", " ORDER BY seq");
    Table heads((*source)->handle(), db.handle(), "heads", " ORDER BY last");
    Table chats((*source)->handle(), db.handle(), "chats", "");
    Table hours((*source)->handle(), db.handle(), "hourly", "");
    for (bool more = true; more;) {
      const auto new_events = events.read(batch), new_heads = heads.read(batch);
      more = !new_events.empty() || !new_heads.empty();
      const auto counts = more ? std::vector<Row>() : chats.read(SIZE_MAX);
      const auto counted_hours = more ? std::vector<Row>() : hours.read(SIZE_MAX);
      messages += static_cast<std::int64_t>(new_heads.size());
      watch.go();
      if (auto done = db.execute("BEGIN IMMEDIATE"); !done) return done.error();
      const bool written =
          events.write(new_events) && heads.write(new_heads) && chats.write(counts) && hours.write(counted_hours);
      if (!written) return Error{Code::internal, sqlite3_errmsg(db.handle()), ""};
      if (auto done = db.execute("COMMIT"); !done) return done.error();
      watch.stop();
    }
  }
  watch.go();
  target->reset();
  watch.stop();
  return boost::json::object{{"messages", messages}, {"seconds", watch.seconds}, {"cpu_seconds", watch.cpu_seconds}};
}

}  // namespace tg::bench
