#include "app/database_store.h"

#include "app/database.h"

namespace tg::app {

Result<std::unique_ptr<store::PostgresStore>> open_database_store(const config::Postgres& config,
                                                                  store::PostgresStore::Parts parts) {
  auto targets = database_targets(config);
  if (!targets) return targets.error();
  store::PostgresStore::Options options;
  options.connections = static_cast<std::size_t>(config.connections);
  return std::make_unique<store::PostgresStore>(std::move(targets->pooled), std::move(parts), options);
}

}  // namespace tg::app
