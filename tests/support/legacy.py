"""A database of the predecessor, in one of the two shapes that its tables had, with everything odd that it wrote."""

import contextlib
import pathlib

import psycopg2

SCHEMAS = pathlib.Path(__file__).resolve().parents[1] / "data/legacy"
SHAPES = ("migrations", "self-made")
DATABASE = READER = "predecessor"
PASSWORD = "not-a-secret-of-anyone"
FIRST = -1009000001000  # channels FIRST to FIRST - 4

# i: number of the message. Channel and id follow from it, so that two rows with the same i are one message.
KEY = ("(-1009000001000 - i % 5)", "(i / 5 + 1)")
# Of 30 messages 3 have metadata that is no object, 3 have it as JSON in a JSON string.
METADATA = """CASE i % 10
  WHEN 0 THEN '"not an object"'::jsonb
  WHEN 1 THEN to_jsonb('{"views": 7, "telegramDetails": {"chatTitle": "Harbour"}}'::text)
  WHEN 2 THEN '{"replyTo": {"messageId": 1, "text": "earlier"}, "linkPreview": {"type": "generic", "url":
              "https://example.org/a", "title": "A", "siteName": "Example", "image": "https://example.org/a.png"}}'::jsonb
  ELSE CASE WHEN i % 3 = 0 THEN jsonb_build_object('processed_by', 'tp-capital', 'processed_at', '2025-11-04T10:00:00.000Z')
       ELSE jsonb_build_object('fromId', NULL, 'views', i % 100) END END"""
ROW = """
INSERT INTO telegram_gateway.messages (channel_id, message_id, source, text, media_type, status, received_at,
                                       telegram_date, published_at, metadata, created_at, updated_at, deleted_at)
SELECT ({channel})::{channel_type}, ({message})::{message_type}, '{source}', {text},
       CASE i % 4 WHEN 0 THEN 'photo' ELSE 'text' END,
       CASE WHEN i % 11 = 4 THEN 'deleted' WHEN i % 3 = 0 THEN 'published' ELSE 'received' END,
       t, CASE WHEN i % 97 <> 0 THEN t END, CASE WHEN i % 3 = 0 AND i % 11 <> 4 THEN t + interval '1 minute' END,
       {metadata}, t + interval '{late}', t + interval '{late}', CASE WHEN i % 11 = 4 THEN t + interval '2 days' END
FROM (SELECT i, timestamptz '2025-06-01 00:00:00Z' + i * interval '1 minute' AS t
      FROM generate_series(0, {rows} - 1) i) made WHERE {which}
"""


class Predecessor:
    """Its database beside the gateway's on the server of `stack`, made anew; `reader` may only read."""

    def __init__(self, stack, shape, rows):
        self.stack = stack
        self.shape = shape
        self._admin("DROP DATABASE IF EXISTS predecessor WITH (FORCE)")
        self._admin("DROP ROLE IF EXISTS predecessor")
        self._admin(f"CREATE ROLE predecessor LOGIN PASSWORD '{PASSWORD}'")
        self._admin("CREATE DATABASE predecessor")
        self.db = stack.admin(DATABASE)
        self.sql((SCHEMAS / f"{shape}.sql").read_text(encoding="utf-8"))
        self._fill(rows)
        self.sql("GRANT USAGE ON SCHEMA telegram_gateway TO predecessor;"
                 "GRANT SELECT ON ALL TABLES IN SCHEMA telegram_gateway TO predecessor; ANALYZE")

    def remove(self):
        self.db.close()
        self._admin("DROP DATABASE predecessor WITH (FORCE)")
        self._admin("DROP ROLE predecessor")

    @property
    def url(self):
        return f"postgresql://{READER}@127.0.0.1:{self.stack.port('postgresql')}/{DATABASE}"

    def sql(self, statement, *values):
        with self.db.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement, *values):
        return self.sql(statement, *values)[0][0]

    def fingerprint(self):
        """Of all that is in both tables."""
        return [self.one(f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM telegram_gateway.{name} t")
                for name in ("messages", "channels")]

    def add(self, rows, which="true", late="0", text="'Message ' || i", source="user_client", channel=KEY[0], message=KEY[1]):
        """Rows of the messages `which` of the first `rows`, written so late after they were posted."""
        channel_type, message_type = ("text", "bigint") if self.shape == "migrations" else ("bigint", "text")
        self.sql(ROW.format(rows=rows, which=which, late=late, text=text, source=source, channel=channel, message=message,
                            channel_type=channel_type, message_type=message_type, metadata=METADATA))

    def _fill(self, rows):
        self.add(rows)
        self.add(rows, "i % 20 = 5", late="1 day", source="sync")                                     # the same again
        self.add(rows, "i % 20 = 10", late="1 day", source="sync", text="'Message ' || i || ', mended'")  # with other words
        if self.shape == "migrations":
            self.add(rows, "i % 50 = 7", late="3 days", channel="(9000001000 + i % 5)")               # without -100
            self.add(40, "i >= 30", channel="'@name' || i")                                           # 10 of no channel
        else:
            self.add(40, "i >= 30", message="'soon' || i")                                            # 10 of no number
        self.sql("UPDATE telegram_gateway.messages SET text = '', caption = 'Only a caption' WHERE text = 'Message 3'")
        name = "label" if self.shape == "migrations" else "title"
        self.sql(f"INSERT INTO telegram_gateway.channels (channel_id, {name}, is_active) VALUES "
                 "(-1009000001000, 'Signals', true), (-1009000001001, 'Quiet', false), (-1009000001999, 'Empty', true)")

    def _admin(self, statement):
        with contextlib.closing(self.stack.admin()) as db, db.cursor() as cursor:
            cursor.execute("SET client_min_messages = error")
            cursor.execute(statement)


def close_quietly(predecessor):
    with contextlib.suppress(psycopg2.Error):
        predecessor.remove()
