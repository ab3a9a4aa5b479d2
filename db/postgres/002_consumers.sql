-- Consumers: what each was served, and what each has marked. One call of a function is one transaction, whoever's
-- connection it is.
--
--   arrival ──▶ [acked][acked][served][acked][served] │ [open][acked][open] … newest
--                                                     floor
--
-- Below the floor every offered message is acked, deleted, or has its row in serves. A floor never passes what the
-- writer has stored (cursors, 'postgres'): a message's arrival may be ahead of it. The consumer '' stands for "marked
-- by nobody".

CREATE TABLE telegram_gateway.consumers (
  name text PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen timestamptz NOT NULL DEFAULT now(),
  stream_seq bigint NOT NULL DEFAULT 0,
  journal_id text NOT NULL DEFAULT '',
  began text NOT NULL DEFAULT '',
  acked_at timestamptz,
  redeliver_edits boolean NOT NULL DEFAULT false,
  origins text NOT NULL DEFAULT '');

CREATE TABLE telegram_gateway.floors (
  consumer text NOT NULL,
  channel_id bigint NOT NULL,
  floor bigint NOT NULL,
  PRIMARY KEY (consumer, channel_id));

-- seq: the newest event of the message when it was marked. What happens later may take the mark away, and a second
-- telling of what happened before does not.
CREATE TABLE telegram_gateway.acks (
  channel_id bigint NOT NULL,
  message_id bigint NOT NULL,
  scope bigint NOT NULL,
  consumer text NOT NULL,
  telegram_date timestamptz NOT NULL,
  at timestamptz NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (channel_id, message_id, scope, consumer));

-- What a consumer was served and has not marked. seq: the event of the newest content that it was served. times 0: to
-- be offered again. From 10 times on it is parked, behind all others.
CREATE TABLE telegram_gateway.serves (
  channel_id bigint NOT NULL,
  message_id bigint NOT NULL,
  scope bigint NOT NULL,
  consumer text NOT NULL,
  telegram_date timestamptz NOT NULL,
  arrival bigint NOT NULL,
  times integer NOT NULL,
  at timestamptz NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (channel_id, message_id, scope, consumer));
CREATE INDEX serves_by_message ON telegram_gateway.serves (consumer, message_id);
CREATE INDEX serves_waiting ON telegram_gateway.serves (consumer, channel_id, arrival) WHERE times < 10;
CREATE INDEX serves_parked ON telegram_gateway.serves (consumer, channel_id, times, at, message_id, scope)
  WHERE times >= 10;

-- How many messages of a channel anyone has marked, so that nobody counts them.
CREATE TABLE telegram_gateway.marked (
  channel_id bigint PRIMARY KEY,
  messages bigint NOT NULL);

-- What is offered in order of arrival; what is asked for again; what was deleted. None names what a mark changes: a
-- mark would have to write anew in every index of the table.
CREATE INDEX messages_offered ON telegram_gateway.messages (channel_id, arrival) WHERE offered;
CREATE INDEX messages_asked_again ON telegram_gateway.messages (channel_id) WHERE reprocess;
CREATE INDEX messages_deleted ON telegram_gateway.messages (channel_id) WHERE deleted_at IS NOT NULL;

-- Where dates are known, plans are made anew, for the few partitions between them; where they are not, the plan over all
-- partitions is kept by the server's connection, for making it costs more than running it.

CREATE FUNCTION telegram_gateway.stored_to() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT seq FROM telegram_gateway.cursors WHERE name = 'postgres'), 0)
$$;

CREATE FUNCTION telegram_gateway.brokered_to() RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT seq FROM telegram_gateway.cursors WHERE name = 'rabbitmq'), 0)
$$;

-- What consumers have done with it is not looked at. The last try of a reader that gave up is the tenth.
CREATE FUNCTION telegram_gateway.pending_status(tries bigint, reprocess boolean, offered boolean, arrival bigint,
                                                brokered bigint)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN tries >= 10 THEN 'failed' WHEN tries IS NOT NULL THEN 'retrying'
              WHEN reprocess THEN 'reprocess_pending' WHEN offered AND arrival <= brokered THEN 'queued'
              ELSE 'received' END
$$;

