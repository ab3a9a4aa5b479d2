-- The predecessor's tables as its programs make them where no migration has: a counted id, the channel as a number, the
-- message's id as text, any status, no unique key. The registry has a title and no label.

CREATE SCHEMA telegram_gateway;

CREATE TABLE telegram_gateway.messages (
  id bigserial PRIMARY KEY,
  channel_id bigint NOT NULL,
  message_id text NOT NULL,
  thread_id bigint,
  source text NOT NULL DEFAULT 'unknown',
  message_type text NOT NULL DEFAULT 'channel_post',
  text text,
  caption text,
  media_type text,
  media_refs jsonb NOT NULL DEFAULT '[]',
  status text NOT NULL DEFAULT 'received',
  received_at timestamptz NOT NULL DEFAULT now(),
  telegram_date timestamptz,
  published_at timestamptz,
  failed_at timestamptz,
  queued_at timestamptz,
  reprocess_requested_at timestamptz,
  reprocessed_at timestamptz,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz);
CREATE INDEX ON telegram_gateway.messages (channel_id, telegram_date);

CREATE TABLE telegram_gateway.channels (
  id bigserial PRIMARY KEY,
  channel_id bigint NOT NULL UNIQUE,
  is_active boolean NOT NULL DEFAULT true,
  title text,
  last_sync_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now());
