-- For who reads with SQL: indexes, aggregates, functions, views, rights. The same names and columns on every edition.

-- Pages, in their order; what nobody has marked, with all that a poll needs; ids; link cards.
CREATE INDEX messages_by_date ON telegram_gateway.messages (telegram_date, scope, channel_id, message_id);
CREATE INDEX messages_by_channel ON telegram_gateway.messages (channel_id, telegram_date, scope, message_id);
CREATE INDEX messages_unprocessed ON telegram_gateway.messages (channel_id, arrival)
  INCLUDE (id, scope, message_id, telegram_date) WHERE offered AND published_at IS NULL AND deleted_at IS NULL;
CREATE INDEX messages_by_id ON telegram_gateway.messages (id);
CREATE INDEX messages_link_previews ON telegram_gateway.messages (channel_id, telegram_date)
  WHERE metadata ? 'linkPreview';
CREATE INDEX acks_by_consumer ON telegram_gateway.acks (consumer, channel_id, at);

-- Indexes that cost more than the row itself are made when a partition's days are over: substring search (where the
-- extension pg_trgm is), metadata, analysis. At most so many partitions a call; how many were done. TimescaleDB keeps its
-- partitions in a schema of its own: a role that may make nothing there does without (deploy/postgresql/setup.sql grants
-- it).
CREATE FUNCTION telegram_gateway.index_past_partitions(most int) RETURNS int LANGUAGE plpgsql SET lock_timeout = '3s' AS $$
DECLARE
  part record;
  qualified text;
  trigrams text := (SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n
                    ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
  done int := 0;
BEGIN
  IF telegram_gateway.edition() <> 'postgresql' AND NOT has_schema_privilege('_timescaledb_internal', 'CREATE') THEN
    RETURN 0;
  END IF;
  FOR part IN SELECT * FROM telegram_gateway.partitions('messages') p WHERE p.ends <= now() ORDER BY p.begins DESC LOOP
    qualified := CASE WHEN part.name LIKE '%.%' THEN part.name ELSE 'telegram_gateway.' || quote_ident(part.name) END;
    CONTINUE WHEN EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
                          WHERE i.indrelid = qualified::regclass AND c.relname LIKE '%\_metadata\_past');
    EXIT WHEN done >= most;
    done := done + 1;
    IF trigrams IS NOT NULL THEN
      EXECUTE format('CREATE INDEX %I ON %s USING gin (search_text %I.gin_trgm_ops)',
                     replace(part.name, '.', '_') || '_search_past', qualified, trigrams);
    END IF;
    EXECUTE format('CREATE INDEX %I ON %s (channel_id, status, message_type, telegram_date)',
                   replace(part.name, '.', '_') || '_analysis_past', qualified);
    EXECUTE format('CREATE INDEX %I ON %s USING gin (metadata jsonb_path_ops)',
                   replace(part.name, '.', '_') || '_metadata_past', qualified);
  END LOOP;
  RETURN done;
END $$;

DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not available: search reads all messages of the days that it is asked for';
END $$;

-- Counts and latency of each hour (day) of Telegram's date, channel, type and source. Latency: from Telegram's date to
-- disk, of live messages. success_rate: of the messages that consumers are offered, those that one has marked.
CREATE TABLE telegram_gateway.messages_hourly (
  bucket timestamptz NOT NULL,
  channel_id bigint NOT NULL,
  message_type text NOT NULL,
  source text NOT NULL,
  messages bigint NOT NULL,
  unique_messages bigint NOT NULL,
  received bigint NOT NULL,
  published bigint NOT NULL,
  reprocess_pending bigint NOT NULL,
  reprocessed bigint NOT NULL,
  deleted bigint NOT NULL,
  latency_p50_ms double precision,
  latency_p95_ms double precision,
  latency_p99_ms double precision,
  success_rate double precision,
  PRIMARY KEY (bucket, channel_id, message_type, source));
CREATE TABLE telegram_gateway.messages_daily (LIKE telegram_gateway.messages_hourly INCLUDING ALL);

