#include "store/postgres/snapshot.h"

#include <libpq-fe.h>

#include "store/postgres/detail/connection.h"

namespace tg::store::postgres {
namespace {

// A large table is sorted before its first row comes.
constexpr std::chrono::minutes kSnapshotPatience{30};

// The settings count for this transaction alone, so that a pooler's next client has none of them.
constexpr std::string_view kBegin =
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;"
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO';";

Snapshot::Table table_of(const Rows& rows, int columns) {
  Snapshot::Table table(static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    auto& values = table[static_cast<std::size_t>(row)];
    values.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      values.push_back(rows.is_null(row, column) ? Snapshot::Value() : std::string(rows.text(row, column)));
    }
  }
  return table;
}

}  // namespace

Result<Target> target_from_url(const std::string& url) {
  char* words = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &words),
                                                                             &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> said(words, &PQfreemem);
  // libpq's words would repeat what was written, with the password in it.
  const bool is_url = url.starts_with("postgresql://") || url.starts_with("postgres://");
  if (!options || !is_url) {
    return Error{Code::invalid_input, "this is no address of a database",
                 "Write postgresql://USER@HOST:PORT/DATABASE; a character like @ or / in a name as %40, %2F"};
  }
  Target target;
  target.port = 5'432;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || *option->val == '\0') continue;
    const std::string_view name = option->keyword;
    const std::string value = option->val;
    if (name == "host") target.host = value;
    if (name == "port") target.port = model::parse_int(value).value_or(0);
    if (name == "dbname") target.database = value;
    if (name == "user") target.user = value;
    if (name == "password") target.password = value;
    if (name == "sslmode") target.tls = value;
    if (name == "sslrootcert") target.tls_ca_file = value;
  }
  if (target.host.empty() || target.database.empty() || target.port < 1 || target.port > 65'535) {
    return Error{Code::invalid_input, "this address lacks a host, a port or a database",
                 "Write postgresql://USER@HOST:PORT/DATABASE"};
  }
  return target;
}

Snapshot::Snapshot(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Snapshot::~Snapshot() = default;

Result<std::unique_ptr<Snapshot>> Snapshot::open(const Target& target) {
  auto connection = Connection::open(target);
  if (!connection) return connection.error();
  if (auto begun = (*connection)->execute(kBegin); !begun) return begun.error();
  return std::unique_ptr<Snapshot>(new Snapshot(std::move(*connection)));
}

Result<Snapshot::Table> Snapshot::read(const std::string& sql, const std::vector<std::string>& values) {
  Params params;
  for (const auto& value : values) params.add(value);
  auto rows = connection_->run(sql, params, kSnapshotPatience);
  if (!rows) return rows.error();
  return table_of(*rows, rows->columns());
}

Result<void> Snapshot::begin(const std::string& sql) {
  if (std::exchange(open_query_, false)) {
    if (auto closed = connection_->run("CLOSE reading"); !closed) return closed.error();
  }
  auto declared = connection_->run("DECLARE reading NO SCROLL CURSOR FOR " + sql, {}, kSnapshotPatience);
  if (!declared) return declared.error();
  open_query_ = true;
  return {};
}

Result<Snapshot::Table> Snapshot::next(std::size_t most) {
  return read(fmt::format("FETCH FORWARD {} FROM reading", most));
}

}  // namespace tg::store::postgres
