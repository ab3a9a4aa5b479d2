#pragma once
// A typed face of libpq, for a server behind PgBouncer in transaction pooling: no prepared statements with names, no
// session state, no search_path (name every table with its schema). Parameters and results are binary.
//
// A Connection belongs to one thread at a time. Each call ends within its patience, and soon after the stop that it was
// opened with; a call that ran out of either leaves the connection broken: what the server made of it is not known, and
// the server rolls an open transaction back. Errors hold the server's own words, but no values of rows.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "store/postgres/detail/params.h"
#include "store/postgres/target.h"

struct pg_conn;
struct pg_result;

namespace tg::store::postgres {

inline constexpr std::chrono::milliseconds kPatience{10'000};

// TimescaleDB would unpack more of compressed chunks for it than a transaction may: less of it may pass.
inline bool is_too_much_at_once(std::string_view sqlstate) { return sqlstate == "53400"; }

// What a statement gave. Columns and rows count from 0.
class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* result);

  int size() const;
  int columns() const;
  bool empty() const { return size() == 0; }
  std::int64_t affected() const;  // rows that it inserted, updated, deleted or gave

  bool is_null(int row, int column) const;
  std::int64_t integer(int row, int column) const;  // smallint, int, bigint; NULL: 0
  double real(int row, int column) const;           // float4, float8; NULL: 0
  bool boolean(int row, int column) const;          // NULL: false
  // text, name, json, jsonb; NULL: empty. Valid as long as the Rows.
  std::string_view text(int row, int column) const;
  model::Time time(int row, int column) const;                    // timestamptz; NULL: 0
  std::vector<std::string> texts(int row, int column) const;      // text[]; NULL: none
  std::vector<std::int64_t> integers(int row, int column) const;  // bigint[]; NULL: none

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::string_view bytes(int row, int column) const;
  std::unique_ptr<pg_result, Clear> result_;
};

struct Query {
  std::string sql;
  Params params;
};

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Target& target, std::chrono::milliseconds patience = kPatience,
                                                  std::stop_token stop = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<Rows> run(std::string_view sql, const Params& params = {}, std::chrono::milliseconds patience = kPatience);
  // All in one transaction and one round trip; the results in their order, or nothing is done. Outside a transaction.
  Result<std::vector<Rows>> run_together(std::span<const Query> queries,
                                         std::chrono::milliseconds patience = kPatience);
  // Statements with ; between them and no parameters, in one transaction unless they say otherwise.
  Result<void> execute(std::string_view script, std::chrono::milliseconds patience = kPatience);

  // Of the last error that the server told, e.g. 23505; empty for others.
  const std::string& sqlstate() const { return sqlstate_; }
  // Byte of the script where it stopped, from 1; 0 = not said.
  int error_position() const { return error_position_; }
  bool usable() const;         // neither broken nor in a transaction
  bool was_closed() const;     // by the server, while idle
  int server_version() const;  // 150020

 private:
  explicit Connection(pg_conn* connection, std::stop_token stop) : connection_(connection), stop_(std::move(stop)) {}
  using Clock = std::chrono::steady_clock;
  using Until = Clock::time_point;
  Result<void> connect(const Target& target, std::chrono::milliseconds patience);
  Result<void> wait(bool writing, Until until);  // until the socket can be read, or written
  Result<void> flush(Until until);
  Result<pg_result*> next(Until until);  // nullptr: no more of this statement
  Result<Rows> checked(pg_result* result);
  Error lost(std::string_view doing);

  pg_conn* connection_;
  std::stop_token stop_;
  std::string place_;  // host:port/database, for errors
  std::string sqlstate_;
  int error_position_ = 0;
  bool broken_ = false;
};

// Connections for readers, at most `most` at once, handed out for the length of a call. Any thread.
class Pool {
 public:
  Pool(Target target, std::size_t most) : target_(std::move(target)), most_(most) {}

  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Waits while all are in use. One that the server has closed meanwhile is replaced.
  Result<Lease> get(std::chrono::milliseconds patience = kPatience);

 private:
  void give_back(std::unique_ptr<Connection> connection);

  const Target target_;
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace tg::store::postgres
