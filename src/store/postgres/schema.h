#pragma once
// The schema of the database: how it stands, and bringing it up to date by the numbered files of db/postgres.
//
// Each migration is a transaction of its own, under a lock that ends with it: several programs may migrate at once,
// also through PgBouncer in transaction pooling. One that fails leaves the database as it was.

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"
#include "model/result.h"
#include "store/postgres/detail/migrations.h"
#include "store/postgres/target.h"

namespace tg::store::postgres {

struct Applied {
  int version = 0;
  std::string name, checksum, program;
  model::Time at;
};

struct SchemaState {
  std::string server;            // of PostgreSQL: 15.20
  std::string edition;           // postgresql, timescaledb-apache, timescaledb
  std::string timescaledb;       // its version; empty = not in this database
  std::vector<Applied> applied;  // by number
  std::vector<std::string> waiting;
  int version() const { return applied.empty() ? 0 : applied.back().version; }
};

// Code::unsupported: PostgreSQL is older than 15, or a newer program has migrated the database. Code::corrupt: what was
// applied is not what this program has under the number.
Result<SchemaState> schema_state(const Target& target, const std::stop_token& stop = {});

// The names of what was applied, none when all was there. `all`: what to bring it to; tests give others.
Result<std::vector<std::string>> migrate(const Target& target, std::string_view program,
                                         const std::stop_token& stop = {},
                                         const std::vector<Migration>& all = migrations());

// One thing that was looked at.
struct Finding {
  std::string about;
  std::string problem;  // empty = as it should be
  std::string fix;
};

// Reaches the database both ways: `pooled` as the gateway writes and reads, `direct` as it migrates.
Result<std::vector<Finding>> check(const Target& pooled, const Target& direct);

}  // namespace tg::store::postgres
