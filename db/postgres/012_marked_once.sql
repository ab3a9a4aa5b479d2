-- As before (004), but of a message that is stored under two dates one row stands for it: marked twice in one statement is
-- an error.
CREATE OR REPLACE FUNCTION telegram_gateway.mark_batch_as_processed(ids bigint[], processed_by text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  k record;
BEGIN
  IF processed_by = '' THEN
    RAISE EXCEPTION 'processed_by is empty' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT array_agg(m.scope) AS scopes, array_agg(m.channel_id) AS channels, array_agg(m.message_id) AS messages,
         array_agg(m.telegram_date) AS dates INTO k
    FROM (SELECT DISTINCT ON (scope, channel_id, message_id) scope, channel_id, message_id, telegram_date
          FROM telegram_gateway.messages WHERE id = ANY (ids)
          ORDER BY scope, channel_id, message_id, last_seq DESC) m;
  IF k.scopes IS NULL THEN
    RETURN 0;
  END IF;
  RETURN (SELECT count(*) FILTER (WHERE r.out_new)
          FROM telegram_gateway.mark(processed_by, k.scopes, k.channels, k.messages, k.dates, clock_timestamp()) r);
END $$;
