-- The first statement of each of the writer's batches. TG001: the cursor is not where the writer left it, so the batch
-- would leave a gap: the database is another one, an earlier copy of it (behind PgBouncer that closes no connection of
-- the writer's), or somebody else writes to it.
CREATE FUNCTION telegram_gateway.expect_cursor(journal text, at bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  now telegram_gateway.cursors;
BEGIN
  SELECT * INTO now FROM telegram_gateway.cursors c WHERE c.name = 'postgres' FOR UPDATE;
  IF coalesce(now.journal_id, '') <> journal OR coalesce(now.seq, 0) <> at THEN
    RAISE EXCEPTION 'the cursor is at % of journal "%", not at % of "%"', now.seq, now.journal_id, at, journal
      USING ERRCODE = 'TG001';
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION telegram_gateway.expect_cursor(text, bigint) FROM PUBLIC;
