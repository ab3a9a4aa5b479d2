-- Messages, their versions, the chats, and how far the gateway has written. Telegram's date of a message never changes,
-- so it is what messages are partitioned by; it travels with every key.

CREATE SCHEMA IF NOT EXISTS telegram_gateway;

-- timescaledb (Community: compression, policies), timescaledb-apache, postgresql.
CREATE FUNCTION telegram_gateway.edition() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT CASE
    WHEN NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN 'postgresql'
    WHEN current_setting('timescaledb.license', true) = 'timescale' THEN 'timescaledb'
    ELSE 'timescaledb-apache' END
$$;

CREATE TABLE telegram_gateway.schema_migrations (
  version int PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,  -- SHA-256 of the file
  program text NOT NULL,   -- version of the gateway that applied it
  applied_at timestamptz NOT NULL DEFAULT now());

-- One row a message, as it stands now. Written by the gateway from its journal: a row with a greater last_seq is newer.
-- offered, arrival: consumers are offered it, in this order. published_at: the oldest mark that stands.
CREATE TABLE telegram_gateway.messages_shape (
  scope bigint NOT NULL,  -- 0 for channels and supergroups, elsewhere the account whose numbering it is
  channel_id bigint NOT NULL,
  message_id bigint NOT NULL,
  telegram_date timestamptz NOT NULL,
  id bigint NOT NULL,           -- seq of its first event
  arrival bigint NOT NULL,
  content_seq bigint NOT NULL,  -- the event that its content is from
  last_seq bigint NOT NULL,     -- its newest event
  kind smallint NOT NULL,       -- of content_seq: 1 new, 2 edited, 4 restored
  origin smallint NOT NULL,     -- of the first event: 1 live, 2 catchup, 3 backfill, 4 import
  source text NOT NULL,
  account bigint NOT NULL,
  edit_date timestamptz,
  n bigint NOT NULL,
  versions int NOT NULL,
  offered boolean NOT NULL,
  service boolean NOT NULL,
  has_media boolean NOT NULL,
  reprocess boolean NOT NULL,   -- a person asked for it to be offered again
  message_type text NOT NULL,   -- text, poll, service, or the media's type
  text text NOT NULL,
  caption text GENERATED ALWAYS AS (CASE WHEN has_media AND text <> '' THEN text END) STORED,
  media_type text,
  media_refs jsonb,
  thread_id bigint,
  sender text,
  sender_id bigint,
  search_text text NOT NULL,    -- text without case and accents, for substring search
  metadata jsonb NOT NULL,      -- the rest of the message: entities, media, reply, forward, linkPreview, poll, counters
  status text GENERATED ALWAYS AS (CASE
    WHEN deleted_at IS NOT NULL THEN 'deleted'
    WHEN published_at IS NOT NULL THEN CASE WHEN reprocess THEN 'reprocessed' ELSE 'published' END
    WHEN reprocess THEN 'reprocess_pending'
    ELSE 'received' END) STORED,
  received_at timestamptz NOT NULL,
  published_at timestamptz,
  failed_at timestamptz,        -- when a destination refused it last
  queued_at timestamptz,        -- not kept: the cursor rabbitmq says what the broker has
  reprocess_requested_at timestamptz,
  reprocessed_at timestamptz GENERATED ALWAYS AS (CASE WHEN reprocess THEN published_at END) STORED,
  restored_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  PRIMARY KEY (scope, channel_id, message_id, telegram_date));

-- One row a content that a message had, the current one included. body: JSON as in the journal.
CREATE TABLE telegram_gateway.message_versions_shape (
  scope bigint NOT NULL,
  channel_id bigint NOT NULL,
  message_id bigint NOT NULL,
  telegram_date timestamptz NOT NULL,
  kind smallint NOT NULL,
  edit_date bigint NOT NULL,  -- seconds since 1970, 0 = none
  n bigint NOT NULL,
  seq bigint NOT NULL,
  origin smallint NOT NULL,
  source text NOT NULL,
  account bigint NOT NULL,
  observed_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  superseded boolean NOT NULL,  -- arrived when a newer one was known
  hidden_edit boolean NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (scope, channel_id, message_id, telegram_date, kind, edit_date, n));

DO $$
DECLARE
  shape text;
BEGIN
  FOREACH shape IN ARRAY ARRAY['messages', 'message_versions'] LOOP
    IF telegram_gateway.edition() = 'postgresql' THEN
      EXECUTE format('CREATE TABLE telegram_gateway.%1$I (LIKE telegram_gateway.%2$I INCLUDING ALL)
                      PARTITION BY RANGE (telegram_date)', shape, shape || '_shape');
      EXECUTE format('DROP TABLE telegram_gateway.%I', shape || '_shape');
    ELSE
      EXECUTE format('ALTER TABLE telegram_gateway.%I RENAME TO %I', shape || '_shape', shape);
      PERFORM create_hypertable(('telegram_gateway.' || shape)::regclass, 'telegram_date',
                                create_default_indexes => false, chunk_time_interval => interval '1 day');
    END IF;
  END LOOP;
END $$;

-- A copy of the gateway's registry and counts.
CREATE TABLE telegram_gateway.channels (
  channel_id bigint NOT NULL,
  scope bigint NOT NULL DEFAULT 0,
  label text NOT NULL DEFAULT '',
  description text NOT NULL DEFAULT '',
  is_active boolean NOT NULL DEFAULT true,
  registered boolean NOT NULL DEFAULT false,  -- added by a person, not only seen
  title text NOT NULL DEFAULT '',
  username text NOT NULL DEFAULT '',
  kind text NOT NULL DEFAULT '',
  total_messages bigint NOT NULL DEFAULT 0,   -- deleted ones included
  deleted_messages bigint NOT NULL DEFAULT 0,
  media_messages bigint NOT NULL DEFAULT 0,
  first_seen timestamptz,
  last_message_at timestamptz,
  migrated_to bigint,
  migrated_from bigint,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (channel_id, scope));

CREATE TABLE telegram_gateway.topics (
  channel_id bigint NOT NULL,
  topic_id bigint NOT NULL,
  title text NOT NULL,
  PRIMARY KEY (channel_id, topic_id));

-- 'postgres' is written in the transaction of what it stands for; the others are copies of the journal's.
CREATE TABLE telegram_gateway.cursors (
  name text PRIMARY KEY,
  journal_id text NOT NULL,
  seq bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now());

-- What a destination refused: a copy of the journal's quarantine.
CREATE TABLE telegram_gateway.quarantined (
  reader text NOT NULL,
  channel_id bigint NOT NULL,
  message_id bigint NOT NULL,
  scope bigint,
  telegram_date timestamptz,
  tries bigint NOT NULL,
  reason text NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (channel_id, message_id, reader));
