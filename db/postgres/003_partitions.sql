-- Partitions of messages and message_versions by Telegram's date: made before they are needed, dropped when all in them
-- is older than what is kept. With TimescaleDB they are its chunks.

-- The partitions of a table, with the dates that they hold: from begins to before ends.
CREATE FUNCTION telegram_gateway.partitions(parent text)
RETURNS TABLE (name text, begins timestamptz, ends timestamptz) LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF (SELECT relkind FROM pg_catalog.pg_class WHERE oid = ('telegram_gateway.' || parent)::regclass) = 'p' THEN
    RETURN QUERY
      SELECT c.relname::text,
             (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
             (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz
      FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = ('telegram_gateway.' || parent)::regclass ORDER BY 2;
  ELSE
    RETURN QUERY
      SELECT format('%I.%I', h.chunk_schema, h.chunk_name), h.range_start, h.range_end
      FROM timescaledb_information.chunks h
      WHERE h.hypertable_schema = 'telegram_gateway' AND h.hypertable_name = parent ORDER BY 2;
  END IF;
END $$;

-- Makes the partitions that these dates need, each of so many days; a day where a longer one does not fit between what
-- is there. How many were made. They are attached: that waits for no reader.
CREATE FUNCTION telegram_gateway.make_partitions(dates timestamptz[], days int) RETURNS int LANGUAGE plpgsql
SET timezone = 'UTC' AS $$
DECLARE
  parent text;
  day timestamptz;
  first timestamptz;
  last timestamptz;
  made int := 0;
BEGIN
  IF (SELECT relkind FROM pg_catalog.pg_class WHERE oid = 'telegram_gateway.messages'::regclass) <> 'p' THEN
    RETURN 0;
  END IF;
  PERFORM pg_advisory_xact_lock(8387791053279551857);  -- 'tgparts1': two programs, one at a time
  FOREACH parent IN ARRAY ARRAY['messages', 'message_versions'] LOOP
    FOR day IN SELECT DISTINCT date_trunc('day', d) FROM unnest(dates) d ORDER BY 1 LOOP
      CONTINUE WHEN EXISTS (SELECT FROM telegram_gateway.partitions(parent) p WHERE day >= p.begins AND day < p.ends);
      first := 'epoch'::timestamptz
               + make_interval(days => days * floor(extract(epoch FROM day) / 86400 / days)::int);
      last := first + make_interval(days => days);
      IF EXISTS (SELECT FROM telegram_gateway.partitions(parent) p WHERE p.begins < last AND p.ends > first) THEN
        first := day;
        last := day + interval '1 day';
      END IF;
      EXECUTE format('CREATE TABLE telegram_gateway.%I (LIKE telegram_gateway.%I INCLUDING ALL)',
                     parent || to_char(first, '"_p"YYYYMMDD'), parent);
      EXECUTE format('ALTER TABLE telegram_gateway.%I ATTACH PARTITION telegram_gateway.%I FOR VALUES FROM (%L) TO (%L)',
                     parent, parent || to_char(first, '"_p"YYYYMMDD'), first, last);
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

-- Drops what is older than so many days: whole partitions. keep_by 'date' counts from Telegram's date, 'stored' from when
-- the newest message of a partition came. What consumers did with them goes as well. The partitions that went.
CREATE FUNCTION telegram_gateway.cleanup_old_messages(keep_days int, keep_by text DEFAULT 'date')
RETURNS SETOF text LANGUAGE plpgsql SET lock_timeout = '3s' AS $$
DECLARE
  oldest timestamptz := now() - make_interval(days => keep_days);
  part record;
  needed boolean;
  parent text;
  name text;
  native boolean := (SELECT relkind FROM pg_catalog.pg_class WHERE oid = 'telegram_gateway.messages'::regclass) = 'p';
BEGIN
  IF keep_days <= 0 THEN
    RETURN;
  END IF;
  IF keep_by NOT IN ('date', 'stored') THEN
    RAISE EXCEPTION 'keep_by is %, neither date nor stored', keep_by USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOR part IN SELECT p.begins, p.ends FROM telegram_gateway.partitions('messages') p WHERE p.ends <= oldest ORDER BY 1
  LOOP
    needed := false;
    IF keep_by = 'stored' THEN
      SELECT EXISTS (SELECT FROM telegram_gateway.messages m WHERE m.telegram_date >= part.begins
                     AND m.telegram_date < part.ends AND m.created_at >= oldest) INTO needed;
    END IF;
    CONTINUE WHEN needed;
    UPDATE telegram_gateway.marked k SET messages = greatest(0, k.messages - g.messages)
      FROM (SELECT m.channel_id, count(*) AS messages FROM telegram_gateway.messages m WHERE m.telegram_date >= part.begins
            AND m.telegram_date < part.ends AND m.published_at IS NOT NULL GROUP BY 1) g
      WHERE k.channel_id = g.channel_id;
    DELETE FROM telegram_gateway.acks a WHERE a.telegram_date >= part.begins AND a.telegram_date < part.ends;
    DELETE FROM telegram_gateway.serves s WHERE s.telegram_date >= part.begins AND s.telegram_date < part.ends;
    FOREACH parent IN ARRAY ARRAY['messages', 'message_versions'] LOOP
      IF native THEN
        FOR name IN SELECT p.name FROM telegram_gateway.partitions(parent) p
                    WHERE p.begins >= part.begins AND p.ends <= part.ends LOOP
          EXECUTE format('DROP TABLE telegram_gateway.%I', name);
          RETURN NEXT name;
        END LOOP;
      ELSE
        RETURN QUERY EXECUTE format('SELECT drop_chunks(%L::regclass, older_than => %L::timestamptz, newer_than => %L::timestamptz)::text',
                                    'telegram_gateway.' || parent, part.ends, part.begins);
      END IF;
    END LOOP;
  END LOOP;
END $$;

-- What TimescaleDB does by itself, as the gateway's configuration has it. Without TimescaleDB, nothing.
CREATE FUNCTION telegram_gateway.set_policies(chunk_days int, compress_after_days int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
BEGIN
  IF telegram_gateway.edition() = 'postgresql'
     OR (SELECT relkind FROM pg_catalog.pg_class WHERE oid = 'telegram_gateway.messages'::regclass) = 'p' THEN
    RETURN;
  END IF;
  FOREACH parent IN ARRAY ARRAY['messages', 'message_versions'] LOOP
    PERFORM set_chunk_time_interval(('telegram_gateway.' || parent)::regclass, make_interval(days => chunk_days));
    CONTINUE WHEN telegram_gateway.edition() <> 'timescaledb';
    PERFORM remove_compression_policy(('telegram_gateway.' || parent)::regclass, if_exists => true);
    CONTINUE WHEN compress_after_days <= 0;
    EXECUTE format('ALTER TABLE telegram_gateway.%I SET (timescaledb.compress, timescaledb.compress_segmentby = ''channel_id'',
                    timescaledb.compress_orderby = ''telegram_date DESC, message_id'')', parent);
    PERFORM add_compression_policy(('telegram_gateway.' || parent)::regclass, make_interval(days => compress_after_days));
  END LOOP;
END $$;
