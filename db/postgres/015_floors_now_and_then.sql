-- As before (014), but a mark of one message raises no floor, which was half of its time, except now and then.
CREATE OR REPLACE FUNCTION telegram_gateway.mark(who text, scopes bigint[], channels bigint[], messages bigint[],
                                      dates timestamptz[], moment timestamptz)
RETURNS TABLE (out_scope bigint, out_channel bigint, out_message bigint, out_new boolean)
LANGUAGE plpgsql VOLATILE ROWS 100
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  v_redeliver boolean; v_stored bigint; v_steps bigint; v_channel bigint; v_who text; v_floor bigint;
  v_from timestamptz; v_to timestamptz; v_raises boolean;
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
    -- Polls raise floors themselves. This is for who marks what it had from elsewhere: enough to keep up with it, and of
    -- single marks so seldom that they do not feel it.
    v_steps := 4 * cardinality(scopes) + 1000;
    v_raises := cardinality(scopes) > 1 OR random() * 250 < 1;
    FOR v_channel IN SELECT DISTINCT c FROM unnest(n_channel) c ORDER BY c LOOP
      FOREACH v_who IN ARRAY ARRAY['', who] LOOP
        SELECT f.floor INTO v_floor FROM telegram_gateway.floors f WHERE f.consumer = v_who AND
          f.channel_id = v_channel;
        -- Who never polls has one all the same: it says in which channels it marked.
        CONTINUE WHEN NOT v_raises AND v_floor IS NOT NULL OR v_floor IS NULL AND v_who = '';
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
