#pragma once
// One gateway for whichever store is tested: the same test runs on the local store and on PostgreSQL.
//
//   STORE_SUITE(Marks)
//   TEST_P(Marks, …) { House house(GetParam()); … }
//
// PostgreSQL: where TG_TEST_POSTGRES says (host=… port=… user=… password=… dbname=…, PgBouncer's), migrated over
// TG_TEST_POSTGRES_DIRECT (a port on the same host); without it these tests are skipped. Its tables are emptied.

#include <memory>
#include <ostream>
#include <string>

#include "store/store.h"
#include "unit/store_contract/rooms.h"

namespace tg::test {

enum class Backing { local, postgres };
inline void PrintTo(Backing backing, std::ostream* out) { *out << (backing == Backing::local ? "local" : "postgres"); }

struct Limits {
  bool search = false;
  std::size_t most_unmarked = 100'000;
  std::size_t most_consumers = 1'000;
  std::size_t scan_budget = 50'000;
};

// A store and what it takes to see what is committed.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual store::Store& store() = 0;
  virtual Result<void> settle() = 0;  // it has everything that is committed
  virtual Result<void> index() = 0;   // and finds it by its text
};
std::unique_ptr<Backend> local_backend(Rooms& rooms, const Limits& limits);
std::unique_ptr<Backend> postgres_backend(Rooms& rooms, const Limits& limits);
// Before the first house of a test.
void empty_postgres();

class House : public Rooms {
 public:
  explicit House(Backing backing, Limits limits = {}) : backing_(backing), limits_(limits) {
    if (backing == Backing::postgres) empty_postgres();
    open();
  }
  ~House() { close(); }

  void open() {
    open_rooms();
    backend = backing_ == Backing::local ? local_backend(*this, limits_) : postgres_backend(*this, limits_);
    store = &backend->store();
  }
  void close() {
    store = nullptr;
    backend.reset();
    close_rooms();
  }
  void restart() {
    close();
    open();
  }

  void flush() {
    auto flushed = intake->flush();
    ASSERT_TRUE(flushed) << flushed.error().to_string();
    auto settled = backend->settle();
    ASSERT_TRUE(settled) << settled.error().to_string();
  }
  void index() {
    flush();
    auto indexed = backend->index();
    ASSERT_TRUE(indexed) << indexed.error().to_string();
  }
  // A change by the journal's writer, as sinks make them.
  void write(std::string sql) {
    auto done = intake->write([sql](journal::Connection& db) { return db.execute(sql); });
    ASSERT_TRUE(done) << done.error().to_string();
    flush();
  }

  std::unique_ptr<Backend> backend;
  store::Store* store = nullptr;

 private:
  Backing backing_;
  Limits limits_;
};

class Contract : public testing::TestWithParam<Backing> {
 protected:
  void SetUp() override;
};

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): a suite of gtest has a class of its own
#define STORE_SUITE(name)                                                 \
  class name : public Contract {};                                        \
  INSTANTIATE_TEST_SUITE_P(Local, name, testing::Values(Backing::local)); \
  INSTANTIATE_TEST_SUITE_P(Postgres, name, testing::Values(Backing::postgres));

}  // namespace tg::test
