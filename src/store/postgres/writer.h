#pragma once
// Keeps PostgreSQL or TimescaleDB equal to the journal: one row a message as it stands now, one a version.
//
//   events ──▶ heads and bodies from the journal ──▶ [ messages · versions · reopened · cursor ] one transaction
//
// Rows are made from the journal's heads and guarded by their newest seq, so that an event may come twice and late: an
// older state never overwrites a newer one. A row that the server refuses for its data is found by halving; the rest
// goes. The database's schema is brought up to date, over its direct port, before anything is written.
//
// Used by one thread. Each call ends within seconds, and soon after its stop is requested.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/event.h"
#include "model/result.h"
#include "store/postgres/target.h"

namespace tg::store {

class PostgresWriter {
 public:
  struct Options {
    postgres::Target pooled, direct;
    std::string program;  // the gateway's version
    std::int64_t chunk_days = 1;
    std::int64_t compress_after_days = 14;  // 0 = never
    std::int64_t keep_days = 90;            // 0 = for ever
    bool keep_by_date = true;               // Telegram's; else since it came
    // Keeps an event that the database refuses for a person to look at: before the database's cursor passes it, so that
    // it comes again where that fails. Called by deliver(). Not set: Refused alone tells of it.
    std::function<Result<void>(const model::Event&, const std::string& reason)> set_aside = {};
  };
  struct Position {
    std::string journal_id;
    model::Seq seq;
  };
  struct Refused {
    std::size_t index = 0;  // into the events that were given
    std::string reason;
    bool set_aside = false;  // by the option of that name
  };
  struct Delivery {
    std::size_t done = 0;  // so many of the events, from the first, are stored or refused
    std::vector<Refused> refused;
    std::optional<Error> trouble;  // why the next one is not; open() is to be called again
  };

  // The journal must outlive it.
  PostgresWriter(journal::Journal& journal, Options options);
  ~PostgresWriter();

  // How far this database has been written: of no journal where it is new, so that it gets everything.
  Result<Position> open(const std::stop_token& stop);
  Delivery deliver(std::span<const model::Event> events, const std::stop_token& stop);
  // About once a second: what is copied besides messages, and once an hour partitions and what is too old.
  Result<void> idle();
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tg::store
