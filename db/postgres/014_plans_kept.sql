-- Plans that the server's connection keeps. Behind PgBouncer a statement has no name, so each was parsed and planned for
-- every batch of the writer; what is in a function is planned once, whoever of the pool has the connection.

-- The writer's rows, an array a column.
CREATE FUNCTION telegram_gateway.store_messages(
  bigint[], bigint[], bigint[], timestamptz[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[],
  bigint[], bigint[], bigint[], bigint[], text[], text[], text[], text[], text[], text[], text[], text[], boolean[],
  boolean[], boolean[], boolean[], timestamptz[], timestamptz[], timestamptz[], timestamptz[], timestamptz[],
  timestamptz[], timestamptz[], bigint[])
RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO telegram_gateway.messages AS m (
    scope, channel_id, message_id, telegram_date, id, arrival, content_seq, last_seq, kind, origin, account, n,
    versions, thread_id, sender_id, source, message_type, text, media_type, media_refs, sender, search_text,
    metadata, offered, service, has_media, reprocess, edit_date, received_at, reprocess_requested_at, restored_at,
    created_at, updated_at, deleted_at, flags)
  SELECT
    b.scope, b.channel_id, b.message_id, b.telegram_date, b.id, b.arrival, b.content_seq, b.last_seq, b.kind,
    b.origin, b.account, b.n, b.versions, nullif(b.thread_id, 0), nullif(b.sender_id, 0), b.source, b.message_type,
    b.text, nullif(b.media_type, ''), nullif(b.media_refs, '')::jsonb, nullif(b.sender, ''), b.search_text,
    b.metadata::jsonb, b.offered, b.service, b.has_media, b.reprocess, b.edit_date, b.received_at,
    b.reprocess_requested_at, b.restored_at, b.created_at, b.updated_at, b.deleted_at, b.flags
  FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)
    AS b (scope, channel_id, message_id, telegram_date, id, arrival, content_seq, last_seq, kind, origin, account, n,
      versions, thread_id, sender_id, source, message_type, text, media_type, media_refs, sender, search_text,
      metadata, offered, service, has_media, reprocess, edit_date, received_at, reprocess_requested_at, restored_at,
      created_at, updated_at, deleted_at, flags)
  ON CONFLICT (scope, channel_id, message_id, telegram_date) DO UPDATE SET
    id = least(m.id, excluded.id), arrival = greatest(m.arrival, excluded.arrival),
    content_seq = excluded.content_seq, last_seq = excluded.last_seq, kind = excluded.kind, origin = excluded.origin,
    account = excluded.account, n = excluded.n, versions = excluded.versions, thread_id = excluded.thread_id,
    sender_id = excluded.sender_id, source = excluded.source, message_type = excluded.message_type,
    text = excluded.text, media_type = excluded.media_type, media_refs = excluded.media_refs,
    sender = excluded.sender, search_text = excluded.search_text, metadata = excluded.metadata,
    offered = excluded.offered, service = excluded.service, has_media = excluded.has_media,
    reprocess = excluded.reprocess, edit_date = excluded.edit_date,
    received_at = CASE WHEN excluded.id < m.id THEN excluded.received_at ELSE m.received_at END,
    reprocess_requested_at = coalesce(excluded.reprocess_requested_at, m.reprocess_requested_at),
    restored_at = excluded.restored_at,
    created_at = CASE WHEN excluded.id < m.id THEN excluded.created_at ELSE m.created_at END,
    updated_at = excluded.updated_at, deleted_at = excluded.deleted_at, flags = excluded.flags
  WHERE excluded.last_seq > m.last_seq;
END $$;

CREATE FUNCTION telegram_gateway.store_versions(
  bigint[], bigint[], bigint[], timestamptz[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], text[],
  text[], timestamptz[], timestamptz[], boolean[], boolean[], bigint[], bigint[])
RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO telegram_gateway.message_versions AS m (
    scope, channel_id, message_id, telegram_date, kind, edit_date, n, seq, origin, account, source, body,
    observed_at, recorded_at, superseded, hidden_edit, flags, hash)
  SELECT
    b.scope, b.channel_id, b.message_id, b.telegram_date, b.kind, b.edit_date, b.n, b.seq, b.origin, b.account,
    b.source, b.body, b.observed_at, b.recorded_at, b.superseded, b.hidden_edit, b.flags, b.hash
  FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    AS b (scope, channel_id, message_id, telegram_date, kind, edit_date, n, seq, origin, account, source, body,
      observed_at, recorded_at, superseded, hidden_edit, flags, hash)
  ON CONFLICT (scope, channel_id, message_id, telegram_date, kind, edit_date, n) DO UPDATE SET
    seq = excluded.seq, origin = excluded.origin, account = excluded.account, source = excluded.source,
    body = excluded.body, observed_at = excluded.observed_at, recorded_at = excluded.recorded_at,
    superseded = excluded.superseded, hidden_edit = excluded.hidden_edit, flags = excluded.flags,
    hash = excluded.hash
  WHERE excluded.seq > m.seq;
