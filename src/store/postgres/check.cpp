// What `db check` looks at.

#include "store/postgres/detail/connection.h"
#include "store/postgres/schema.h"

namespace tg::store::postgres {
namespace {

constexpr std::string_view kMigrate = "Run `telegram-gateway db migrate`";

class Checks {
 public:
  explicit Checks(Connection& db) : db_(db) {}

  // `sql` gives a row for each thing that is wrong, its name in the first column.
  void none(const std::string& about, std::string_view sql, const std::string& fix) {
    auto rows = db_.run(sql);
    if (!rows) return add(about, rows.error().what, rows.error().fix);
    std::string names;
    for (int i = 0; i < rows->size(); ++i)
      fmt::format_to(std::back_inserter(names), "{}{}", i ? ", " : "", rows->text(i, 0));
    add(about, names, names.empty() ? "" : fix);
  }
  void add(const std::string& about, std::string problem, std::string fix) {
    findings.push_back({about, std::move(problem), std::move(fix)});
  }

  std::vector<Finding> findings;

 private:
  Connection& db_;
};

// Where a connection leads: two that give the same lead to one database.
Result<std::string> place(Connection& db) {
  auto rows = db.run("SELECT current_database() || ' since ' || pg_postmaster_start_time()::text");
  if (!rows) return rows.error();
  return std::string(rows->text(0, 0));
}

}  // namespace

Result<std::vector<Finding>> check(const Target& pooled, const Target& direct) {
  auto state = schema_state(pooled);
  if (!state) return state.error();
  auto db = Connection::open(pooled);
  if (!db) return db.error();
  Checks checks(**db);
  checks.add(fmt::format("PostgreSQL {}, {}", state->server, state->edition), "", "");
  const bool current = state->waiting.empty();
  checks.add("schema", current ? "" : fmt::format("{} migrations are waiting", state->waiting.size()),
             current ? "" : std::string(kMigrate));
  if (!current) return checks.findings;
  checks.none("tables",
              "SELECT t FROM unnest(ARRAY['messages', 'message_versions', 'channels', 'topics', 'cursors', "
              "'quarantined', 'consumers', 'acks', 'floors', 'serves', 'messages_hourly', 'messages_daily']) t WHERE "
              "to_regclass('telegram_gateway.' || t) IS NULL",
              "Restore the schema from a backup, or drop it and run `telegram-gateway db migrate`");
  checks.none("indexes",
              "SELECT t FROM unnest(ARRAY['messages_pkey', 'messages_by_date', 'messages_by_channel', "
              "'messages_unprocessed', 'messages_by_id', 'messages_offered', 'messages_link_previews']) t WHERE NOT "
              "EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE "
              "c.relnamespace = 'telegram_gateway'::regnamespace AND i.indisvalid AND c.relname IN (t, "
              "replace(t, 'messages_pkey', 'messages_shape_pkey')))",
              "Make it as db/postgres has it");
  checks.none("partitions ahead",
              "SELECT d::date::text FROM generate_series(now(), now() + interval '1 day', interval '1 day') d WHERE "
              "EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = 'telegram_gateway.messages'::regclass AND relkind = "
              "'p') AND NOT EXISTS (SELECT FROM telegram_gateway.partitions('messages') p WHERE d >= p.begins AND d < "
              "p.ends)",
              "Start the gateway: it makes them");
  checks.none(
      "privileges",
      "SELECT 'CREATE on the schema' WHERE NOT has_schema_privilege('telegram_gateway', 'CREATE') UNION ALL "
      "SELECT p || ' on messages' FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p WHERE NOT "
      "has_table_privilege('telegram_gateway.messages', p) UNION ALL SELECT 'EXECUTE on ' || p.oid::regprocedure "
      "FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'telegram_gateway'::regnamespace AND NOT "
      "has_function_privilege(p.oid, 'EXECUTE')",
      "Sign in as the role that owns the schema, or give it to postgres.user");
  checks.none("substring search",
              "SELECT 'the extension pg_trgm is missing: search reads whole days' WHERE NOT EXISTS (SELECT FROM "
              "pg_catalog.pg_extension WHERE extname = 'pg_trgm')",
              "As a superuser, in this database: CREATE EXTENSION pg_trgm");
  const std::vector<Query> two = {{"SELECT pg_current_xact_id()::text", {}}, {"SELECT pg_current_xact_id()::text", {}}};
  auto together = (*db)->run_together(two);
  const bool one = together && (*together)[0].text(0, 0) == (*together)[1].text(0, 0);
  checks.add("one transaction through the pool",
             one        ? ""
             : together ? std::string("two statements came to two transactions")
                        : together.error().what,
             one ? "" : "Set pool_mode = transaction in PgBouncer");
  auto here = place(**db);
  auto straight = Connection::open(direct);
  auto there = straight ? place(**straight) : Result<std::string>(straight.error());
  if (!there) {
    checks.add("direct port", there.error().what, there.error().fix);
  } else {
    const bool same = here && *here == *there;
    checks.add("direct port", same ? "" : "it leads to another database than postgres.port",
               same ? "" : "Correct postgres.direct_port");
  }
  return checks.findings;
}

}  // namespace tg::store::postgres
