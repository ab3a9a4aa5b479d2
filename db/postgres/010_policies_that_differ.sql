-- As before (003), but what is there already stays: the gateway asks at each connection, and a policy that is made anew
-- loses its job's history and begins its interval again.
CREATE OR REPLACE FUNCTION telegram_gateway.set_policies(chunk_days int, compress_after_days int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  hypertable regclass;
  is_chunk interval;
  is_after interval;
  wanted interval := CASE WHEN compress_after_days > 0 THEN make_interval(days => compress_after_days) END;
BEGIN
  IF telegram_gateway.edition() = 'postgresql'
     OR (SELECT relkind FROM pg_catalog.pg_class WHERE oid = 'telegram_gateway.messages'::regclass) = 'p' THEN
    RETURN;
  END IF;
  FOREACH parent IN ARRAY ARRAY['messages', 'message_versions'] LOOP
    hypertable := ('telegram_gateway.' || parent)::regclass;
    SELECT d.time_interval INTO is_chunk FROM timescaledb_information.dimensions d
      WHERE d.hypertable_schema = 'telegram_gateway' AND d.hypertable_name = parent AND d.column_name = 'telegram_date';
    IF is_chunk IS DISTINCT FROM make_interval(days => chunk_days) THEN
      PERFORM set_chunk_time_interval(hypertable, make_interval(days => chunk_days));
    END IF;
    CONTINUE WHEN telegram_gateway.edition() <> 'timescaledb';
    SELECT (j.config ->> 'compress_after')::interval INTO is_after FROM timescaledb_information.jobs j
      WHERE j.hypertable_schema = 'telegram_gateway' AND j.hypertable_name = parent AND j.config ? 'compress_after';
    CONTINUE WHEN is_after IS NOT DISTINCT FROM wanted;
    PERFORM remove_compression_policy(hypertable, if_exists => true);
    CONTINUE WHEN wanted IS NULL;
    EXECUTE format('ALTER TABLE telegram_gateway.%I SET (timescaledb.compress, timescaledb.compress_segmentby = ''channel_id'',
                    timescaledb.compress_orderby = ''telegram_date DESC, message_id'')', parent);
    PERFORM add_compression_policy(hypertable, wanted);
  END LOOP;
END $$;
