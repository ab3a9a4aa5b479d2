#!/usr/bin/env python3
"""The database's schema: migrations, indexes as the planner uses them, functions and views, and the db commands.

The real servers of script/stack. Needs psycopg2.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.database import ROOT, DatabaseCase, export_of  # noqa: E402
from support.gateway import BINARY, free_port  # noqa: E402
from support.stack import shared_stack  # noqa: E402

FILES = sorted((ROOT / "db/postgres").glob("*.sql"))
CHANNEL = -1009000000900
CHANNEL_OF_MANY = -1009000000000

# 10^5 messages of 100 channels over 30 days, each third marked, a few deleted, edited, with link cards.
MANY = """
INSERT INTO telegram_gateway.messages (scope, channel_id, message_id, telegram_date, id, arrival, content_seq, last_seq,
  kind, origin, source, account, n, versions, offered, service, has_media, reprocess, message_type, text, sender,
  search_text, metadata, received_at, created_at, updated_at, published_at, deleted_at)
SELECT 0, -1009000000000 - i % 100, i, date_trunc('day', now()) - interval '1 day' - i * interval '25 seconds', i, i, i, i,
  1, 1, 'demo', 0, 0, 1, true, false, i % 7 = 0, false, CASE WHEN i % 7 = 0 THEN 'photo' ELSE 'text' END, t.text, 'someone',
  t.text, CASE WHEN i % 500 = 0 THEN '{"linkPreview": {"url": "https://example.org"}}' ELSE '{}' END::jsonb,
  now(), now(), now(), CASE WHEN i % 50 <> 0 THEN now() END, CASE WHEN i % 100 = 7 THEN now() END
