-- Makes the role of the exporter, which sees statistics and no message; may be run again, and then changes only the
-- password. After setup.sql, as a superuser:
--
--   MONITOR_PASSWORD=… psql -X -v ON_ERROR_STOP=1 -f monitor.sql telegram_gateway

\getenv password MONITOR_PASSWORD

-- The password must reach neither the log nor pg_stat_statements.
SET log_min_error_statement = panic;
SET log_min_duration_statement = -1;
SET pg_stat_statements.track_utility = off;

SELECT 'CREATE ROLE telegram_monitor'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'telegram_monitor') \gexec
ALTER ROLE telegram_monitor LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5
  PASSWORD :'password';
GRANT pg_monitor TO telegram_monitor;
GRANT CONNECT ON DATABASE telegram_gateway TO telegram_monitor;
