-- Makes the gateway's role and its database; may be run again, and then changes only the password. As a superuser:
--
--   GATEWAY_PASSWORD=… psql -X -v ON_ERROR_STOP=1 -f setup.sql postgres
--
-- Everything inside the database is made by the gateway's own migrations, which need no more than owning it.

\getenv password GATEWAY_PASSWORD

-- The password must reach neither the log nor pg_stat_statements.
SET log_min_error_statement = panic;
SET log_min_duration_statement = -1;
SET pg_stat_statements.track_utility = off;

SELECT 'CREATE ROLE telegram_gateway'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'telegram_gateway') \gexec
ALTER ROLE telegram_gateway
  LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';

SELECT 'CREATE DATABASE telegram_gateway OWNER telegram_gateway'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'telegram_gateway') \gexec
REVOKE ALL ON DATABASE telegram_gateway FROM PUBLIC;

\connect telegram_gateway
SET client_min_messages = warning;

-- Extensions that only a superuser may make. TimescaleDB: where it is installed and preloaded.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SELECT 'CREATE EXTENSION IF NOT EXISTS timescaledb'
 WHERE current_setting('shared_preload_libraries') LIKE '%timescaledb%' \gexec
-- Its partitions are there; the gateway makes the indexes of those whose days are over.
SELECT 'GRANT USAGE, CREATE ON SCHEMA _timescaledb_internal TO telegram_gateway'
 WHERE EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') \gexec
