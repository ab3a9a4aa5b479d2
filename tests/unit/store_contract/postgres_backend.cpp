#include <cstdlib>
#include <mutex>
#include <sstream>

#include "store/local/local_store.h"
#include "store/postgres/detail/connection.h"
#include "store/postgres/detail/mirror.h"
#include "store/postgres/postgres_store.h"
#include "store/postgres/schema.h"
#include "unit/store_contract/database.h"
#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

std::optional<Database> read_environment() {
  const char* conninfo = std::getenv("TG_TEST_POSTGRES");
  if (conninfo == nullptr) return std::nullopt;
  Database database;
  auto& target = database.pooled;
  std::istringstream words(conninfo);
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) throw std::runtime_error("TG_TEST_POSTGRES: no = in " + word);
    const std::string name = word.substr(0, equals), value = word.substr(equals + 1);
    if (name == "host") target.host = value;
    if (name == "port") target.port = model::parse_int(value).value_or(0);
    if (name == "user") target.user = value;
    if (name == "password") target.password = value;
    if (name == "dbname") target.database = value;
  }
  target.tls = "disable";
  database.direct = target;
  const char* direct = std::getenv("TG_TEST_POSTGRES_DIRECT");
  if (direct != nullptr) database.direct.port = model::parse_int(direct).value_or(0);
  return database;
}

template <class Value>
Value checked(Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().to_string());
  if constexpr (!std::is_void_v<Value>) return std::move(*result);
}

// The writer, by the hand of the test: settle() stores what is committed.
class PostgresBackend : public Backend {
 public:
  PostgresBackend(Rooms& rooms, const Limits& limits)
      : journal_(*rooms.journal),
        registry_(journal_, rooms.intake.get(), *rooms.generations, *rooms.metrics,
                  {.search = false, .window_rows_overall = 0}),
        writer_(journal_, database_of_tests()->writing()),
        store_(database_of_tests()->pooled, parts(rooms), options(limits)) {
    const auto position = checked(writer_.open({}));
    if (position.journal_id == journal_.id()) at_ = position.seq;
  }

  store::Store& store() override { return store_; }

  Result<void> settle() override {
    const std::lock_guard lock(mutex_);
    while (true) {
      auto events = journal_.read_after(at_, 500);
      if (!events) return events.error();
      if (events->empty()) return mirror();
      const auto delivery = writer_.deliver(*events, {});
      if (delivery.trouble) return *delivery.trouble;
      if (!delivery.refused.empty()) return Error{Code::internal, delivery.refused.front().reason, ""};
      at_ = events->back().seq;
    }
  }

  Result<void> index() override { return {}; }

 private:
  store::PostgresStore::Parts parts(Rooms& rooms) {
    return {journal_, registry_, *rooms.generations, *rooms.metrics,
            [this](model::Seq, std::chrono::milliseconds) { return settle().ok(); }};
  }
  static store::PostgresStore::Options options(const Limits& limits) {
    store::PostgresStore::Options options;
    options.scan_budget = limits.scan_budget;
    options.most_unmarked = limits.most_unmarked;
    options.most_consumers = limits.most_consumers;
    return options;
  }

  // What the writer does once a second.
  Result<void> mirror() {
    auto journal = journal_.read();
    if (!journal) return journal.error();
    auto connection = connections_.get();
    if (!connection) return connection.error();
    return mirror_.refresh(**journal, **connection);
  }

  journal::Journal& journal_;
  store::LocalStore registry_;
  std::mutex mutex_;
  store::postgres::Pool connections_{database_of_tests()->pooled, 1};
  store::postgres::Mirror mirror_;
  store::PostgresWriter writer_;
  model::Seq at_;
  store::PostgresStore store_;
};

}  // namespace

const std::optional<Database>& database_of_tests() {
  static const auto database = read_environment();
  return database;
}

store::PostgresWriter::Options Database::writing() const {
  store::PostgresWriter::Options options;
  options.pooled = pooled;
  options.direct = direct;
  options.program = "test";
  options.chunk_days = 30;
  options.keep_days = 0;
  return options;
}

std::unique_ptr<Backend> postgres_backend(Rooms& rooms, const Limits& limits) {
  return std::make_unique<PostgresBackend>(rooms, limits);
}

// Faster than TRUNCATE where little is in many partitions.
void empty_postgres() {
  static std::once_flag migrated;
  const auto& database = *database_of_tests();
  std::call_once(migrated, [&] { checked(store::postgres::migrate(database.direct, "test")); });
  auto connection = checked(store::postgres::Connection::open(database.direct));
  std::string script;
  for (const auto* table : {"messages", "message_versions", "channels", "topics", "cursors", "quarantined", "consumers",
                            "floors", "acks", "serves", "marked"}) {
    script += fmt::format("DELETE FROM telegram_gateway.{};", table);
  }
  checked(connection->execute(script));
}

void Contract::SetUp() {
  if (GetParam() == Backing::postgres && !database_of_tests()) {
    GTEST_SKIP() << "TG_TEST_POSTGRES names no database: tests/stack/test_store_contract.py starts one";
  }
}

}  // namespace tg::test
