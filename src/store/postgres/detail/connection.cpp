#include "store/postgres/detail/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <bit>
#include <cerrno>

#include "store/postgres/detail/wire.h"

namespace tg::store::postgres {
namespace {

// How soon a stop is noticed.
constexpr std::chrono::milliseconds kSlice{100};
constexpr int kBinary = 1;

Code code_of(std::string_view sqlstate) {
  const auto is = [&](std::string_view prefix) { return sqlstate.substr(0, prefix.size()) == prefix; };
  if (is("08") || is("57P0") || is("53300") || is("40") || is("55P03")) return Code::unavailable;
  if (is("53100")) return Code::out_of_space;
  if (is("57014")) return Code::timeout;
  if (is("42501") || is("28")) return Code::permission;
  if (is("23")) return Code::conflict;
  if (is("22")) return Code::invalid_input;
  if (is("3D000") || is("3F000") || is("42P01") || is("42883") || is("42703")) return Code::not_found;
  if (is("XX001") || is("XX002")) return Code::corrupt;
  if (is("53") || is("54")) return Code::unavailable;
  return Code::internal;
}

std::string_view fix_of(std::string_view sqlstate) {
  if (sqlstate.substr(0, 2) == "28") return "Look at postgres.user and postgres.password_file";
  if (sqlstate == "3D000") return "Create the database, or name another with postgres.database";
  if (sqlstate == "42501") return "Give the role of postgres.user this right; docs/postgresql.md lists what it needs";
  if (sqlstate == "53100") return "Free disk space on the database server";
  if (sqlstate == "53400")
    return "Raise timescaledb.max_tuples_decompressed_per_dml_transaction for the role of postgres.user";
  return "";
}

// In one line, without libpq's questions ("Is the server running …?"): they stand in lines of their own, behind a tab.
std::string one_line(std::string_view text) {
  std::string line;
  bool is_question = false;
  for (const char c : text) {
    is_question = c == '\t' || (is_question && c != '\n');
    if (is_question || (c == '\n' && line.ends_with(' '))) continue;
    line += c == '\n' ? ' ' : c;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

// What a refused sign-in is about. It has no SQLSTATE in libpq; the words are PostgreSQL's and PgBouncer's.
Error refused(const std::string& place, const std::string& words) {
  const auto says = [&](std::string_view part) { return words.find(part) != std::string::npos; };
  const auto what = fmt::format("connecting to {}: {}", place, words);
  if (says("no such database") || (says("database \"") && says("does not exist"))) {
    return {Code::not_found, what, "Create the database, or name another with postgres.database"};
  }
  if (says("password") || says("authentication") || says("no such user") || says("role \"") || says("auth failed")) {
    return {Code::permission, what, "Look at postgres.user and postgres.password_file"};
  }
  if (says("certificate") || says("SSL"))
    return {Code::permission, what, "Look at postgres.tls and postgres.tls_ca_file"};
  return {Code::unavailable, what, "Start the server, or correct postgres.host and postgres.port"};
}

}  // namespace

Rows::Rows(pg_result* result) : result_(result) {}
void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }
int Rows::size() const { return result_ ? PQntuples(result_.get()) : 0; }
int Rows::columns() const { return result_ ? PQnfields(result_.get()) : 0; }
std::int64_t Rows::affected() const { return result_ ? model::parse_int(PQcmdTuples(result_.get())).value_or(0) : 0; }
bool Rows::is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }

std::string_view Rows::bytes(int row, int column) const {
  if (is_null(row, column)) return {};
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::integer(int row, int column) const {
  const auto in = bytes(row, column);
  switch (in.size()) {
    case 2: return wire::get<std::int16_t>(in);
    case 4: return wire::get<std::int32_t>(in);
    case 8: return wire::get<std::int64_t>(in);
    default: return 0;
  }
}

double Rows::real(int row, int column) const {
  const auto in = bytes(row, column);
  if (in.size() == 4) return static_cast<double>(std::bit_cast<float>(wire::get<std::uint32_t>(in)));
  return in.size() == 8 ? std::bit_cast<double>(wire::get<std::uint64_t>(in)) : 0;
}

bool Rows::boolean(int row, int column) const {
  const auto in = bytes(row, column);
  return !in.empty() && in[0] != 0;
}

std::string_view Rows::text(int row, int column) const {
  auto in = bytes(row, column);
  // The first byte of jsonb is the version of its format.
  if (!in.empty() && PQftype(result_.get(), column) == wire::kJsonb) in.remove_prefix(1);
  return in;
}

model::Time Rows::time(int row, int column) const {
  const auto in = bytes(row, column);
  return in.size() == 8 ? model::Time{wire::get<std::int64_t>(in) + wire::kEpochUs} : model::Time{};
}

namespace {

template <class Take>
void each_element(std::string_view in, Take take) {
  if (in.size() < 20) return;  // no dimension: an empty array
  const auto count = wire::get<std::int32_t>(in.substr(12));
  in.remove_prefix(20);
  for (std::int32_t i = 0; i < count && in.size() >= 4; ++i) {
    const auto length = static_cast<std::size_t>(std::max(0, wire::get<std::int32_t>(in)));
    in.remove_prefix(4);
    take(in.substr(0, length));
    in.remove_prefix(std::min(length, in.size()));
  }
}

}  // namespace

std::vector<std::string> Rows::texts(int row, int column) const {
  std::vector<std::string> all;
  each_element(bytes(row, column), [&](std::string_view one) { all.emplace_back(one); });
  return all;
}

std::vector<std::int64_t> Rows::integers(int row, int column) const {
  std::vector<std::int64_t> all;
  each_element(bytes(row, column),
               [&](std::string_view one) { all.push_back(one.size() == 8 ? wire::get<std::int64_t>(one) : 0); });
  return all;
}

Result<std::unique_ptr<Connection>> Connection::open(const Target& target, std::chrono::milliseconds patience,
                                                     std::stop_token stop) {
  const std::string port = std::to_string(target.port);
  const std::array<std::pair<const char*, const char*>, 12> options{{{"host", target.host.c_str()},
                                                                     {"port", port.c_str()},
                                                                     {"dbname", target.database.c_str()},
                                                                     {"user", target.user.c_str()},
                                                                     {"password", target.password.c_str()},
                                                                     {"sslmode", target.tls.c_str()},
                                                                     {"sslrootcert", target.tls_ca_file.c_str()},
                                                                     {"client_encoding", "UTF8"},
                                                                     {"application_name", "telegram-gateway"},
                                                                     {"gssencmode", "disable"},
                                                                     {"keepalives_idle", "30"},
                                                                     {"tcp_user_timeout", "30000"}}};
  std::array<const char*, 13> names{}, values{};
  for (std::size_t i = 0; i < options.size(); ++i) std::tie(names[i], values[i]) = options[i];
  auto connection = std::unique_ptr<Connection>(
      new Connection(PQconnectStartParams(names.data(), values.data(), 0), std::move(stop)));
  if (auto done = connection->connect(target, patience); !done) return done.error();
  return connection;
}

Connection::~Connection() { PQfinish(connection_); }

Result<void> Connection::connect(const Target& target, std::chrono::milliseconds patience) {
  place_ = fmt::format("{}:{}/{}", target.host, target.port, target.database);
  if (connection_ == nullptr) return Error{Code::out_of_space, "libpq has no memory", ""};
  // Notices are for people at a terminal; libpq would write them to standard error.
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  const auto until = Clock::now() + patience;
  auto state = PQstatus(connection_) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
    if (auto ready = wait(state == PGRES_POLLING_WRITING, until); !ready) {
      return Error{Code::unavailable, fmt::format("connecting to {}: {}", place_, ready.error().what),
                   "Look whether the server answers, and at its log"};
    }
    state = PQconnectPoll(connection_);
  }
  if (state != PGRES_POLLING_OK) return refused(place_, one_line(PQerrorMessage(connection_)));
  PQsetnonblocking(connection_, 1);
  return {};
}

Result<void> Connection::wait(bool writing, Until until) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (stop_.stop_requested()) return Error{Code::unavailable, "stopping", ""};
    if (left.count() <= 0) return Error{Code::timeout, "no answer in time", ""};
    pollfd socket{PQsocket(connection_), static_cast<short>(writing ? POLLIN | POLLOUT : POLLIN), 0};
    const int ready = ::poll(&socket, 1, static_cast<int>(std::min(left, kSlice).count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Error{Code::unavailable, "the connection cannot be waited for", ""};
  }
}

// PQcancel would open a second connection and wait for it without an end (libpq 15), to a server that does not answer
// as it is. Closing is enough: PgBouncer then cancels, and PostgreSQL rolls back what is open.
Error Connection::lost(std::string_view doing) {
  broken_ = true;
  const auto words = one_line(PQerrorMessage(connection_));
  return {Code::unavailable, fmt::format("{}: {}{}", place_, doing, words.empty() ? "" : ": " + words), ""};
}

Result<void> Connection::flush(Until until) {
  while (true) {
    const int left = PQflush(connection_);
    if (left == 0) return {};
    if (left < 0) return lost("sending a statement");
    if (auto ready = wait(true, until); !ready) {
      broken_ = true;
      return Error{ready.error().code, fmt::format("{}: {} while sending a statement", place_, ready.error().what), ""};
    }
    // What the server sends meanwhile is taken, or both would wait for room.
    if (PQconsumeInput(connection_) == 0) return lost("sending a statement");
  }
}

Result<pg_result*> Connection::next(Until until) {
  while (PQisBusy(connection_) != 0) {
    if (auto ready = wait(false, until); !ready) {
      broken_ = true;
      return Error{ready.error().code, fmt::format("{}: {}", place_, ready.error().what), ""};
    }
    if (PQconsumeInput(connection_) == 0) return lost("waiting for an answer");
  }
  return PQgetResult(connection_);
}

// Takes the result. The server's detail is left out: it may hold values of the row.
Result<Rows> Connection::checked(pg_result* result) {
  Rows rows(result);
  const auto status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return rows;
  sqlstate_ = field(result, PG_DIAG_SQLSTATE);
  error_position_ = static_cast<int>(model::parse_int(field(result, PG_DIAG_STATEMENT_POSITION)).value_or(0));
  auto words = one_line(field(result, PG_DIAG_MESSAGE_PRIMARY));
  if (words.empty()) words = one_line(PQresultErrorMessage(result));
  if (sqlstate_.empty()) {
    broken_ = true;
    return Error{Code::unavailable, fmt::format("{}: {}", place_, words), ""};
  }
  if (PQstatus(connection_) == CONNECTION_BAD) broken_ = true;
  return Error{code_of(sqlstate_), fmt::format("{}: {} (SQLSTATE {})", place_, words, sqlstate_),
               std::string(fix_of(sqlstate_))};
}

namespace {

struct Arrays {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

}  // namespace

Result<Rows> Connection::run(std::string_view sql, const Params& params, std::chrono::milliseconds patience) {
  const Query query{std::string(sql), params};
  auto all = run_together(std::span(&query, 1), patience);
  if (!all) return all.error();
  return std::move(all->front());
}

Result<std::vector<Rows>> Connection::run_together(std::span<const Query> queries, std::chrono::milliseconds patience) {
  sqlstate_.clear();
  error_position_ = 0;
  if (broken_) return Error{Code::unavailable, fmt::format("{}: the connection is broken", place_), ""};
  const auto until = Clock::now() + patience;
  const bool pipelined = queries.size() > 1;
  if (pipelined && PQenterPipelineMode(connection_) == 0) return lost("beginning a batch");
  for (const auto& query : queries) {
    Arrays arrays;
    for (const auto& value : query.params.values_) {
      arrays.types.push_back(value.type);
      arrays.values.push_back(value.null ? nullptr : value.bytes.data());
      arrays.lengths.push_back(static_cast<int>(value.bytes.size()));
      arrays.formats.push_back(kBinary);
    }
    if (PQsendQueryParams(connection_, query.sql.c_str(), query.params.size(), arrays.types.data(),
                          arrays.values.data(), arrays.lengths.data(), arrays.formats.data(), kBinary) == 0) {
      return lost("sending a statement");
    }
  }
  if (pipelined && PQpipelineSync(connection_) == 0) return lost("sending a batch");
  if (auto sent = flush(until); !sent) return sent.error();

  std::vector<Rows> all;
  std::optional<Error> failed;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    while (true) {
      auto result = next(until);
      if (!result) return result.error();
      if (*result == nullptr) break;
      if (PQresultStatus(*result) == PGRES_PIPELINE_ABORTED) {
        PQclear(*result);
        continue;
      }
      auto rows = checked(*result);
      if (!rows) {
        if (!failed) failed = rows.error();
        if (broken_) return *failed;
        continue;
      }
      all.push_back(std::move(*rows));
    }
  }
  if (pipelined) {
    auto end = next(until);
    if (!end) return end.error();
    PQclear(*end);
    if (PQexitPipelineMode(connection_) == 0) return lost("ending a batch");
  }
  if (failed) return *failed;
  if (all.size() != queries.size()) return lost("an answer is missing");
  return all;
}

Result<void> Connection::execute(std::string_view script, std::chrono::milliseconds patience) {
  sqlstate_.clear();
  error_position_ = 0;
  if (broken_) return Error{Code::unavailable, fmt::format("{}: the connection is broken", place_), ""};
  const auto until = Clock::now() + patience;
  if (PQsendQuery(connection_, std::string(script).c_str()) == 0) return lost("sending a script");
  if (auto sent = flush(until); !sent) return sent.error();
  std::optional<Error> failed;
  while (true) {
    auto result = next(until);
    if (!result) return result.error();
    if (*result == nullptr) break;
    auto rows = checked(*result);
    if (!rows && !failed) failed = rows.error();
    if (broken_) return *failed;
  }
  if (failed) return *failed;
  return {};
}

bool Connection::usable() const {
  return !broken_ && PQstatus(connection_) == CONNECTION_OK && PQtransactionStatus(connection_) == PQTRANS_IDLE;
}

int Connection::server_version() const { return PQserverVersion(connection_); }

// A word from the server while nothing was asked is its goodbye.
bool Connection::was_closed() const {
  pollfd waiting{PQsocket(connection_), POLLIN, 0};
  return ::poll(&waiting, 1, 0) != 0;
}

Pool::Lease::~Lease() {
  if (connection_) pool_->give_back(std::move(connection_));
}

Result<Pool::Lease> Pool::get(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_until(lock, until, [&] { return !idle_.empty() || open_ < most_; })) {
      return Error{Code::unavailable, fmt::format("all {} connections to the database are in use", most_),
                   "Raise postgres.connections"};
    }
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      if (!connection->was_closed()) return Lease(*this, std::move(connection));
      --open_;
    }
    ++open_;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  auto connection = Connection::open(target_, std::max(left, std::chrono::milliseconds(1)));
  if (connection) return Lease(*this, std::move(*connection));
  {
    const std::lock_guard lock(mutex_);
    --open_;
  }
  freed_.notify_one();
  return connection.error();
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    if (connection->usable()) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
    }
  }
  freed_.notify_one();
}

}  // namespace tg::store::postgres
