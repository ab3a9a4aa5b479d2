-- What is still to be run so that past partitions have their indexes, newest partition first: one statement at a time and
-- each outside a transaction, because the gateway writes to these partitions meanwhile (edits, marks, imports) and must
-- not wait for an index. An index that a stopped statement left unfinished is dropped and made anew.
DROP FUNCTION telegram_gateway.index_past_partitions(int);

CREATE FUNCTION telegram_gateway.past_index_statements(most int) RETURNS TABLE (statement text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  part record;
  wanted record;
  made record;
  qualified text;
  trigrams text := (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n
                    ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
  named text;
  told int := 0;
BEGIN
  IF telegram_gateway.edition() <> 'postgresql' AND NOT has_schema_privilege('_timescaledb_internal', 'CREATE') THEN
    RETURN;
  END IF;
  FOR part IN SELECT * FROM telegram_gateway.partitions('messages') p WHERE p.ends <= now() ORDER BY p.begins DESC LOOP
    qualified := CASE WHEN part.name LIKE '%.%' THEN part.name ELSE 'telegram_gateway.' || quote_ident(part.name) END;
    FOR wanted IN SELECT * FROM (VALUES
        ('_search_past', format('USING gin (search_text %I.gin_trgm_ops)', coalesce(trigrams, 'public')), trigrams IS NOT NULL),
        ('_analysis_past', '(channel_id, status, message_type, telegram_date)', true),
        ('_metadata_past', 'USING gin (metadata jsonb_path_ops)', true)) AS w (ending, columns, possible)
    LOOP
      CONTINUE WHEN NOT wanted.possible;
      named := replace(part.name, '.', '_') || wanted.ending;
      SELECT i.indisvalid AS valid, i.indexrelid::regclass::text AS name INTO made
      FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = qualified::regclass AND c.relname = named;
      CONTINUE WHEN FOUND AND made.valid;
      IF told >= most THEN
        RETURN;
      END IF;
      told := told + 1;
      statement := CASE WHEN FOUND THEN format('DROP INDEX CONCURRENTLY %s', made.name)
                        ELSE format('CREATE INDEX CONCURRENTLY %I ON %s %s', named, qualified, wanted.columns) END;
      RETURN NEXT;
    END LOOP;
  END LOOP;
END $$;
