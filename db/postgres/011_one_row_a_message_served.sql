-- As before (002), but of a message that two gateways have stored under two dates the newest row alone is served: as two it
-- would be remembered twice in one statement, which is an error, and no poll of its channel came through.
CREATE OR REPLACE FUNCTION telegram_gateway.serve(who text, channels bigint[], wanted text[], most bigint, room bigint,
                                       most_consumers bigint, peek boolean, moment timestamptz)
RETURNS TABLE (out_scope bigint, out_channel bigint, out_message bigint, out_date timestamptz, out_status text,
               out_first boolean)
LANGUAGE plpgsql VOLATILE ROWS 100
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  parked_from CONSTANT integer := 10;
  most_passed_over CONSTANT integer := 50000;
  v_stored bigint; v_brokered bigint; v_channel bigint; v_floor bigint; v_left bigint;
  v_open bigint; v_passed_over bigint; v_stop bigint; v_to bigint; v_waiting bigint;
  v_floors bigint[] := '{}'; v_stops bigint[] := '{}';
  -- candidates: served before, or open
  c_scope bigint[] := '{}'; c_channel bigint[] := '{}'; c_message bigint[] := '{}'; c_date timestamptz[] := '{}';
  c_arrival bigint[] := '{}'; c_seq bigint[] := '{}'; c_status text[] := '{}'; c_times integer[] := '{}';
  c_open boolean[] := '{}';
  -- chosen
  t_scope bigint[]; t_channel bigint[]; t_message bigint[]; t_date timestamptz[]; t_arrival bigint[]; t_seq bigint[];
  t_status text[]; t_times integer[];
  g_scope bigint[] := '{}'; g_channel bigint[] := '{}'; g_message bigint[] := '{}';
  r record;
