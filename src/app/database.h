#pragma once
// The database as a destination, from the configuration.

#include <memory>

#include "config/config.h"
#include "journal/journal.h"
#include "sink/sink.h"
#include "store/postgres/target.h"

namespace tg::app {

// Where the gateway writes and reads (PgBouncer), and where it migrates (PostgreSQL itself). Reads the password's file.
struct DatabaseTargets {
  store::postgres::Target pooled, direct;
};
Result<DatabaseTargets> database_targets(const config::Postgres& config);

// The journal must outlive it.
Result<std::unique_ptr<sink::Sink>> make_database_sink(const config::Postgres& config, journal::Journal& journal);

}  // namespace tg::app
