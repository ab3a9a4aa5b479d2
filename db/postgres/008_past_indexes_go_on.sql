-- What is still to be run so that past partitions have their indexes (007), so that one that fails keeps no other waiting.
-- Indexes that a failed statement left unfinished are dropped first: every write still pays for them. A partition where
-- somebody makes an index now is left out: a second statement would wait for it. but_not: statements that failed; who
-- runs them tries these again later.
DROP FUNCTION telegram_gateway.past_index_statements(int);

CREATE FUNCTION telegram_gateway.past_index_statements(most int, but_not text[] DEFAULT '{}')
RETURNS TABLE (statement text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  trigrams text := (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n
                    ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
BEGIN
  IF telegram_gateway.edition() <> 'postgresql' AND NOT has_schema_privilege('_timescaledb_internal', 'CREATE') THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT w.statement
    FROM (SELECT p.begins, k.place, made.valid,
                 CASE WHEN made.valid IS NULL THEN format('CREATE INDEX CONCURRENTLY %I ON %s %s', k.named, q.name, k.columns)
                      ELSE format('DROP INDEX CONCURRENTLY IF EXISTS %s', made.name) END AS statement
          FROM telegram_gateway.partitions('messages') p
          CROSS JOIN LATERAL (SELECT CASE WHEN p.name LIKE '%.%' THEN p.name
                                     ELSE 'telegram_gateway.' || quote_ident(p.name) END AS name) q
          CROSS JOIN LATERAL (SELECT i.place, replace(p.name, '.', '_') || i.ending AS named, i.columns FROM (VALUES
              (1, '_search_past', format('USING gin (search_text %I.gin_trgm_ops)', coalesce(trigrams, 'public'))),
              (2, '_analysis_past', '(channel_id, status, message_type, telegram_date)'),
              (3, '_metadata_past', 'USING gin (metadata jsonb_path_ops)')) AS i (place, ending, columns)
            WHERE i.place <> 1 OR trigrams IS NOT NULL) k
          LEFT JOIN LATERAL (SELECT i.indisvalid AS valid, i.indexrelid::regclass::text AS name
                             FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                             WHERE i.indrelid = to_regclass(q.name) AND c.relname = k.named) made ON true
          WHERE p.ends <= now() AND to_regclass(q.name) IS NOT NULL AND made.valid IS NOT TRUE
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index g
                            WHERE g.datname = current_database() AND g.relid = to_regclass(q.name))) w
    WHERE w.statement <> ALL (but_not)
    ORDER BY w.valid IS NULL, w.begins DESC, w.place LIMIT most;
END $$;
REVOKE EXECUTE ON FUNCTION telegram_gateway.past_index_statements(int, text[]) FROM PUBLIC;
