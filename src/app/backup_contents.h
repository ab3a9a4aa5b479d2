#pragma once
// What a backup of this configuration holds beside the data folder.

#include "backup/backup.h"
#include "config/load.h"

namespace tg::app {

// The configuration's file and every secret that it names; by their keys, so that one finds them again.
std::vector<backup::Outside> outside_files(const config::Loaded& loaded);

// PostgreSQL by pg_dump, past PgBouncer.
backup::Dump database_dump(const config::Config& config);

// What is defined at RabbitMQ, from its management API (rabbitmq.management_url).
backup::Dump broker_definitions(const config::Config& config);

}  // namespace tg::app
