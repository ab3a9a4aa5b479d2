-- What is too old goes a partition at a time, each in a transaction of its own: many at once take more locks than a server
-- has, and hold all of them until the last is done. What consumers did with its messages goes afterwards, so many rows at
-- a time; which dates are still to be done is kept.
CREATE TABLE telegram_gateway.dropped_dates (
  begins timestamptz NOT NULL,
  ends timestamptz NOT NULL,
  PRIMARY KEY (begins, ends));

-- Marks come in about the order of their messages' dates, so that a few pages hold a day's: it costs next to nothing to
-- keep, and a mark pays for no index more.
CREATE INDEX acks_by_date ON telegram_gateway.acks USING brin (telegram_date) WITH (pages_per_range = 32);

DROP FUNCTION telegram_gateway.cleanup_old_messages(int, text);

-- Drops what is older than so many days: whole partitions, at most so many a call, the oldest first. keep_by 'date' counts
-- from Telegram's date, 'stored' from when the newest message of a partition came. The partitions that went; none where
-- none is left to go.
CREATE FUNCTION telegram_gateway.cleanup_old_messages(keep_days int, keep_by text DEFAULT 'date', most int DEFAULT 10)
RETURNS SETOF text LANGUAGE plpgsql SET lock_timeout = '3s' AS $$
DECLARE
  oldest timestamptz := now() - make_interval(days => keep_days);
  part record;
  needed boolean;
  parent text;
  name text;
  counted record;
  gone int := 0;
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
    EXIT WHEN gone >= most;
    needed := false;
    IF keep_by = 'stored' THEN
      SELECT EXISTS (SELECT FROM telegram_gateway.messages m WHERE m.telegram_date >= part.begins
                     AND m.telegram_date < part.ends AND m.created_at >= oldest) INTO needed;
    END IF;
    CONTINUE WHEN needed;
    gone := gone + 1;
    SELECT array_agg(g.channel_id ORDER BY g.channel_id) AS channels, array_agg(g.messages ORDER BY g.channel_id) AS counts
      INTO counted
      FROM (SELECT m.channel_id, count(*) AS messages FROM telegram_gateway.messages m WHERE m.telegram_date >= part.begins
            AND m.telegram_date < part.ends AND m.published_at IS NOT NULL GROUP BY 1) g;
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
    -- Behind the drop: who marks has locked the messages before it counts.
    UPDATE telegram_gateway.marked k SET messages = greatest(0, k.messages - g.messages)
      FROM unnest(counted.channels, counted.counts) AS g (channel_id, messages) WHERE k.channel_id = g.channel_id;
    INSERT INTO telegram_gateway.dropped_dates VALUES (part.begins, part.ends) ON CONFLICT DO NOTHING;
  END LOOP;
END $$;

-- Forgets what consumers did with messages that were dropped, at most so many rows: how many; 0 where all is done.
CREATE FUNCTION telegram_gateway.forget_dropped(most int) RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  part telegram_gateway.dropped_dates;
  removed bigint;
  more bigint;
BEGIN
  LOOP
    SELECT * INTO part FROM telegram_gateway.dropped_dates d ORDER BY d.begins LIMIT 1 FOR UPDATE;
    IF NOT FOUND THEN
      RETURN 0;
    END IF;
    DELETE FROM telegram_gateway.acks WHERE ctid = ANY (ARRAY(SELECT a.ctid FROM telegram_gateway.acks a
      WHERE a.telegram_date >= part.begins AND a.telegram_date < part.ends LIMIT most));
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM telegram_gateway.serves WHERE ctid = ANY (ARRAY(SELECT s.ctid FROM telegram_gateway.serves s
      WHERE s.telegram_date >= part.begins AND s.telegram_date < part.ends LIMIT most - removed));
    GET DIAGNOSTICS more = ROW_COUNT;
    IF removed + more > 0 THEN
      RETURN removed + more;
    END IF;
    DELETE FROM telegram_gateway.dropped_dates d WHERE d.begins = part.begins AND d.ends = part.ends;
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION telegram_gateway.cleanup_old_messages(int, text, int), telegram_gateway.forget_dropped(int)
  FROM PUBLIC;
