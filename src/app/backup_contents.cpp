#include "app/backup_contents.h"

#include "app/broker_management.h"
#include "app/database.h"
#include "backup/child.h"
#include "config/secret.h"

namespace tg::app {
namespace {

// Below the six hours that the backup's unit has: the journal comes behind it.
constexpr std::chrono::hours kDumpPatience{4};

Result<void> dump_database(const store::postgres::Target& target, const std::filesystem::path& to,
                           const std::function<Result<void>()>& go_on) {
  auto ended =
      backup::run_child({{"pg_dump", "--format=custom", "--compress=0", "--no-password", "--file=" + to.string()},
                         {{"PGHOST", target.host},
                          {"PGPORT", std::to_string(target.port)},
                          {"PGDATABASE", target.database},
                          {"PGUSER", target.user},
                          {"PGPASSWORD", target.password},
                          {"PGSSLMODE", target.tls},
                          {"PGSSLROOTCERT", target.tls_ca_file},
                          {"PGCONNECT_TIMEOUT", "30"},
                          {"PGAPPNAME", "telegram-gateway backup"}},
                         kDumpPatience,
                         go_on});
  if (!ended) return ended.error();
  if (ended->code != 0) {
    return Error{Code::unavailable, "pg_dump: " + ended->complaint(),
                 "Look at postgres.direct_port and the server (telegram-gateway db status), or leave the database out: "
                 "--no-database"};
  }
  return {};
}

}  // namespace

std::vector<backup::Outside> outside_files(const config::Loaded& loaded) {
  std::vector<backup::Outside> files;
  if (loaded.file_read) files.push_back({"configuration/telegram-gateway.toml", loaded.file});
  const auto add = [&](const std::string& key, const std::string& name) {
    if (!name.empty()) files.push_back({"configuration/secrets/" + key, config::secret_path(name)});
  };
  const auto& config = loaded.config;
  add("telegram.api_hash_file", config.telegram.api_hash_file);
  add("telegram.database_key_file", config.telegram.database_key_file);
  add("postgres.password_file", config.postgres.password_file);
  add("redis.password_file", config.redis.password_file);
  add("redis.sentinel_password_file", config.redis.sentinel_password_file);
  add("rabbitmq.password_file", config.rabbitmq.password_file);
  add("rabbitmq.management_password_file", config.rabbitmq.management_password_file);
  add("smtp.password_file", config.smtp.password_file);
  for (const auto& token : config.auth.tokens) {
    if (token.origin.starts_with('/')) add("auth.tokens." + token.name, token.origin);
  }
  for (const auto& hook : config.webhooks) add("webhooks." + hook.name, hook.secret_file);
  return files;
}

backup::Dump database_dump(const config::Config& config) {
  return {"postgresql.dump", "PostgreSQL",
          [postgres = config.postgres](const auto& to, const auto& go_on) -> Result<void> {
            const auto targets = database_targets(postgres);
            if (!targets) return targets.error();
            return dump_database(targets->direct, to, go_on);
          }};
}

backup::Dump broker_definitions(const config::Config& config) {
  return {"rabbitmq.json", "RabbitMQ's definitions",
          [rabbitmq = config.rabbitmq](const auto& to, const auto&) { return write_definitions(rabbitmq, to); }};
}

}  // namespace tg::app
