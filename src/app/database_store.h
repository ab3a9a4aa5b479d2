#pragma once
// The store in the database, from the configuration.

#include <memory>

#include "config/config.h"
#include "store/postgres/postgres_store.h"

namespace tg::app {

// Reads the password's file; reaches nothing yet.
Result<std::unique_ptr<store::PostgresStore>> open_database_store(const config::Postgres& config,
                                                                  store::PostgresStore::Parts parts);

}  // namespace tg::app
