#pragma once
// The local store over a real journal, with its options.

#include "store/local/local_store.h"
#include "unit/store_contract/rooms.h"

namespace tg::test {

class House : public Rooms {
 public:
  explicit House(store::LocalStore::Options options = {}) : options_(options) { open(); }
  ~House() { close(); }

  void open() {
    open_rooms();
    store = std::make_unique<store::LocalStore>(*journal, intake.get(), *generations, *metrics, options_);
  }
  void close() {
    store.reset();
    close_rooms();
  }
  void restart() {
    close();
    open();
  }
  void flush() {
    auto flushed = intake->flush();
    ASSERT_TRUE(flushed) << flushed.error().to_string();
  }
  // The search index and the pages in memory have everything that is committed.
  void index() {
    flush();
    ASSERT_TRUE(store->wait_caught_up(std::chrono::minutes(1)));
  }
  // A change by the writer's thread, as the API makes them.
  void write(std::string sql) {
    auto done = intake->write([sql](journal::Connection& db) { return db.execute(sql); });
    ASSERT_TRUE(done) << done.error().to_string();
  }

  std::unique_ptr<store::LocalStore> store;

 private:
  store::LocalStore::Options options_;
};

}  // namespace tg::test