BEGIN
  IF NOT telegram_gateway.may_poll(who, most_consumers) THEN
    RAISE EXCEPTION 'too many consumers poll' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  v_stored := telegram_gateway.stored_to();
  v_brokered := telegram_gateway.brokered_to();

  FOREACH v_channel IN ARRAY channels LOOP
    SELECT f.floor INTO v_floor FROM telegram_gateway.floors f WHERE f.consumer = who AND f.channel_id = v_channel;
    v_floors := v_floors || v_floor;
    v_waiting := 0;
    FOR r IN
      SELECT s.scope, s.message_id, s.telegram_date, s.arrival, s.times, m.content_seq,
             m.id IS NULL OR m.deleted_at IS NOT NULL OR a.acked AS gone,
             telegram_gateway.pending_status(q.tries, m.reprocess, m.offered, m.arrival, v_brokered) AS status
      FROM telegram_gateway.serves s
      LEFT JOIN LATERAL (SELECT * FROM telegram_gateway.messages m WHERE m.scope = s.scope AND
        m.channel_id = s.channel_id AND m.message_id = s.message_id AND m.telegram_date = s.telegram_date) m ON true
      LEFT JOIN LATERAL (SELECT max(q.tries)::bigint AS tries FROM telegram_gateway.quarantined q
        WHERE q.channel_id = s.channel_id AND q.message_id = s.message_id) q ON true
      CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM telegram_gateway.acks a WHERE a.channel_id = s.channel_id AND
        a.message_id = s.message_id AND a.scope = s.scope AND (who = '' OR a.consumer = who)) AS acked) a
      WHERE s.consumer = who AND s.channel_id = v_channel AND s.times < 10 ORDER BY s.arrival
    LOOP
      EXIT WHEN v_waiting >= most;
      IF r.gone THEN
        g_scope := g_scope || r.scope; g_channel := g_channel || v_channel; g_message := g_message || r.message_id;
        CONTINUE;
      END IF;
      CONTINUE WHEN wanted IS NOT NULL AND NOT (r.status = ANY (wanted)
                                                OR (r.status <> 'queued' AND 'received' = ANY (wanted)));
      v_waiting := v_waiting + 1;
      c_scope := c_scope || r.scope; c_channel := c_channel || v_channel; c_message := c_message || r.message_id;
      c_date := c_date || r.telegram_date; c_arrival := c_arrival || r.arrival; c_seq := c_seq || r.content_seq;
      c_status := c_status || r.status; c_times := c_times || r.times; c_open := c_open || false;
    END LOOP;

    v_open := 0; v_passed_over := 0; v_stop := NULL;
    FOR r IN
      SELECT m.scope, m.message_id, m.telegram_date, m.arrival, m.content_seq,
             telegram_gateway.pending_status(q.tries, m.reprocess, m.offered, m.arrival, v_brokered) AS status
      FROM telegram_gateway.messages m
      LEFT JOIN LATERAL (SELECT max(q.tries)::bigint AS tries FROM telegram_gateway.quarantined q
        WHERE q.channel_id = m.channel_id AND q.message_id = m.message_id) q ON true
      WHERE m.channel_id = v_channel AND m.offered AND m.arrival > coalesce(v_floor, 0) AND m.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM telegram_gateway.serves s WHERE s.channel_id = m.channel_id AND
                        s.message_id = m.message_id AND s.scope = m.scope AND s.consumer = who)
        AND NOT EXISTS (SELECT 1 FROM telegram_gateway.acks a WHERE a.channel_id = m.channel_id AND
                        a.message_id = m.message_id AND a.scope = m.scope AND (who = '' OR a.consumer = who))
      ORDER BY m.arrival
    LOOP
      IF v_open >= least(most, room) OR v_passed_over >= most_passed_over THEN
        v_stop := least(v_stop, r.arrival);
        EXIT;
      END IF;
      IF wanted IS NOT NULL AND NOT (r.status = ANY (wanted)
                                     OR (r.status <> 'queued' AND 'received' = ANY (wanted))) THEN
        v_passed_over := v_passed_over + 1;
        v_stop := least(v_stop, r.arrival);
        CONTINUE;
      END IF;
      v_open := v_open + 1;
      c_scope := c_scope || r.scope; c_channel := c_channel || v_channel; c_message := c_message || r.message_id;
      c_date := c_date || r.telegram_date; c_arrival := c_arrival || r.arrival; c_seq := c_seq || r.content_seq;
      c_status := c_status || r.status; c_times := c_times || 0; c_open := c_open || true;
    END LOOP;
    room := room - v_open;
    v_stops := v_stops || v_stop;
  END LOOP;

  SELECT array_agg(c.scope), array_agg(c.channel), array_agg(c.message), array_agg(c.date), array_agg(c.arrival),
         array_agg(c.seq), array_agg(c.status), array_agg(c.times)
    INTO t_scope, t_channel, t_message, t_date, t_arrival, t_seq, t_status, t_times
    FROM (SELECT * FROM unnest(c_scope, c_channel, c_message, c_date, c_arrival, c_seq, c_status, c_times)
            AS u (scope, channel, message, date, arrival, seq, status, times) ORDER BY arrival LIMIT most) c;
  v_left := most - coalesce(cardinality(t_scope), 0);

  FOREACH v_channel IN ARRAY channels LOOP
    EXIT WHEN v_left <= 0;
    FOR r IN
      SELECT s.scope, s.message_id, s.telegram_date, s.arrival, s.times, m.content_seq,
             m.id IS NULL OR m.deleted_at IS NOT NULL OR a.acked AS gone,
             telegram_gateway.pending_status(q.tries, m.reprocess, m.offered, m.arrival, v_brokered) AS status
      FROM telegram_gateway.serves s
      LEFT JOIN LATERAL (SELECT * FROM telegram_gateway.messages m WHERE m.scope = s.scope AND
        m.channel_id = s.channel_id AND m.message_id = s.message_id AND m.telegram_date = s.telegram_date) m ON true
      LEFT JOIN LATERAL (SELECT max(q.tries)::bigint AS tries FROM telegram_gateway.quarantined q
        WHERE q.channel_id = s.channel_id AND q.message_id = s.message_id) q ON true
      CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM telegram_gateway.acks a WHERE a.channel_id = s.channel_id AND
        a.message_id = s.message_id AND a.scope = s.scope AND (who = '' OR a.consumer = who)) AS acked) a
      WHERE s.consumer = who AND s.channel_id = v_channel AND s.times >= 10
      ORDER BY s.times, s.at, s.message_id, s.scope
    LOOP
      EXIT WHEN v_left <= 0;
      IF r.gone THEN
        g_scope := g_scope || r.scope; g_channel := g_channel || v_channel; g_message := g_message || r.message_id;
        CONTINUE;
      END IF;
      CONTINUE WHEN wanted IS NOT NULL AND NOT (r.status = ANY (wanted)
                                                OR (r.status <> 'queued' AND 'received' = ANY (wanted)));
      v_left := v_left - 1;
      t_scope := t_scope || r.scope; t_channel := t_channel || v_channel; t_message := t_message || r.message_id;
      t_date := t_date || r.telegram_date; t_arrival := t_arrival || r.arrival; t_seq := t_seq || r.content_seq;
      t_status := t_status || r.status; t_times := t_times || r.times;
    END LOOP;
  END LOOP;

  SELECT array_agg(t.scope ORDER BY t.place), array_agg(t.channel ORDER BY t.place),
         array_agg(t.message ORDER BY t.place), array_agg(t.date ORDER BY t.place),
         array_agg(t.arrival ORDER BY t.place), array_agg(t.seq ORDER BY t.place),
         array_agg(t.status ORDER BY t.place), array_agg(t.times ORDER BY t.place)
    INTO t_scope, t_channel, t_message, t_date, t_arrival, t_seq, t_status, t_times
    FROM (SELECT DISTINCT ON (channel, message, scope) *
          FROM unnest(t_scope, t_channel, t_message, t_date, t_arrival, t_seq, t_status, t_times)
            WITH ORDINALITY AS u (scope, channel, message, date, arrival, seq, status, times, place)
          ORDER BY channel, message, scope, seq DESC) t;

  IF NOT peek THEN
    IF cardinality(g_scope) > 0 THEN
      DELETE FROM telegram_gateway.serves s USING unnest(g_scope, g_channel, g_message) AS g (scope, channel, message)
        WHERE s.channel_id = g.channel AND s.message_id = g.message AND s.scope = g.scope AND s.consumer = who;
    END IF;
    -- It may have been marked between the reading and now.
    INSERT INTO telegram_gateway.serves AS s
      (channel_id, message_id, scope, consumer, telegram_date, arrival, times, at, seq)
    SELECT t.channel, t.message, t.scope, who, t.date, t.arrival, 1, moment, t.seq
      FROM unnest(t_channel, t_message, t_scope, t_date, t_arrival, t_seq)
        AS t (channel, message, scope, date, arrival, seq)
      WHERE NOT EXISTS (SELECT 1 FROM telegram_gateway.acks a WHERE a.channel_id = t.channel AND
                        a.message_id = t.message AND a.scope = t.scope AND (who = '' OR a.consumer = who))
      ORDER BY t.channel, t.message, t.scope
    ON CONFLICT (channel_id, message_id, scope, consumer) DO UPDATE
      SET times = s.times + 1, at = greatest(s.at, excluded.at), seq = greatest(s.seq, excluded.seq),
          arrival = greatest(s.arrival, excluded.arrival);
    FOR i IN 1 .. cardinality(channels) LOOP
      SELECT min(c.arrival) INTO v_stop
        FROM unnest(c_channel, c_message, c_scope, c_arrival, c_open) AS c (channel, message, scope, arrival, open)
        WHERE c.open AND c.channel = channels[i] AND NOT EXISTS (
          SELECT 1 FROM unnest(t_channel, t_message, t_scope) AS t (channel, message, scope)
          WHERE t.channel = c.channel AND t.message = c.message AND t.scope = c.scope);
      v_to := least(v_stored, coalesce(v_stops[i] - 1, v_stored), coalesce(v_stop - 1, v_stored));
      PERFORM telegram_gateway.raise_floor(who, channels[i], v_floors[i], v_to);
    END LOOP;
  END IF;

  RETURN QUERY SELECT t.scope, t.channel, t.message, t.date, t.status, t.times = 0
    FROM unnest(t_scope, t_channel, t_message, t_date, t_status, t_times)
      WITH ORDINALITY AS t (scope, channel, message, date, status, times, place) ORDER BY t.place;
END $$;
