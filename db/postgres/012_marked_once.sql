-- As before (004), but of a message that is stored under two dates the newest row stands for it: marked twice in one
-- statement is an error. The other is published with it.
CREATE OR REPLACE FUNCTION telegram_gateway.mark_batch_as_processed(ids bigint[], processed_by text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  k record; v_new bigint;
BEGIN
  IF processed_by = '' THEN
    RAISE EXCEPTION 'processed_by is empty' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT array_agg(m.scope) AS scopes, array_agg(m.channel_id) AS channels, array_agg(m.message_id) AS messages,
         array_agg(m.telegram_date) AS dates, array_agg(m.place) AS places INTO k
    FROM (SELECT scope, channel_id, message_id, telegram_date,
                 row_number() OVER (PARTITION BY scope, channel_id, message_id ORDER BY last_seq DESC) AS place
          FROM telegram_gateway.messages WHERE id = ANY (ids)) m;
  IF k.scopes IS NULL THEN
    RETURN 0;
  END IF;
  SELECT count(*) FILTER (WHERE r.out_new) INTO v_new
    FROM (SELECT array_agg(u.scope) AS scopes, array_agg(u.channel) AS channels, array_agg(u.message) AS messages,
                 array_agg(u.date) AS dates
          FROM unnest(k.scopes, k.channels, k.messages, k.dates, k.places) AS u (scope, channel, message, date, place)
          WHERE u.place = 1) o,
         telegram_gateway.mark(processed_by, o.scopes, o.channels, o.messages, o.dates, clock_timestamp()) r;
  IF 1 < ANY (k.places) THEN
    PERFORM telegram_gateway.settle_published(k.scopes, k.channels, k.messages, k.dates);
  END IF;
  RETURN v_new;
END $$;
