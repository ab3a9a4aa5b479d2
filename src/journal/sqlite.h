#pragma once
// A thin, typed face of SQLite's C API. A Connection belongs to one thread at a time; a Statement to its Connection.
// Errors are values with SQLite's own words; SQLITE_FULL and IOERR become Code::out_of_space / unavailable.

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/ids.h"
#include "model/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tg::journal {

class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);  // throws std::logic_error: SQL is ours
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& reset();  // also clears the bindings
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, double value);
  Statement& bind(int index, std::string_view text);        // copied
  Statement& bind_blob(int index, std::string_view bytes);  // copied
  Statement& bind_null(int index);
  template <class Tag>
  Statement& bind(int index, model::Id<Tag> id) {
    return bind(index, id.value);
  }
  Statement& bind(int index, model::Time time) { return bind(index, time.us); }
  Statement& bind(int index, int value) { return bind(index, static_cast<std::int64_t>(value)); }
  template <class... Values>
  Statement& with(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }

  Result<bool> step();  // true: a row is there
  Result<void> run();   // to its end, rows ignored; resets
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;  // valid until the next step
  int columns() const;
  std::string_view column_name(int column) const;

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

class Connection {
 public:
  enum class Mode { read, write };
  static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, Mode mode);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Prepared once per text, kept.
  Statement& prepared(std::string_view sql);
  Result<void> execute(std::string_view sql);  // one or more statements
  // The first column of the first row; 0 where there is none.
  Result<std::int64_t> scalar(std::string_view sql);
  std::int64_t last_insert_rowid() const;
  std::int64_t changes() const;
  sqlite3* handle() const { return db_; }

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  sqlite3* db_;
  std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
};

// Read connections to one file, handed out for the length of a call.
class ReadPool {
 public:
  ReadPool(std::filesystem::path file, std::size_t max_connections);

  class Lease {
   public:
    Lease(ReadPool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    ReadPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Waits while all are in use.
  Result<Lease> get();

 private:
  friend class Lease;
  void give_back(std::unique_ptr<Connection> connection);

  std::filesystem::path file_;
  std::size_t max_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace tg::journal
