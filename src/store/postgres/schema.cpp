#include "store/postgres/schema.h"

#include "observe/log.h"
#include "store/postgres/detail/connection.h"
#include "store/postgres/detail/statements.h"

namespace tg::store::postgres {
namespace {

constexpr int kLeastServer = 150'000;
// Another program may be at it, and indexes over many rows take their time.
constexpr std::chrono::minutes kMigrationPatience{30};
constexpr std::int64_t kLock = 0x7467'6d69'6772'6174;  // "tgmigrat"

std::string version_text(int number) { return fmt::format("{}.{}", number / 10'000, number % 10'000); }

Result<std::unique_ptr<Connection>> reach(const Target& target, const std::stop_token& stop = {}) {
  auto db = Connection::open(target, kPatience, stop);
  if (!db) return db.error();
  if ((*db)->server_version() >= kLeastServer) return db;
  return Error{Code::unsupported,
               fmt::format("{}:{} is PostgreSQL {}; 15 is the oldest that is supported", target.host, target.port,
                           version_text((*db)->server_version())),
               "Upgrade the server, or name another one with postgres.host"};
}

Result<std::vector<Applied>> read_applied(Connection& db) {
  std::vector<Applied> all;
  auto there = db.run("SELECT to_regclass('telegram_gateway.schema_migrations') IS NOT NULL");
  if (!there) return there.error();
  if (!there->boolean(0, 0)) return all;
  auto rows = db.run(
      "SELECT version, name, checksum, program, applied_at FROM telegram_gateway.schema_migrations ORDER BY version");
  if (!rows) return rows.error();
  for (int i = 0; i < rows->size(); ++i) {
    all.push_back({static_cast<int>(rows->integer(i, 0)), std::string(rows->text(i, 1)), std::string(rows->text(i, 2)),
                   std::string(rows->text(i, 3)), rows->time(i, 4)});
  }
  return all;
}

Result<void> compare(const std::vector<Applied>& applied, const std::vector<Migration>& known) {
  if (!applied.empty() && (known.empty() || applied.back().version > known.back().version)) {
    return Error{Code::unsupported,
                 fmt::format("the database has schema {}, this program knows {}", applied.back().version,
                             known.empty() ? 0 : known.back().version),
                 "Start the newer program that migrated it, or restore a backup made before the upgrade"};
  }
  for (const auto& one : applied) {
    const auto same = std::find_if(known.begin(), known.end(),
                                   [&](const Migration& migration) { return migration.version == one.version; });
    if (same != known.end() && same->checksum == one.checksum) continue;
    return Error{
        Code::corrupt,
        fmt::format("migration {} was applied to the database as something else than this program has", one.name),
        "Use a program of a released version; `telegram-gateway db status` lists what was applied, by which"};
  }
  return {};
}

std::string_view first_line(std::string_view sql) { return sql.substr(0, std::min(sql.find('\n'), std::size_t{100})); }

// Inside a transaction.
Result<void> apply(Connection& db, const Migration& migration, std::string_view program) {
  for (const auto& part : statements_of(migration.sql)) {
    auto done = db.execute(part.sql, kMigrationPatience);
    if (done) continue;
    return Error{done.error().code,
                 fmt::format("migration {}, line {} ({}): {}", migration.name, part.line, first_line(part.sql),
                             done.error().what),
                 done.error().fix.empty() ? "The database is as it was before" : done.error().fix};
  }
  auto noted = db.run(
      "INSERT INTO telegram_gateway.schema_migrations (version, name, checksum, program) VALUES ($1, $2, $3, $4)",
      Params().add(std::int64_t{migration.version}).add(migration.name).add(migration.checksum).add(program));
  return noted ? Result<void>() : noted.error();
}

// The next one that is missing, in a transaction of its own; nothing when all are there.
Result<std::optional<std::string>> step(Connection& db, const std::vector<Migration>& all, std::string_view program) {
  auto locked = db.run("SELECT pg_advisory_xact_lock($1)", Params().add(kLock), kMigrationPatience);
  if (!locked) return locked.error();
  auto applied = read_applied(db);
  if (!applied) return applied.error();
  if (auto same = compare(*applied, all); !same) return same.error();
  const int newest = applied->empty() ? 0 : applied->back().version;
  const auto next =
      std::find_if(all.begin(), all.end(), [&](const Migration& migration) { return migration.version > newest; });
  if (next == all.end()) return std::optional<std::string>();
  if (auto done = apply(db, *next, program); !done) return done.error();
  return std::optional<std::string>(next->name);
}

}  // namespace

Result<SchemaState> schema_state(const Target& target, const std::stop_token& stop) {
  auto db = reach(target, stop);
  if (!db) return db.error();
  SchemaState state;
  state.server = version_text((*db)->server_version());
  auto rows = (*db)->run(
      "SELECT coalesce((SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'timescaledb'), ''), "
      "coalesce(current_setting('timescaledb.license', true), '')");
  if (!rows) return rows.error();
  state.timescaledb = rows->text(0, 0);
  state.edition = "postgresql";
  if (!state.timescaledb.empty())
    state.edition = rows->text(0, 1) == "timescale" ? "timescaledb" : "timescaledb-apache";
  auto applied = read_applied(**db);
  if (!applied) return applied.error();
  if (auto same = compare(*applied, migrations()); !same) return same.error();
  state.applied = std::move(*applied);
  for (const auto& migration : migrations()) {
    if (migration.version > state.version()) state.waiting.emplace_back(migration.name);
  }
  return state;
}

Result<std::vector<std::string>> migrate(const Target& target, std::string_view program, const std::stop_token& stop,
                                         const std::vector<Migration>& all) {
  auto db = reach(target, stop);
  if (!db) return db.error();
  std::vector<std::string> names;
  while (true) {
    if (auto begun = (*db)->execute("BEGIN"); !begun) return begun.error();
    auto applied = step(**db, all, program);
    if (!applied) {
      (void)(*db)->execute("ROLLBACK");
      return applied.error();
    }
    if (auto ended = (*db)->execute("COMMIT", kMigrationPatience); !ended) return ended.error();
    if (!*applied) return names;
    observe::info("migrated", {{"migration", **applied}});
    names.push_back(std::move(**applied));
  }
}

}  // namespace tg::store::postgres