END $$;
REVOKE EXECUTE ON FUNCTION telegram_gateway.store_messages, telegram_gateway.store_versions FROM PUBLIC;

-- As before (002), but it ends at the first that is open instead of looking at `most` always.
CREATE OR REPLACE FUNCTION telegram_gateway.done_to(who text, channel bigint, floor bigint, most bigint, stored bigint)
RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
  last bigint; r record;
BEGIN
  FOR r IN
    SELECT m.arrival,
           m.deleted_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM telegram_gateway.serves s WHERE s.channel_id = m.channel_id AND
                           s.message_id = m.message_id AND s.scope = m.scope AND s.consumer = who)
           AND NOT EXISTS (SELECT 1 FROM telegram_gateway.acks a WHERE a.channel_id = m.channel_id AND
                           a.message_id = m.message_id AND a.scope = m.scope AND (who = '' OR a.consumer = who)) AS open
    FROM telegram_gateway.messages m
    WHERE m.channel_id = channel AND m.offered AND m.arrival > floor ORDER BY m.arrival LIMIT most
  LOOP
    IF r.open THEN
      RETURN least(stored, r.arrival - 1);
    END IF;
    last := r.arrival;
  END LOOP;
  RETURN least(stored, coalesce(last, floor));
END $$;

-- As before (013), but for one message its plans are kept where messages has partitions of PostgreSQL's: those that a
-- plan does not need are left out when it runs. For several, a plan that knows neither how many nor which dates may read
-- all that lies between; and TimescaleDB would unpack compressed chunks of every date.
CREATE OR REPLACE FUNCTION telegram_gateway.mark(who text, scopes bigint[], channels bigint[], messages bigint[],
                                      dates timestamptz[], moment timestamptz)
RETURNS TABLE (out_scope bigint, out_channel bigint, out_message bigint, out_new boolean)
LANGUAGE plpgsql VOLATILE ROWS 100
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  v_redeliver boolean; v_stored bigint; v_steps bigint; v_channel bigint; v_who text; v_floor bigint;
  v_from timestamptz; v_to timestamptz;
  l_scope bigint[]; l_channel bigint[]; l_message bigint[]; l_date timestamptz[]; l_edited boolean[];
  l_last bigint[]; l_arrival bigint[];
  n_scope bigint[]; n_channel bigint[]; n_message bigint[]; n_date timestamptz[]; f_channel bigint[];