FROM generate_series(1, 100000) i
CROSS JOIN LATERAL (SELECT 'signal ' || i || ' ' || md5(i::text) || ' price ' || i * 7 AS text) t
"""


def setUpModule():
    DatabaseCase.stack = shared_stack("postgresql", "pgbouncer")


class Migrations(DatabaseCase):
    def versions(self):
        return [row[0] for row in self.sql("SELECT version FROM telegram_gateway.schema_migrations ORDER BY 1")]

    def test_from_empty_and_again(self):
        self.assertEqual(json.loads(self.run_("--json", "db", "migrate")[0])["applied"], [f.stem for f in FILES])
        self.assertEqual(json.loads(self.run_("--json", "db", "migrate")[0])["applied"], [])
        self.assertIn("up to date", self.run_("db", "migrate")[0])
        self.assertEqual(self.versions(), list(range(1, len(FILES) + 1)))
        status = json.loads(self.run_("--json", "db", "status")[0])
        self.assertEqual((status["version"], status["waiting"]), (len(FILES), []))

    def test_from_every_earlier_version_with_data(self):
        for version in range(1, len(FILES)):
            with self.subTest(version):
                self.sql("DROP SCHEMA IF EXISTS telegram_gateway CASCADE")
                for number, file in enumerate(FILES[:version], 1):
                    self.sql(file.read_text(encoding="utf-8"))
                    self.sql("INSERT INTO telegram_gateway.schema_migrations VALUES (%s, %s, %s, 'test')", number, file.stem,
                             hashlib.sha256(file.read_bytes()).hexdigest())
                self.sql("INSERT INTO telegram_gateway.channels (channel_id, label, created_at, updated_at) "
                         "VALUES (-1001, 'kept', now(), now())")
                self.assertEqual(self.run_("db", "status", code=3)[0].count("waiting"), len(FILES) - version)

                self.run_("db", "migrate")

                self.assertEqual(self.one("SELECT label FROM telegram_gateway.channels"), "kept")

    def test_two_at_once(self):
        command = [BINARY, "--config", self.config, "--data-dir", self.data, "--json", "db", "migrate"]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        answers = [one.communicate(timeout=60) for one in both]

        self.assertEqual([one.returncode for one in both], [0, 0], answers)
        applied = [name for out, _ in answers for name in json.loads(out)["applied"]]
        self.assertEqual(sorted(applied), [f.stem for f in FILES])

    def test_failing_one_leaves_the_database_as_it_was(self):
        self.sql(FILES[0].read_text(encoding="utf-8"))
        self.sql("INSERT INTO telegram_gateway.schema_migrations VALUES (1, %s, %s, 'test')", FILES[0].stem,
                 hashlib.sha256(FILES[0].read_bytes()).hexdigest())
        self.sql("CREATE TABLE telegram_gateway.acks (in_the_way int)")
        before = self.tables()

        _, error = self.run_("db", "migrate", code=1)

        self.assertIn("migration 002_consumers, line", error)
        self.assertIn("CREATE TABLE telegram_gateway.acks", error)
        self.assertIn("already exists", error)
        self.assertEqual(self.tables(), before)
        self.assertEqual(self.versions(), [1])

        self.sql("DROP TABLE telegram_gateway.acks")
        self.run_("db", "migrate")

        self.assertEqual(self.versions(), list(range(1, len(FILES) + 1)))

    def tables(self):
        return self.sql("SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'telegram_gateway'::regnamespace "
                        "ORDER BY 1")

    def test_newer_or_other_is_refused(self):
        self.run_("db", "migrate")
        self.sql("UPDATE telegram_gateway.schema_migrations SET checksum = 'x' WHERE version = 2")
        self.assertIn("as something else", self.run_("db", "migrate", code=1)[1])

        self.sql("INSERT INTO telegram_gateway.schema_migrations VALUES (999, '999_later', 'x', 'test')")

        self.assertIn("the database has schema 999", self.run_("db", "migrate", code=1)[1])
        self.assertIn("newer program", self.run_("db", "status", code=1)[1])

    def test_check(self):
        self.assertIn("migrations are waiting", self.run_("db", "check", code=3)[0])
        self.run_("db", "migrate")
        gateway = self.gateway
        if self.one("SELECT telegram_gateway.edition()") == "postgresql":  # TimescaleDB makes them when they are needed
            self.assertIn("partitions ahead: ", self.run_("db", "check", code=3)[0])
            gateway().until(lambda: self.ask("SELECT count(*) FROM telegram_gateway.partitions('messages')"),
                            what="partitions")

        report = json.loads(self.run_("--json", "db", "check")[0])

        self.assertTrue(report["sound"], report)
        self.sql("DROP INDEX telegram_gateway.messages_by_id")
        self.assertIn("indexes: messages_by_id", self.run_("db", "check", code=3)[0])
        self.sql("REVOKE EXECUTE ON FUNCTION telegram_gateway.stored_to() FROM PUBLIC, telegram_gateway")
        self.assertIn("privileges: EXECUTE on stored_to()", self.run_("db", "check", code=3)[0])

    def test_errors_say_what_to_do(self):
        self.configure(database="nowhere")
        self.assertIn("Create the database", self.run_("db", "status", code=1)[1])
        self.password.write_text("wrong", encoding="utf-8")
        self.configure()
        self.assertIn("postgres.password_file", self.run_("db", "status", code=1)[1])
        self.assertNotIn("wrong", self.run_("db", "status", code=1)[1])
        self.password.chmod(0o644)
        self.assertIn("chmod 600", self.run_("db", "status", code=2)[1])
        self.password.chmod(0o600)
        self.configure(direct_port=free_port())
        self.assertIn("Start the server", self.run_("db", "status", code=1)[1])


class Queries(DatabaseCase):
    def setUp(self):
        super().setUp()
        self.run_("db", "migrate")

    def plan(self, query):
        """The names of the indexes that it uses, and of the tables that it reads as a whole."""
        nodes = [self.one("EXPLAIN (FORMAT JSON) " + query)[0]["Plan"]]
        for node in nodes:
            nodes += node.get("Plans", [])
        return ([node["Index Name"] for node in nodes if "Index Name" in node],
                {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"})

    def make_past_indexes(self):
        for (statement,) in self.sql("SELECT telegram_gateway.past_index_statements(1000)"):
            self.sql(statement)
        self.assertEqual(self.sql("SELECT telegram_gateway.past_index_statements(1)"), [])

    def test_indexes_are_used(self):
        self.sql("SELECT telegram_gateway.make_partitions(ARRAY(SELECT generate_series(now() - interval '32 days', now(), "
                 "interval '1 day')), 7)")
        self.sql(MANY)
        self.sql("INSERT INTO telegram_gateway.acks SELECT channel_id, message_id, scope, 'bot', telegram_date, now(), id "
                 "FROM telegram_gateway.messages WHERE published_at IS NOT NULL")
        self.make_past_indexes()
        self.sql("ANALYZE")
        filled = {row[0] for row in self.sql("SELECT relname FROM pg_class WHERE oid IN (SELECT tableoid FROM "
                                             "telegram_gateway.messages)")}
        # Not over yet on some days of the week, and then without the indexes of past ones.
        now = {row[0].rsplit(".", 1)[-1] for row in self.sql("SELECT name FROM telegram_gateway.partitions('messages') WHERE ends > now()")}
        of_chunks = {"channel_id_arrival_id": "messages_unprocessed", "channel_id_arrival": "messages_unprocessed",
                     "telegram_date_scope_channel_id": "messages_by_date",
                     "channel_id_telegram_date_scope": "messages_by_channel", "_id_idx": "messages_by_id",
                     "channel_id_telegram_date_idx": "messages_link_previews"}
        for query, index in {
            "SELECT id FROM telegram_gateway.messages WHERE channel_id = -1009000000003 AND offered AND "
            "published_at IS NULL AND deleted_at IS NULL ORDER BY arrival LIMIT 100": "channel_id_arrival_id",
            "SELECT * FROM telegram_gateway.get_unprocessed_messages_optimized(-1009000000003)": "channel_id_arrival",
            "SELECT * FROM telegram_gateway.messages ORDER BY telegram_date DESC, scope DESC, channel_id DESC, message_id "
            "DESC LIMIT 50": "telegram_date_scope_channel_id",
            "SELECT * FROM telegram_gateway.messages WHERE channel_id = -1009000000003 ORDER BY telegram_date DESC LIMIT 50":
                "channel_id_telegram_date_scope",
            "SELECT * FROM telegram_gateway.messages WHERE id = ANY (ARRAY[5, 500, 50000])": "_id_idx",
            "SELECT * FROM telegram_gateway.messages WHERE search_text LIKE '%signal 4711 %'": "_search_past",
            "SELECT * FROM telegram_gateway.messages WHERE metadata @> '{\"linkPreview\": {\"url\": \"https://example.org\"}}'":
                "_metadata_past",
            "SELECT * FROM telegram_gateway.messages WHERE metadata ? 'linkPreview' AND channel_id = -1009000000000":
                "channel_id_telegram_date_idx",
            "SELECT message_type, count(*) FROM telegram_gateway.messages WHERE channel_id = -1009000000003 AND "
            "status = 'deleted' GROUP BY 1": "_analysis_past",
            "SELECT * FROM telegram_gateway.acks WHERE consumer = 'bot' AND channel_id = -1009000000003 ORDER BY at LIMIT 10":
                "acks_by_consumer",
            "SELECT * FROM telegram_gateway.messages WHERE scope = 0 AND channel_id = -1009000000003 AND message_id = 4703":
                "_pkey",
        }.items():
            with self.subTest(query):
                used, whole = self.plan(query)
                # A partition's index is called after its columns, a chunk's after the hypertable's index.
                names = (index, of_chunks.get(index, index))
                self.assertTrue(any(part in name for name in used for part in names), used)
                self.assertFalse(whole & (filled - now if index.endswith("_past") else filled))

    def stored(self):
        """Ten messages of a channel, through the gateway."""
        now = int(time.time())
        (self.folder / "export.json").write_text(export_of([(n, now - 90000 - n, f"message {n}") for n in range(1, 11)]),
                                                 encoding="utf-8")
        self.run_("import", "--as-live", self.folder / "export.json")
        gateway = self.gateway()
        self.wait_stored(gateway)
        return gateway

    def test_functions_and_views(self):
        gateway = self.stored()
        unprocessed = self.sql("SELECT id, message_id FROM telegram_gateway.get_unprocessed_messages_optimized(%s, 'bot')",
                               CHANNEL)
        self.assertEqual(sorted(row[1] for row in unprocessed), list(range(1, 11)))

        marked = self.one("SELECT telegram_gateway.mark_batch_as_processed(%s, 'bot')", [row[0] for row in unprocessed[:4]])

        self.assertEqual(marked, 4)
        self.assertEqual(self.one("SELECT telegram_gateway.mark_batch_as_processed(%s, 'bot')",
                                  [row[0] for row in unprocessed[:5]]), 1)
        left = self.sql("SELECT id FROM telegram_gateway.get_unprocessed_messages_optimized(%s, 'bot')", CHANNEL)
        self.assertEqual({row[0] for row in left}, {row[0] for row in unprocessed[5:]})
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.get_unprocessed_messages_optimized(%s, 'other')",
                                  CHANNEL), 10)
        self.assertTrue(self.one("SELECT telegram_gateway.upsert_message_status(%s, %s, 'published')", CHANNEL,
                                 unprocessed[9][1]))
        with self.assertRaisesRegex(Exception, "cannot be set"):
            self.sql("SELECT telegram_gateway.upsert_message_status(%s, 1, 'failed')", CHANNEL)

        stats = self.sql("SELECT total_messages, published, received, unprocessed FROM "
                         "telegram_gateway.message_processing_stats")
        self.assertEqual(stats, [(10, 6, 4, 4)])
        self.sql("SELECT telegram_gateway.refresh_aggregates(now() - interval '3 days', now())")
        for table in ("messages_hourly", "messages_daily"):
            self.assertEqual(self.sql(f"SELECT sum(messages), sum(published), sum(received), min(source) FROM "
                                      f"telegram_gateway.{table}"), [(10, 6, 4, "export_file")])
        gateway.until(lambda: self.ask("SELECT total_messages FROM telegram_gateway.channel_health_summary") == 10,
                      what="the channel's counts")
        self.assertEqual(self.sql("SELECT channel_id, is_active FROM telegram_gateway.channel_health_summary"),
                         [(CHANNEL, True)])
        self.assertEqual(self.one("SELECT stored_seq FROM telegram_gateway.performance_metrics_realtime"),
                         self.stored_to())
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.message_status WHERE status = 'published'"), 6)

    def test_bulk_upsert_gives_way_to_the_gateway(self):
        rows = json.dumps([{"channelId": CHANNEL, "messageId": n, "telegramDate": "2020-01-01T00:00:00Z", "text": f"own {n}"}
                           for n in (1, 2, 3)])
        self.assertEqual(self.one("SELECT telegram_gateway.bulk_upsert_messages(%s)", rows), 3)
        self.assertEqual(self.one("SELECT telegram_gateway.bulk_upsert_messages(%s)", rows), 3)
        (self.folder / "export.json").write_text(export_of([(2, 1577836800, "from Telegram")]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")
        self.wait_stored(self.gateway())

        self.assertEqual(self.one("SELECT telegram_gateway.bulk_upsert_messages(%s)", rows), 2)

        self.assertEqual(self.sql("SELECT text FROM telegram_gateway.messages ORDER BY message_id"),
                         [("own 1",), ("from Telegram",), ("own 3",)])

    def test_cleanup_drops_what_is_old(self):
        rows = json.dumps([{"channelId": CHANNEL, "messageId": n, "telegramDate": date, "text": ""}
                           for n, date in enumerate(("2020-01-01T00:00:00Z", time.strftime("%Y-%m-%dT00:00:00Z")), 1)])
        self.sql("SELECT telegram_gateway.bulk_upsert_messages(%s)", rows)

        self.sql("SELECT telegram_gateway.mark_batch_as_processed(ARRAY(SELECT id FROM telegram_gateway.messages), 'bot')")

        # Stored today, both of them.
        self.assertEqual(self.sql("SELECT telegram_gateway.cleanup_old_messages(90, 'stored')"), [])
        dropped = self.sql("SELECT telegram_gateway.cleanup_old_messages(90)")

        if self.one("SELECT telegram_gateway.edition()") == "postgresql":
            self.assertEqual(dropped, [("messages_p20200101",), ("message_versions_p20200101",)])
        self.assertGreaterEqual(len(dropped), 1)
        self.assertEqual(self.sql("SELECT message_id FROM telegram_gateway.messages"), [(2,)])
        self.assertEqual(self.one("SELECT sum(messages) FROM telegram_gateway.marked"), 1)
        self.assertEqual([self.one("SELECT telegram_gateway.forget_dropped(1)") for _ in range(2)], [1, 0])
        self.assertEqual(self.sql("SELECT message_id FROM telegram_gateway.acks"), [(2,)])

    def test_cleanup_drops_so_many_partitions_a_call_the_oldest_first(self):
        self.sql("SELECT telegram_gateway.bulk_upsert_messages(%s)", json.dumps(
            [{"channelId": CHANNEL, "messageId": n, "telegramDate": f"2020-01-0{n}T00:00:00Z", "text": ""}
             for n in range(1, 6)]))

        for left in ([3, 4, 5], [5], []):
            self.assertTrue(self.sql("SELECT telegram_gateway.cleanup_old_messages(90, 'date', 2)"))
            self.assertEqual([n for (n,) in self.sql("SELECT message_id FROM telegram_gateway.messages ORDER BY 1")], left)
        self.assertEqual(self.sql("SELECT telegram_gateway.cleanup_old_messages(90, 'date', 2)"), [])

    def test_a_message_under_two_dates_is_served_once_as_its_newest(self):
        self.sql("SELECT telegram_gateway.make_partitions(ARRAY[now() - interval '1 day'], 1)")
        self.sql("INSERT INTO telegram_gateway.cursors VALUES ('postgres', 'x', 1000)")
        for message, seq in ((1, 10), (1, 20), (2, 15)):
            self.sql("INSERT INTO telegram_gateway.messages (scope, channel_id, message_id, telegram_date, id, arrival, "
                     "content_seq, last_seq, kind, origin, source, account, n, versions, offered, service, has_media, "
                     "reprocess, message_type, text, search_text, metadata, received_at, created_at, updated_at) VALUES (0, "
                     f"{CHANNEL}, {message}, date_trunc('day', now()) - {seq} * interval '1 minute', {seq}, {seq}, {seq}, {seq}, "
                     "1, 1, 'demo', 0, 0, 1, true, false, false, false, 'text', '', '', '{}', now(), now(), now())")
        serve = (f"SELECT out_message, out_first FROM telegram_gateway.serve('bot', ARRAY[{CHANNEL}], NULL, 10, 100, 100, "
                 "false, now())")

        self.assertEqual(self.sql(serve), [(2, True), (1, True)])
        self.assertEqual(self.sql(serve), [(2, False), (1, False)])
        self.assertEqual(self.sql("SELECT message_id, seq, times FROM telegram_gateway.serves ORDER BY 1"),
                         [(1, 20, 2), (2, 15, 2)])

        self.assertEqual(self.one("SELECT telegram_gateway.mark_batch_as_processed(ARRAY[10, 15, 20], 'bot')"), 2)
        self.assertEqual(self.sql("SELECT id FROM telegram_gateway.messages WHERE published_at IS NULL"), [])
        self.assertEqual(self.one(f"SELECT telegram_gateway.upsert_message_status({CHANNEL}, 1, 'published', 'desk')"), True)

    def many(self):
        self.sql("SELECT telegram_gateway.make_partitions(array_agg(now() - d * interval '1 day'), 1) "
                 "FROM generate_series(0, 31) d")
        self.sql(MANY)
        self.sql("ANALYZE telegram_gateway.messages")

    def test_a_floor_ends_before_the_first_that_is_open(self):
        self.many()
        self.sql("INSERT INTO telegram_gateway.serves SELECT channel_id, message_id, 0, 'bot', telegram_date, arrival, 1, now(), 1 "
                 "FROM telegram_gateway.messages WHERE channel_id = %s AND message_id / 100 %% 3 = 1 AND message_id <> 70000",
                 CHANNEL_OF_MANY)
        self.sql("INSERT INTO telegram_gateway.acks SELECT channel_id, message_id, 0, 'bot', telegram_date, now(), 1 FROM "
                 "telegram_gateway.messages WHERE channel_id = %s AND message_id / 100 %% 3 <> 1 AND message_id <> 60000",
                 CHANNEL_OF_MANY)
        self.sql("UPDATE telegram_gateway.messages SET deleted_at = now() WHERE message_id = 70000")
        done_to = "SELECT telegram_gateway.done_to(%s, %s, %s, %s, %s)"
        everything = 10**6
        for who, floor, most, stored, expected in (
                ("bot", 0, everything, everything, 59_999),    # up to the one that is neither served nor marked
                ("bot", 0, 100, everything, 10_000),           # no more than it may look at
                ("bot", 0, everything, 500, 500),              # no more than is stored
                ("bot", 60_000, everything, everything, 100_000),  # 70000 is deleted
                ("bot", 100_000, everything, everything, 100_000),  # nothing is above it
                ("other", 0, everything, everything, 99),      # nothing is his
                ("", 0, everything, everything, 99),           # 100 is served to bot, and marked by nobody
                ("", 100, everything, everything, 399)):       # 200 and 300 are marked
            with self.subTest(who=who, floor=floor, most=most):
                self.assertEqual(self.one(done_to, who, CHANNEL_OF_MANY, floor, most, stored), expected)

    def test_marks_of_many_days_do_not_read_what_lies_between(self):
        self.many()
        mark = ("SELECT count(*) FROM (SELECT telegram_gateway.mark('bot', array_agg(scope), array_agg(channel_id), "
                "array_agg(message_id), array_agg(telegram_date), now()) FROM telegram_gateway.messages "
                "WHERE id = ANY (%s)) m")
        for n in range(1, 9):  # so that plans are kept
            self.one(mark, [n])
        before = self.fetched()

        self.assertEqual(self.one(mark, list(range(1_000, 100_000, 1_000))), 99)

        self.assertLess(self.fetched() - before, 5_000)

    def fetched(self):
        self.sql("SELECT pg_stat_force_next_flush()")
        return self.one("SELECT sum(idx_tup_fetch + seq_tup_read)::bigint FROM pg_stat_all_tables WHERE relname ~ "
                        "'^(messages|_hyper_.*chunk)'")

    def test_a_compressed_message_can_be_marked(self):
        if self.one("SELECT telegram_gateway.edition()") != "timescaledb":
            self.skipTest("compression is TimescaleDB Community's")
        self.sql("SELECT telegram_gateway.set_policies(7, 14)")
        self.sql("INSERT INTO telegram_gateway.messages (scope, channel_id, message_id, telegram_date, id, arrival, content_seq, "
                 "last_seq, kind, origin, source, account, n, versions, offered, service, has_media, reprocess, message_type, text, "
                 f"search_text, metadata, received_at, created_at, updated_at) SELECT 0, {CHANNEL}, n, now() - interval '90 days', n, "
                 "n, n, n, 1, 1, 'demo', 0, 0, 1, true, false, false, false, 'text', '', '', '{}', now(), now(), now() FROM "
                 "generate_series(1, 50) n")
        self.assertGreater(len(self.sql("SELECT compress_chunk(c) FROM show_chunks('telegram_gateway.messages') c")), 0)

        self.assertEqual(self.one("SELECT telegram_gateway.mark_batch_as_processed(ARRAY[7, 8], 'bot')"), 2)
        self.assertEqual(self.sql("SELECT id FROM telegram_gateway.messages WHERE published_at IS NOT NULL ORDER BY 1"), [(7,), (8,)])
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages"), 50)

    def test_policies_stay_where_they_are_as_wanted(self):
        if self.one("SELECT telegram_gateway.edition()") != "timescaledb":
            self.skipTest("policies are TimescaleDB's")
        set_to = ("SELECT j.job_id, j.config ->> 'compress_after', d.time_interval FROM timescaledb_information.jobs j JOIN "
                  "timescaledb_information.dimensions d USING (hypertable_name) WHERE j.config ? 'compress_after' ORDER BY 1")
        self.sql("SELECT telegram_gateway.set_policies(7, 14)")
        first = self.sql(set_to)
        self.assertEqual([(after, str(chunk)) for _, after, chunk in first], [("14 days", "7 days, 0:00:00")] * 2)

        self.sql("SELECT telegram_gateway.set_policies(7, 14)")
        self.assertEqual(self.sql(set_to), first)

        self.sql("SELECT telegram_gateway.set_policies(1, 30)")
        self.assertEqual([(after, str(chunk)) for _, after, chunk in self.sql(set_to)], [("30 days", "1 day, 0:00:00")] * 2)
        self.sql("SELECT telegram_gateway.set_policies(1, 0)")
        self.assertEqual(self.sql(set_to), [])

    def test_marks_of_a_day_are_found_without_reading_the_others(self):
        self.sql("INSERT INTO telegram_gateway.acks SELECT -1009000000000 - i % 100, i, 0, 'bot', now() - interval '400 days' "
                 "+ i * interval '5 minutes', now(), i FROM generate_series(1, 100000) i")
        self.sql("ANALYZE telegram_gateway.acks")
        self.sql("SET enable_seqscan = off")
        self.addCleanup(self.sql, "RESET enable_seqscan")

        used, whole = self.plan("SELECT ctid FROM telegram_gateway.acks WHERE telegram_date >= now() - interval '300 days' "
                                "AND telegram_date < now() - interval '299 days' LIMIT 20000")

        self.assertEqual((used, whole), (["acks_by_date"], set()))

    def test_reader_may_read_and_nothing_else(self):
        with self.stack.admin() as admin, admin.cursor() as cursor:
            cursor.execute("DROP ROLE IF EXISTS tg_test_reader")
            cursor.execute("CREATE ROLE tg_test_reader")
            cursor.execute("GRANT tg_test_reader TO telegram_gateway")
        self.addCleanup(self.drop_reader)
        self.sql("SELECT telegram_gateway.grant_reading('tg_test_reader')")
        self.sql("SELECT telegram_gateway.make_partitions(ARRAY[now()], 1)")

        self.sql("SET ROLE tg_test_reader")

        for relation in ("messages", "message_versions", "channels", "acks", "message_status", "message_processing_stats",
                         "channel_health_summary", "performance_metrics_realtime", "messages_daily"):
            self.sql(f"SELECT * FROM telegram_gateway.{relation} LIMIT 1")
        self.sql("SELECT * FROM telegram_gateway.get_unprocessed_messages_optimized(1)")
        for write in ("DELETE FROM telegram_gateway.messages", "SELECT telegram_gateway.cleanup_old_messages(1)",
                      "SELECT telegram_gateway.mark_batch_as_processed(ARRAY[1], 'x')"):
            with self.assertRaisesRegex(Exception, "permission denied"):
                self.sql(write)

    def drop_reader(self):
        with self.stack.admin() as admin, admin.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS telegram_gateway CASCADE")
            cursor.execute("DROP OWNED BY tg_test_reader")
            cursor.execute("DROP ROLE tg_test_reader")


if __name__ == "__main__":
    unittest.main()