-- Works the aggregates out anew, for whole days in UTC from the one of first to the one of last.
CREATE FUNCTION telegram_gateway.refresh_aggregates(first timestamptz, last timestamptz) RETURNS void LANGUAGE plpgsql
SET timezone = 'UTC' AS $$
DECLARE
  unit text;
  begins timestamptz := date_trunc('day', first);
  ends timestamptz := date_trunc('day', last) + interval '1 day';
BEGIN
  FOREACH unit IN ARRAY ARRAY['hour', 'day'] LOOP
    EXECUTE format('DELETE FROM telegram_gateway.%I WHERE bucket >= $1 AND bucket < $2',
                   CASE unit WHEN 'hour' THEN 'messages_hourly' ELSE 'messages_daily' END) USING begins, ends;
    EXECUTE format($sql$
      INSERT INTO telegram_gateway.%I
      SELECT g.bucket, g.channel_id, g.message_type, g.source, g.messages, g.unique_messages, g.received, g.published,
             g.reprocess_pending, g.reprocessed, g.deleted, g.latency[1], g.latency[2], g.latency[3], g.success_rate
      FROM (SELECT date_trunc(%L, telegram_date) AS bucket, channel_id, message_type, source, count(*) AS messages,
              count(DISTINCT (scope, message_id)) AS unique_messages,
              count(*) FILTER (WHERE status = 'received') AS received,
              count(*) FILTER (WHERE status = 'published') AS published,
              count(*) FILTER (WHERE status = 'reprocess_pending') AS reprocess_pending,
              count(*) FILTER (WHERE status = 'reprocessed') AS reprocessed,
              count(*) FILTER (WHERE status = 'deleted') AS deleted,
              percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
                ORDER BY extract(epoch FROM created_at - telegram_date)::double precision * 1000)
                FILTER (WHERE origin = 1) AS latency,
              count(*) FILTER (WHERE offered AND published_at IS NOT NULL)::double precision
                / nullif(count(*) FILTER (WHERE offered), 0) AS success_rate
            FROM telegram_gateway.messages WHERE telegram_date >= $1 AND telegram_date < $2 GROUP BY 1, 2, 3, 4) g
      $sql$, CASE unit WHEN 'hour' THEN 'messages_hourly' ELSE 'messages_daily' END, unit) USING begins, ends;
  END LOOP;
END $$;

-- What a consumer has not marked, oldest arrival first. Looks only: who polls through the API is remembered as served.
CREATE FUNCTION telegram_gateway.get_unprocessed_messages_optimized(channel bigint, consumer text DEFAULT '',
                                                                    most int DEFAULT 100)
RETURNS TABLE (id bigint, channel_id bigint, message_id bigint, text text, telegram_date timestamptz,
               received_at timestamptz, status text, metadata jsonb) LANGUAGE sql STABLE AS $$
  SELECT m.id, m.channel_id, m.message_id, m.text, m.telegram_date, m.received_at, m.status, m.metadata
  FROM telegram_gateway.messages m
  WHERE m.channel_id = channel AND m.offered AND m.deleted_at IS NULL
    AND (consumer <> '' OR m.published_at IS NULL)
    AND (consumer = '' OR NOT EXISTS (SELECT FROM telegram_gateway.acks a WHERE a.channel_id = m.channel_id
         AND a.message_id = m.message_id AND a.scope = m.scope AND a.consumer = get_unprocessed_messages_optimized.consumer))
  ORDER BY m.arrival LIMIT least(greatest(most, 1), 10000)
$$;