BEGIN
  IF cardinality(scopes) > 1 THEN
    PERFORM set_config('plan_cache_mode', 'force_custom_plan', true);  -- until this function ends
  END IF;
  SELECT coalesce(bool_or(c.redeliver_edits), false) INTO v_redeliver FROM telegram_gateway.consumers c
    WHERE c.name = who;
  SELECT min(d), max(d) INTO v_from, v_to FROM unnest(dates) d;
  FOR v_try IN 1 .. 2 LOOP
    BEGIN
      SELECT array_agg(m.scope), array_agg(m.channel_id), array_agg(m.message_id), array_agg(m.telegram_date),
             array_agg(m.last_seq), array_agg(m.arrival),
             array_agg(v_redeliver AND m.kind = 2 AND coalesce(m.content_seq > s.seq, false))
        INTO l_scope, l_channel, l_message, l_date, l_last, l_arrival, l_edited
        FROM (SELECT m.scope, m.channel_id, m.message_id, m.telegram_date, m.last_seq, m.arrival, m.kind, m.content_seq
              FROM unnest(scopes, channels, messages, dates) AS k (scope, channel, message, date)
              JOIN telegram_gateway.messages m ON m.scope = k.scope AND m.channel_id = k.channel
                AND m.message_id = k.message AND m.telegram_date = k.date
              WHERE m.telegram_date BETWEEN v_from AND v_to
              ORDER BY m.scope, m.channel_id, m.message_id FOR UPDATE OF m) m
        LEFT JOIN LATERAL (SELECT s.seq FROM telegram_gateway.serves s WHERE s.channel_id = m.channel_id AND
          s.message_id = m.message_id AND s.scope = m.scope AND s.consumer IN (who, '') AND s.times > 0
          ORDER BY s.consumer DESC LIMIT 1) s ON true;
      EXIT;
    EXCEPTION WHEN feature_not_supported THEN
      IF v_try = 2 THEN
        RAISE;
      END IF;
      UPDATE telegram_gateway.messages m SET published_at = m.published_at
      FROM unnest(scopes, channels, messages, dates) AS k (scope, channel, message, date)
      WHERE m.scope = k.scope AND m.channel_id = k.channel AND m.message_id = k.message AND m.telegram_date = k.date
        AND m.telegram_date BETWEEN v_from AND v_to;
    END;
  END LOOP;
  IF l_scope IS NULL THEN
    RETURN;
  END IF;

  WITH added AS (
    INSERT INTO telegram_gateway.acks (channel_id, message_id, scope, consumer, telegram_date, at, seq)
    SELECT k.channel, k.message, k.scope, who, k.date, moment, k.last
      FROM unnest(l_scope, l_channel, l_message, l_date, l_last, l_edited)
        AS k (scope, channel, message, date, last, edited)
      WHERE NOT k.edited
      ORDER BY k.channel, k.message, k.scope
    ON CONFLICT DO NOTHING
    RETURNING channel_id, message_id, scope, telegram_date)
  SELECT array_agg(a.scope), array_agg(a.channel_id), array_agg(a.message_id), array_agg(a.telegram_date)
    INTO n_scope, n_channel, n_message, n_date FROM added a;

  DELETE FROM telegram_gateway.serves s
    USING unnest(l_scope, l_channel, l_message, l_edited) AS k (scope, channel, message, edited)
    WHERE NOT k.edited AND s.channel_id = k.channel AND s.message_id = k.message AND s.scope = k.scope
      AND s.consumer IN (who, '');
  IF v_redeliver THEN
    INSERT INTO telegram_gateway.serves AS s
      (channel_id, message_id, scope, consumer, telegram_date, arrival, times, at, seq)
    SELECT k.channel, k.message, k.scope, who, k.date, k.arrival, 0, 'epoch', 0
      FROM unnest(l_scope, l_channel, l_message, l_date, l_arrival, l_edited)
        AS k (scope, channel, message, date, arrival, edited)
      WHERE k.edited
      ORDER BY k.channel, k.message, k.scope
    ON CONFLICT (channel_id, message_id, scope, consumer) DO UPDATE SET times = 0;
  END IF;

  IF n_scope IS NOT NULL THEN
    WITH first AS (
      UPDATE telegram_gateway.messages m SET published_at = moment
      FROM unnest(n_scope, n_channel, n_message, n_date) AS k (scope, channel, message, date)
      WHERE m.scope = k.scope AND m.channel_id = k.channel AND m.message_id = k.message AND m.telegram_date = k.date
        AND m.telegram_date BETWEEN v_from AND v_to AND m.published_at IS NULL
      RETURNING m.channel_id)
    SELECT array_agg(f.channel_id) INTO f_channel FROM first f;
    INSERT INTO telegram_gateway.marked AS k (channel_id, messages)
    SELECT c, count(*) FROM unnest(f_channel) c GROUP BY c ORDER BY c
    ON CONFLICT (channel_id) DO UPDATE SET messages = k.messages + excluded.messages;
    v_stored := telegram_gateway.stored_to();
    -- Enough to keep up with a consumer that marks what it had from elsewhere and never polls.
    v_steps := 4 * cardinality(scopes) + 200;
    FOR v_channel IN SELECT DISTINCT c FROM unnest(n_channel) c ORDER BY c LOOP
      FOREACH v_who IN ARRAY ARRAY['', who] LOOP
        SELECT f.floor INTO v_floor FROM telegram_gateway.floors f WHERE f.consumer = v_who AND
          f.channel_id = v_channel;
        -- Who never polls has one all the same: it says in which channels it marked.
        CONTINUE WHEN v_floor IS NULL AND v_who = '';
        PERFORM telegram_gateway.raise_floor(v_who, v_channel, v_floor, telegram_gateway.done_to(
          v_who, v_channel, coalesce(v_floor, 0), v_steps, v_stored));
      END LOOP;
    END LOOP;
  END IF;
  UPDATE telegram_gateway.consumers c SET last_seen = moment WHERE c.name = who;

  RETURN QUERY SELECT k.scope, k.channel, k.message, CASE WHEN k.edited THEN false ELSE n.new END
    FROM unnest(l_scope, l_channel, l_message, l_edited) AS k (scope, channel, message, edited)
    LEFT JOIN (SELECT u.*, true AS new FROM unnest(n_scope, n_channel, n_message) AS u (scope, channel, message)) n
      ON n.scope = k.scope AND n.channel = k.channel AND n.message = k.message;
END $$;
DO $$
BEGIN
  IF (SELECT relkind FROM pg_catalog.pg_class WHERE oid = 'telegram_gateway.messages'::regclass) = 'p' THEN
    ALTER FUNCTION telegram_gateway.mark SET plan_cache_mode = force_generic_plan;
  END IF;
END $$;
