#pragma once
// The database as a destination, from the configuration.

#include <functional>
#include <memory>
#include <span>

#include "config/config.h"
#include "journal/journal.h"
#include "observe/metrics.h"
#include "pipeline/intake.h"
#include "sink/sink.h"
#include "store/postgres/target.h"
#include "store/postgres/writer.h"

namespace tg::app {

inline constexpr std::string_view kDatabaseReader = "postgres";  // of the journal

// Where the gateway writes and reads (PgBouncer), and where it migrates (PostgreSQL itself). Reads the password's file.
struct DatabaseTargets {
  store::postgres::Target pooled, direct;
};
Result<DatabaseTargets> database_targets(const config::Postgres& config);

Result<store::PostgresWriter::Options> database_writer_options(const config::Postgres& config);

// Called by the sink's thread with what has just been stored: what was remembered of it may be old.
using OnStored = std::function<void(std::span<const model::Event>)>;

// The journal, its writer and the metrics must outlive it.
Result<std::unique_ptr<sink::Sink>> make_database_sink(const config::Postgres& config, journal::Journal& journal,
                                                       pipeline::Intake& intake, observe::Metrics& metrics,
                                                       OnStored on_stored);

}  // namespace tg::app