-- Marks messages by their ids (column id) for a consumer: how many were not marked before.
CREATE FUNCTION telegram_gateway.mark_batch_as_processed(ids bigint[], processed_by text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  k record;
BEGIN
  IF processed_by = '' THEN
    RAISE EXCEPTION 'processed_by is empty' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT array_agg(m.scope) AS scopes, array_agg(m.channel_id) AS channels, array_agg(m.message_id) AS messages,
         array_agg(m.telegram_date) AS dates INTO k
    FROM telegram_gateway.messages m WHERE m.id = ANY (ids);
  IF k.scopes IS NULL THEN
    RETURN 0;
  END IF;
  RETURN (SELECT count(*) FILTER (WHERE r.out_new)
          FROM telegram_gateway.mark(processed_by, k.scopes, k.channels, k.messages, k.dates, clock_timestamp()) r);
END $$;

-- Marks one message: whether it was not marked before. The other statuses follow from what happens to a message.
CREATE FUNCTION telegram_gateway.upsert_message_status(channel bigint, message bigint, status text,
                                                       processed_by text DEFAULT 'sql') RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  IF status NOT IN ('published', 'reprocessed') THEN
    RAISE EXCEPTION 'the status % cannot be set', status USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Only published can. To delete a message or have it offered again, ask the API';
  END IF;
  RETURN telegram_gateway.mark_batch_as_processed(
    ARRAY(SELECT m.id FROM telegram_gateway.messages m WHERE m.channel_id = channel AND m.message_id = message),
    processed_by) > 0;
END $$;

-- Adds or changes messages that the gateway itself does not know: [{channelId, messageId, telegramDate, text, sender,
-- mediaType, metadata}]. What the gateway has written stays, and it overwrites these. How many were added or changed.
CREATE FUNCTION telegram_gateway.bulk_upsert_messages(messages jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  written bigint;
BEGIN
  PERFORM telegram_gateway.make_partitions(
    ARRAY(SELECT DISTINCT date_trunc('day', (r ->> 'telegramDate')::timestamptz) FROM jsonb_array_elements(messages) r), 1);
  INSERT INTO telegram_gateway.messages AS m
    (scope, channel_id, message_id, telegram_date, id, arrival, content_seq, last_seq, kind, origin, source, account, n,
     versions, offered, service, has_media, reprocess, message_type, text, media_type, sender, search_text, metadata,
     received_at, created_at, updated_at)
  SELECT DISTINCT ON (r.channel, r.message) 0, r.channel, r.message, r.date,
         (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint + r.place, 0, 0, 0, 1, 4, 'export_file', 0, 0, 1, false, false,
         r.media IS NOT NULL, false, coalesce(r.media, 'text'), coalesce(r.body, ''), r.media, r.sender,
         lower(coalesce(r.body, '')), coalesce(r.metadata, '{}'), now(), now(), now()
  FROM (SELECT (e ->> 'channelId')::bigint AS channel, (e ->> 'messageId')::bigint AS message,
               (e ->> 'telegramDate')::timestamptz AS date, e ->> 'text' AS body, e ->> 'sender' AS sender,
               e ->> 'mediaType' AS media, e -> 'metadata' AS metadata,
               row_number() OVER () AS place
        FROM jsonb_array_elements(messages) e) r
  ON CONFLICT (scope, channel_id, message_id, telegram_date) DO UPDATE SET text = excluded.text,
    search_text = excluded.search_text, sender = excluded.sender, metadata = excluded.metadata,
    media_type = excluded.media_type, has_media = excluded.has_media, message_type = excluded.message_type,
    updated_at = now()
    WHERE m.last_seq = 0;
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;

-- Every message's status as the API has it: what the broker has, and what a destination refused, told apart.
CREATE VIEW telegram_gateway.message_status AS
SELECT m.scope, m.channel_id, m.message_id, m.telegram_date, m.id,
       CASE WHEN m.status IN ('received', 'reprocess_pending') THEN telegram_gateway.pending_status(
              q.tries, m.reprocess, m.offered, m.arrival, telegram_gateway.brokered_to()) ELSE m.status END AS status
FROM telegram_gateway.messages m
LEFT JOIN LATERAL (SELECT max(q.tries) AS tries FROM telegram_gateway.quarantined q
                   WHERE q.channel_id = m.channel_id AND q.message_id = m.message_id) q ON true;

CREATE VIEW telegram_gateway.message_processing_stats AS
SELECT channel_id, count(*) AS total_messages,
       count(*) FILTER (WHERE status = 'received') AS received,
       count(*) FILTER (WHERE status = 'published') AS published,
       count(*) FILTER (WHERE status = 'reprocess_pending') AS reprocess_pending,
       count(*) FILTER (WHERE status = 'reprocessed') AS reprocessed,
       count(*) FILTER (WHERE status = 'deleted') AS deleted,
       count(*) FILTER (WHERE offered AND published_at IS NULL AND deleted_at IS NULL) AS unprocessed,
       avg(extract(epoch FROM published_at - received_at)) FILTER (WHERE published_at IS NOT NULL)::double precision
         AS average_processing_seconds,
       max(received_at) AS last_received_at
FROM telegram_gateway.messages GROUP BY channel_id;

-- The last day of each channel. health: silent, behind (more than 100 unprocessed), inactive, healthy.
CREATE VIEW telegram_gateway.channel_health_summary AS
SELECT h.*, CASE WHEN NOT h.is_active THEN 'inactive' WHEN h.unprocessed > 100 THEN 'behind'
                 WHEN h.last_message_at IS NULL OR h.last_message_at < now() - interval '1 day' THEN 'silent'
                 ELSE 'healthy' END AS health
FROM (SELECT c.channel_id, c.scope, coalesce(nullif(c.label, ''), c.title) AS label, c.is_active, c.total_messages,
             c.last_message_at, extract(epoch FROM now() - c.last_message_at)::bigint AS seconds_since_last_message,
             m.last_hour AS messages_last_hour, m.last_day AS messages_last_day, m.unprocessed
      FROM telegram_gateway.channels c
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE telegram_date >= now() - interval '1 hour') AS last_hour, count(*) AS last_day,
               count(*) FILTER (WHERE offered AND published_at IS NULL AND deleted_at IS NULL) AS unprocessed
        FROM telegram_gateway.messages m WHERE m.channel_id = c.channel_id AND m.scope = c.scope
          AND m.telegram_date >= now() - interval '1 day') m) h;

-- One row: the last five minutes, and how things stand.
CREATE VIEW telegram_gateway.performance_metrics_realtime AS
SELECT m.messages AS messages_last_5_minutes, m.messages / 300.0 AS messages_per_second,
       m.latency[1] AS latency_p50_ms, m.latency[2] AS latency_p95_ms, m.latency[3] AS latency_p99_ms,
       c.seq AS stored_seq, extract(epoch FROM now() - c.updated_at)::double precision AS seconds_since_last_write,
       (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = current_database()) AS connections,
       pg_catalog.pg_database_size(current_database()) AS database_bytes
FROM (SELECT count(*) AS messages, percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
               ORDER BY extract(epoch FROM created_at - telegram_date)::double precision * 1000)
               FILTER (WHERE origin = 1) AS latency
      FROM telegram_gateway.messages
      WHERE telegram_date >= now() - interval '1 hour' AND created_at >= now() - interval '5 minutes') m
LEFT JOIN telegram_gateway.cursors c ON c.name = 'postgres';

-- Gives a role the right to read everything, and nothing else: SELECT telegram_gateway.grant_reading('grafana');
CREATE FUNCTION telegram_gateway.grant_reading(role_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
  EXECUTE format('GRANT USAGE ON SCHEMA telegram_gateway TO %I', role_name);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA telegram_gateway TO %I', role_name);
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA telegram_gateway GRANT SELECT ON TABLES TO %I', role_name);
END $$;

-- Functions that write are for the gateway's role alone, until it grants them.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA telegram_gateway FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telegram_gateway.edition(), telegram_gateway.brokered_to(), telegram_gateway.stored_to(),
  telegram_gateway.pending_status(bigint, boolean, boolean, bigint, bigint),
  telegram_gateway.partitions(text),
  telegram_gateway.get_unprocessed_messages_optimized(bigint, text, int) TO PUBLIC;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'telegram_gateway_reader') THEN
    PERFORM telegram_gateway.grant_reading('telegram_gateway_reader');
  END IF;
END $$;