-- Adds to the counts of marked messages, always in the same order.
CREATE FUNCTION telegram_gateway.count_marked(channels bigint[], change integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO telegram_gateway.marked AS k (channel_id, messages)
  SELECT c, change * count(*) FROM unnest(channels) c GROUP BY c ORDER BY c
  ON CONFLICT (channel_id) DO UPDATE SET messages = k.messages + excluded.messages
$$;

-- Up to which arrival everything is done or served, looking at `most` messages above the floor.
CREATE FUNCTION telegram_gateway.done_to(who text, channel bigint, floor bigint, most bigint, stored bigint)
RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
  last bigint; first_open bigint;
BEGIN
  SELECT max(w.at), min(w.at) FILTER (WHERE NOT w.done) INTO last, first_open FROM (
    SELECT m.arrival AS at,
           m.deleted_at IS NOT NULL
           OR EXISTS (SELECT 1 FROM telegram_gateway.serves s WHERE s.channel_id = m.channel_id AND
                      s.message_id = m.message_id AND s.scope = m.scope AND s.consumer = who)
           OR EXISTS (SELECT 1 FROM telegram_gateway.acks a WHERE a.channel_id = m.channel_id AND
                      a.message_id = m.message_id AND a.scope = m.scope AND (who = '' OR a.consumer = who)) AS done
    FROM telegram_gateway.messages m
    WHERE m.channel_id = channel AND m.offered AND m.arrival > floor ORDER BY m.arrival LIMIT most) w;
  RETURN least(stored, coalesce(first_open - 1, last, floor));
END $$;

-- A floor that was removed meanwhile stays removed: its consumer begins anew. `was` NULL: there was none.
CREATE FUNCTION telegram_gateway.raise_floor(who text, channel bigint, was bigint, to_arrival bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF was IS NULL THEN
    INSERT INTO telegram_gateway.floors (consumer, channel_id, floor) VALUES (who, channel, to_arrival)
      ON CONFLICT DO NOTHING;
  ELSIF to_arrival > was THEN
    UPDATE telegram_gateway.floors f SET floor = to_arrival
      WHERE f.consumer = who AND f.channel_id = channel AND f.floor < to_arrival;
  END IF;
END $$;

-- Consumers that have polled, at most `most` + 1, from name to name by the keys' order.
CREATE FUNCTION telegram_gateway.may_poll(who text, most bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  polling bigint;
BEGIN
  IF who = '' OR EXISTS (SELECT 1 FROM telegram_gateway.floors f WHERE f.consumer = who)
     OR EXISTS (SELECT 1 FROM telegram_gateway.serves s WHERE s.consumer = who) THEN
    RETURN true;
  END IF;
  WITH RECURSIVE names (name) AS (
    (SELECT f.consumer FROM telegram_gateway.floors f WHERE f.consumer > '' ORDER BY f.consumer LIMIT 1)
    UNION ALL
    SELECT (SELECT f.consumer FROM telegram_gateway.floors f WHERE f.consumer > n.name ORDER BY f.consumer LIMIT 1)
    FROM names n WHERE n.name IS NOT NULL)
  SELECT count(*) INTO polling FROM (SELECT name FROM names WHERE name IS NOT NULL LIMIT most) n;
  RETURN polling < most;
END $$;

-- What a consumer has before it in these channels, oldest arrival first and what is parked last; remembered as served
-- unless it only peeks. At most `room` come for the first time. wanted NULL: whatever its status is.
CREATE FUNCTION telegram_gateway.serve(who text, channels bigint[], wanted text[], most bigint, room bigint,
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

-- What of a consumer's serves can no longer be marked is forgotten: how many rows.
CREATE FUNCTION telegram_gateway.forget_gone(who text) RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  removed bigint;
BEGIN
  DELETE FROM telegram_gateway.serves s WHERE s.consumer = who AND NOT EXISTS (
    SELECT 1 FROM telegram_gateway.messages m WHERE m.scope = s.scope AND m.channel_id = s.channel_id AND
      m.message_id = s.message_id AND m.telegram_date = s.telegram_date AND m.deleted_at IS NULL);
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;

-- published_at is the oldest mark that stands: as the acks have it now.
CREATE FUNCTION telegram_gateway.settle_published(scopes bigint[], channels bigint[], messages bigint[],
                                                  dates timestamptz[])
RETURNS void LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_from timestamptz; v_to timestamptz;
BEGIN
  SELECT min(d), max(d) INTO v_from, v_to FROM unnest(dates) d;
  UPDATE telegram_gateway.messages m SET published_at = a.first
  FROM unnest(scopes, channels, messages, dates) AS k (scope, channel, message, date)
  CROSS JOIN LATERAL (SELECT min(a.at) AS first FROM telegram_gateway.acks a WHERE a.channel_id = k.channel AND
                      a.message_id = k.message AND a.scope = k.scope) a
  WHERE m.scope = k.scope AND m.channel_id = k.channel AND m.message_id = k.message AND m.telegram_date = k.date
    AND m.telegram_date BETWEEN v_from AND v_to AND m.published_at IS DISTINCT FROM a.first;
END $$;

-- Marks these messages. out_new: true where it is newly marked; NULL where it was before; false where it was edited since
-- it was served and the consumer wants edits: a mark speaks for what was served, and it is offered again. The messages' rows are
-- locked first, in the order of the key, so that the writer's changes come before or behind.
CREATE FUNCTION telegram_gateway.mark(who text, scopes bigint[], channels bigint[], messages bigint[],
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
  SELECT coalesce(bool_or(c.redeliver_edits), false) INTO v_redeliver FROM telegram_gateway.consumers c
    WHERE c.name = who;
  SELECT min(d), max(d) INTO v_from, v_to FROM unnest(dates) d;
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
    PERFORM telegram_gateway.count_marked(f_channel, 1);
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

-- The writer calls it in a batch's transaction, after it has stored the messages: what happened in the batch that opens
-- messages again. kinds as in model::Kind: 2 edited (not superseded), 4 restored, 8 asked for again; others are passed
-- over. Telling the same twice changes nothing.
CREATE FUNCTION telegram_gateway.reopen(scopes bigint[], channels bigint[], messages bigint[], dates timestamptz[],
                                        kinds bigint[], seqs bigint[])
RETURNS void LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  k_scope bigint[]; k_channel bigint[]; k_message bigint[]; k_date timestamptz[];
  v_edits boolean := EXISTS (SELECT 1 FROM telegram_gateway.consumers WHERE redeliver_edits);
  v_from timestamptz := (SELECT min(d) FROM unnest(dates) d);
  v_to timestamptz := (SELECT max(d) FROM unnest(dates) d);
BEGIN
  IF NOT (kinds && ARRAY[4, 8]::bigint[] OR (v_edits AND kinds && ARRAY[2]::bigint[])) THEN
    RETURN;
  END IF;

  -- One that came back stands behind all that was offered before: whatever floor has passed it, it is above.
  UPDATE telegram_gateway.messages m SET arrival = e.seq
    FROM (SELECT scope, channel, message, date, max(seq) AS seq
          FROM unnest(scopes, channels, messages, dates, kinds, seqs) AS u (scope, channel, message, date, kind, seq)
          WHERE kind IN (4, 8) GROUP BY 1, 2, 3, 4) e
    WHERE m.scope = e.scope AND m.channel_id = e.channel AND m.message_id = e.message AND m.telegram_date = e.date
      AND m.telegram_date BETWEEN v_from AND v_to AND m.offered AND m.arrival < e.seq;

  DELETE FROM telegram_gateway.serves s
    USING unnest(scopes, channels, messages, kinds, seqs) AS e (scope, channel, message, kind, seq)
    WHERE e.kind = 8 AND s.channel_id = e.channel AND s.message_id = e.message AND s.scope = e.scope
      AND s.arrival < e.seq;

  WITH taken AS (
    DELETE FROM telegram_gateway.acks a
      USING unnest(scopes, channels, messages, kinds, seqs) AS e (scope, channel, message, kind, seq)
      WHERE a.channel_id = e.channel AND a.message_id = e.message AND a.scope = e.scope AND a.seq < e.seq
        AND (e.kind = 8 OR (e.kind = 2 AND v_edits AND EXISTS (
          SELECT 1 FROM telegram_gateway.consumers c WHERE c.name = a.consumer AND c.redeliver_edits)))
      RETURNING a.scope, a.channel_id, a.message_id, a.consumer, a.telegram_date, e.kind),
  again AS (
    INSERT INTO telegram_gateway.serves AS s
      (channel_id, message_id, scope, consumer, telegram_date, arrival, times, at, seq)
    SELECT t.channel_id, t.message_id, t.scope, t.consumer, t.telegram_date, m.arrival, 0, 'epoch', 0
      FROM taken t
      JOIN telegram_gateway.messages m ON m.scope = t.scope AND m.channel_id = t.channel_id AND
        m.message_id = t.message_id AND m.telegram_date = t.telegram_date
      WHERE t.kind = 2 AND m.telegram_date BETWEEN v_from AND v_to
      ORDER BY 1, 2, 3, 4
    ON CONFLICT (channel_id, message_id, scope, consumer) DO UPDATE SET times = 0)
  SELECT array_agg(d.scope), array_agg(d.channel_id), array_agg(d.message_id), array_agg(d.telegram_date)
    INTO k_scope, k_channel, k_message, k_date
    FROM (SELECT DISTINCT scope, channel_id, message_id, telegram_date FROM taken) d;

  -- Marked by nobody any more.
  IF k_scope IS NOT NULL THEN
    SELECT array_agg(k.scope), array_agg(k.channel), array_agg(k.message), array_agg(k.date)
      INTO k_scope, k_channel, k_message, k_date
      FROM unnest(k_scope, k_channel, k_message, k_date) AS k (scope, channel, message, date)
      WHERE NOT EXISTS (SELECT 1 FROM telegram_gateway.acks a WHERE a.channel_id = k.channel AND
                        a.message_id = k.message AND a.scope = k.scope);
    IF k_scope IS NOT NULL THEN
      PERFORM telegram_gateway.count_marked(k_channel, -1);
      INSERT INTO telegram_gateway.serves (channel_id, message_id, scope, consumer, telegram_date, arrival, times, at,
                                           seq)
        SELECT k.channel, k.message, k.scope, '', k.date, m.arrival, 0, 'epoch', 0
        FROM unnest(k_scope, k_channel, k_message, k_date) AS k (scope, channel, message, date)
        JOIN telegram_gateway.messages m ON m.scope = k.scope AND m.channel_id = k.channel AND
          m.message_id = k.message AND m.telegram_date = k.date
        WHERE m.telegram_date BETWEEN v_from AND v_to AND EXISTS (SELECT 1 FROM telegram_gateway.floors f WHERE f.consumer = '' AND f.channel_id = k.channel)
        ORDER BY 1, 2, 3
      ON CONFLICT DO NOTHING;
    END IF;
  END IF;

  SELECT array_agg(e.scope), array_agg(e.channel), array_agg(e.message), array_agg(e.date)
    INTO k_scope, k_channel, k_message, k_date
    FROM (SELECT DISTINCT scope, channel, message, date
          FROM unnest(scopes, channels, messages, dates, kinds) AS u (scope, channel, message, date, kind)
          WHERE kind IN (4, 8) OR (v_edits AND kind = 2)) e;
  PERFORM telegram_gateway.settle_published(k_scope, k_channel, k_message, k_date);
END $$;

-- Takes a consumer's marks in a channel away, at most so many: how many. What it alone had marked is marked by nobody
-- then.
CREATE FUNCTION telegram_gateway.forget_marks(who text, channel bigint, most bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
  k_scope bigint[]; k_message bigint[]; k_date timestamptz[]; removed bigint;
BEGIN
  WITH these AS (SELECT a.message_id, a.scope FROM telegram_gateway.acks a WHERE a.channel_id = channel AND
                 a.consumer = who ORDER BY a.message_id LIMIT most FOR UPDATE),
  gone AS (DELETE FROM telegram_gateway.acks a USING these t WHERE a.channel_id = channel AND a.consumer = who AND
           a.message_id = t.message_id AND a.scope = t.scope RETURNING a.scope, a.message_id, a.telegram_date)
  SELECT array_agg(g.scope), array_agg(g.message_id), array_agg(g.telegram_date) INTO k_scope, k_message, k_date
    FROM gone g;
  removed := coalesce(cardinality(k_scope), 0);
  IF removed > 0 THEN
    PERFORM telegram_gateway.settle_published(k_scope, array_fill(channel, ARRAY[removed::integer]), k_message, k_date);
    SELECT array_agg(k.message) INTO k_message
      FROM unnest(k_scope, k_message) AS k (scope, message)
      WHERE NOT EXISTS (SELECT 1 FROM telegram_gateway.acks a WHERE a.channel_id = channel AND
                        a.message_id = k.message AND a.scope = k.scope);
    IF k_message IS NOT NULL THEN
      PERFORM telegram_gateway.count_marked(array_fill(channel, ARRAY[cardinality(k_message)]), -1);
    END IF;
  END IF;
  DELETE FROM telegram_gateway.floors f WHERE f.consumer = '' AND f.channel_id = channel AND removed > 0;
  RETURN removed;
END $$;

-- With the marks that are left: whether anything was known of it.
CREATE FUNCTION telegram_gateway.remove_consumer(who text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_channel bigint; removed bigint := 0; n bigint;
BEGIN
  FOR v_channel IN SELECT f.channel_id FROM telegram_gateway.floors f WHERE f.consumer = who ORDER BY 1 LOOP
    removed := removed + telegram_gateway.forget_marks(who, v_channel, NULL);
  END LOOP;
  DELETE FROM telegram_gateway.consumers c WHERE c.name = who;
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed + n;
  DELETE FROM telegram_gateway.floors f WHERE f.consumer = who;
  GET DIAGNOSTICS n = ROW_COUNT;
  removed := removed + n;
  DELETE FROM telegram_gateway.serves s WHERE s.consumer = who;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN removed + n > 0;
END $$;
