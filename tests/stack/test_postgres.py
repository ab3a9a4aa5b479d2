#!/usr/bin/env python3
"""What the gateway has stored reaches PostgreSQL through PgBouncer exactly, whatever happens to the database.

The real servers of script/stack, PgBouncer with a single connection in transaction pooling. Needs psycopg2.
"""

import contextlib
import json
import pathlib
import sqlite3
import sys
import threading
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.database import ROOT, DatabaseCase, export_of  # noqa: E402
from support.stack import shared_stack, until  # noqa: E402

DATA = ROOT / "tests/data"
DEMO = ("demo", "--rate", "40", "--history", "40", "--channels", "5")
NOW = int(time.time())
CHANNEL = -1009000000900


def setUpModule():
    DatabaseCase.stack = shared_stack("postgresql", "pgbouncer")
    DatabaseCase.stack.pool_size(1)


class Stored(DatabaseCase):
    def digest(self):
        """Of every row, and of which transaction wrote it."""
        return self.sql("SELECT (SELECT md5(string_agg(m::text || m.xmin, '' ORDER BY m.*)) FROM "
                        "telegram_gateway.messages m), (SELECT md5(string_agg(v::text || v.xmin, '' ORDER BY v.*)) FROM "
                        "telegram_gateway.message_versions v)")

    def test_demo_with_edits_and_deletions(self):
        gateway = self.gateway(*DEMO)
        gateway.until(lambda: self.ask("SELECT 1 FROM telegram_gateway.messages WHERE versions > 1 LIMIT 1"), 45,
                      "an edit")
        for message in list(self.messages(gateway))[:3]:
            self.assertEqual(gateway.request("DELETE", f"/api/messages/{message['id']}", {})[0], 200)
        gateway.stop()

        gateway = self.gateway()

        self.assert_equal_to(gateway)
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages WHERE status = 'deleted'"),
                         sum(m["status"] == "deleted" for m in self.messages(gateway)))
        until(lambda: self.one("SELECT sum(total_messages) FROM telegram_gateway.channels")
              == self.one("SELECT count(*) FROM telegram_gateway.messages"), what="the channels' counts")

    def test_imports_with_edits(self):
        for file in ("channel.json", "account.json", "channel-later.json"):
            self.run_("import", DATA / file)

        gateway = self.gateway()

        self.assert_equal_to(gateway)
        # The body of every version is what the gateway exports.
        exported = {event["seq"]: event["message"] for event in self.exported() if event["kind"] in ("new", "edited")}
        stored = {seq: json.loads(body) for seq, body in self.sql("SELECT seq, body FROM telegram_gateway.message_versions")}
        self.assertEqual({seq: stored[seq] for seq in exported}, exported)

    def test_replay_from_the_oldest_changes_nothing(self):
        for file in ("channel.json", "channel-later.json", "account.json"):
            self.run_("import", DATA / file)
        gateway = self.gateway()
        self.wait_stored(gateway)
        deleted = next(self.messages(gateway))["id"]
        gateway.request("DELETE", f"/api/messages/{deleted}", {})
        self.wait_stored(gateway)
        gateway.stop()
        before = self.digest()

        self.sql("DELETE FROM telegram_gateway.cursors WHERE name = 'postgres'")
        gateway = self.gateway()
        self.wait_stored(gateway)

        self.assertEqual(self.digest(), before)
        self.assert_equal_to(gateway)

    def test_database_stopped_and_started(self):
        gateway = self.gateway(*DEMO)
        gateway.until(lambda: self.stored_to() > 0, 45, "the first batch")

        self.stack.down("postgresql")
        missed_from = self.head()
        gateway.until(lambda: "destination_lost" in gateway.whole_log(), 45, "the loss to be noticed")
        gateway.until(lambda: gateway.get("/health")[1]["status"] == "degraded", what="health to say so")
        self.stack.up("postgresql")
        self.reconnect()
        gateway.until(lambda: self.stored_to() > missed_from, 45, "what was missed")
        gateway.stop()

        self.assert_equal_to(self.gateway())

    def test_database_killed_while_it_is_written(self):
        gateway = self.gateway(*DEMO)
        for _ in range(3):
            at = self.stored_to()
            gateway.until(lambda: self.stored_to() > at, 45, "a batch")
            self.stack.kill("postgresql")
            self.stack.up("postgresql")
            self.reconnect()
        gateway.stop()

        self.assert_equal_to(self.gateway())

    def test_pool_that_does_not_answer(self):
        gateway = self.gateway(*DEMO)
        gateway.until(lambda: self.stored_to() > 0, 45, "the first batch")

        with self.stack.paused("pgbouncer"):
            gateway.until(lambda: "destination_lost" in gateway.whole_log(), 45, "the silence to be noticed")
            self.assertEqual(gateway.get("/api/messages?limit=1")[0], 200)
        at = self.stored_to()
        gateway.until(lambda: self.stored_to() > at, 45, "what was missed")
        gateway.stop()

        self.assert_equal_to(self.gateway())

    def test_database_restored_to_an_earlier_copy(self):
        gateway = self.gateway(*DEMO)
        gateway.until(lambda: self.stored_to() > 0, 45, "the first batch")
        self.stack.save_postgresql()
        self.reconnect()
        saved = self.stored_to()
        gateway.until(lambda: self.stored_to() > saved, 45, "more than the copy has")
        later = self.stored_to()

        self.stack.restore_postgresql()
        self.reconnect()
        gateway.until(lambda: self.stored_to() > later, 45, "what the copy lacks")
        gateway.stop()

        self.assert_equal_to(self.gateway())

    def test_row_that_is_refused_is_set_aside_alone(self):
        (self.folder / "export.json").write_text(export_of(
            [(n, NOW - 60 * n, "poison" if n == 37 else f"message {n}") for n in range(1, 101)]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")
        self.run_("db", "migrate")
        self.sql("ALTER TABLE telegram_gateway.messages ADD CONSTRAINT not_this CHECK (text <> 'poison')")

        gateway = self.gateway()
        self.wait_stored(gateway)

        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages"), 99)
        failures = json.loads(self.run_("--json", "failures", "list")[0])
        self.assertEqual(len(failures if isinstance(failures, list) else failures["failures"]), 1, failures)
        self.assertIn("not_this", json.dumps(failures))
        until(lambda: self.one("SELECT count(*) FROM telegram_gateway.quarantined") == 1, what="the copy of it")

    def import_live(self, *messages):
        (self.folder / "export.json").write_text(export_of(messages), encoding="utf-8")
        self.run_("import", "--as-live", self.folder / "export.json")

    def unprocessed(self, gateway, consumer="desk"):
        """Polls once: what the consumer has before it, by message."""
        status, answer = gateway.get(f"/api/messages/unprocessed?channel={CHANNEL}&excludeProcessedBy={consumer}&limit=1000")
        self.assertEqual(status, 200, answer)
        return {one["text"]: one["id"] for one in answer["data"]}

    def test_what_was_refused_and_is_retried_is_offered_although_others_were_polled_meanwhile(self):
        self.config.write_text('store = "postgres"\n' + self.config.read_text())
        self.import_live(*[(n, NOW - 60 * n, "poison" if n in (3, 4) else f"message {n}") for n in range(1, 11)])
        self.run_("db", "migrate")
        self.sql("ALTER TABLE telegram_gateway.messages ADD CONSTRAINT not_this CHECK (text <> 'poison')")
        gateway = self.gateway()
        self.wait_stored(gateway)
        polled = self.unprocessed(gateway)
        self.assertEqual(len(polled), 8)
        marked = gateway.request("POST", "/api/messages/mark-processed",
                                 {"messageIds": list(polled.values()), "processedBy": "desk"})
        self.assertEqual(marked[0], 200, marked)
        refused = json.loads(self.run_("--json", "failures", "list")[0])["failures"]
        self.assertEqual(len(refused), 2)
        at = self.stored_to()

        # One is corrected at Telegram, one is tried again.
        self.sql("ALTER TABLE telegram_gateway.messages DROP CONSTRAINT not_this")
        gateway.stop()
        self.import_live((3, NOW - 180, "corrected", NOW))
        gateway = self.gateway()
        self.wait_stored(gateway)
        self.assertGreater(self.stored_to(), at)
        self.run_("failures", "retry", *[one["id"] for one in refused])
        until(lambda: self.one("SELECT count(*) FROM telegram_gateway.messages") == 10, what="both")

        self.assertEqual(set(self.unprocessed(gateway)), {"corrected", "poison"})
        self.assertEqual(set(self.unprocessed(gateway, "another")), {"corrected", "poison", *polled})

    def test_more_refusals_than_a_statement_may_unpack_are_noted_in_parts(self):
        self.import_live(*[(n, NOW - 60 * n, f"message {n}") for n in range(1, 13)])
        gateway = self.gateway()
        self.wait_stored(gateway)
        gateway.stop()
        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as journal, journal:
            journal.execute("INSERT INTO quarantine (reader, seq, place, reason, payload, tries, first_at, last_at, peer, message) "
                            "SELECT 'elsewhere', seq, '', 'not this', '', 1, 1000000, 1000000, peer, message FROM heads "
                            "WHERE message <= 9")
        # As TimescaleDB refuses to unpack too much of what is compressed; 5 is too much alone.
        self.sql("CREATE FUNCTION telegram_gateway.limited() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                 "IF (SELECT count(*) > 2 OR bool_or(message_id = 5) FROM changed WHERE failed_at IS NOT NULL) THEN RAISE "
                 "EXCEPTION 'tuple decompression limit exceeded' USING ERRCODE = '53400'; END IF; RETURN NULL; END $$")
        self.sql("CREATE TRIGGER limited AFTER UPDATE ON telegram_gateway.messages REFERENCING NEW TABLE AS changed "
                 "FOR EACH STATEMENT EXECUTE FUNCTION telegram_gateway.limited()")

        gateway = self.gateway()
        until(lambda: [n for (n,) in self.sql("SELECT message_id FROM telegram_gateway.messages WHERE failed_at IS NOT NULL "
                                              "ORDER BY 1")] == [1, 2, 3, 4, 6, 7, 8, 9], what="the others to be noted")

        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.quarantined"), 9)
        gateway.until(lambda: gateway.whole_log().count("failure_not_noted") == 1, what="5 to be told")
        gateway.stop()
        self.run_("import", DATA / "account.json")
        self.wait_stored(self.gateway())

    def test_rows_come_while_aggregates_are_waited_for(self):
        self.stack.pool_size(5)
        self.addCleanup(self.stack.pool_size, 1)
        gateway = self.gateway(*DEMO)
        self.wait_stored(gateway)
        gateway.stop()
        with contextlib.closing(self.stack.admin()) as db, db.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE telegram_gateway.messages_hourly IN ACCESS EXCLUSIVE MODE")
            gateway = self.gateway(*DEMO)
            until(lambda: self.ask("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = "
                                   "'telegram_gateway.messages_hourly'::regclass"), what="the aggregates to wait")
            before = self.one("SELECT count(*) FROM telegram_gateway.messages")
            until(lambda: self.one("SELECT count(*) FROM telegram_gateway.messages") > before, what="rows meanwhile")
        until(lambda: self.one("SELECT count(*) FROM telegram_gateway.messages_hourly") > 0, what="the aggregates")

    def test_old_rows_come_while_an_index_of_theirs_is_made(self):
        self.stack.pool_size(5)
        self.addCleanup(self.stack.pool_size, 1)
        export, day = self.folder / "export.json", NOW - 3 * 86400
        export.write_text(export_of([(n, day, f"message {n}") for n in range(1, 11)]), encoding="utf-8")
        self.run_("import", export)
        gateway = self.gateway()
        self.wait_stored(gateway)
        gateway.stop()
        gateway = self.gateway()  # it looks for them when it reaches the database
        table = self.one("SELECT DISTINCT tableoid::regclass::text FROM telegram_gateway.messages")
        until(lambda: self.past_indexes(table) == {"search", "analysis", "metadata"}, what="the indexes")
        gateway.stop()
        [(index,)] = self.sql("SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = (SELECT DISTINCT tableoid "
                              "FROM telegram_gateway.messages) AND indexrelid::regclass::text LIKE '%analysis_past'")
        self.sql("DROP INDEX " + index)
        export.write_text(export_of([(n, day, f"message {n}") for n in range(11, 21)]), encoding="utf-8")
        self.run_("import", export)
        with contextlib.closing(self.stack.admin()) as db, db.cursor() as cursor:
            cursor.execute("BEGIN; UPDATE telegram_gateway.messages SET text = text WHERE message_id = 1")  # CREATE INDEX waits for it
            gateway = self.gateway()
            until(lambda: self.ask("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND "
                                   "wait_event_type = 'Lock'"), what="the index to wait")
            self.wait_stored(gateway)
            self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages"), 20)
        until(lambda: self.past_indexes(table) == {"search", "analysis", "metadata"}, what="the index")

    def past_days(self, *days):
        """A day each, that many ago, stored; the gateway is stopped. The partitions, newest first."""
        self.configure(chunk_days=1)
        (self.folder / "export.json").write_text(export_of(
            [(n, NOW - day * 86400, f"message {n}") for n, day in enumerate(days, 1)]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")
        gateway = self.gateway()
        self.wait_stored(gateway)
        gateway.stop()
        for (statement,) in self.sql("SELECT 'DROP INDEX ' || indexrelid::regclass FROM pg_index WHERE "
                                     "indexrelid::regclass::text LIKE '%\\_past'"):
            self.sql(statement)
        return [(name, name if "." in name else "telegram_gateway." + name) for (name,) in self.sql(
            "SELECT name FROM telegram_gateway.partitions('messages') WHERE ends <= now() ORDER BY begins DESC")]

    def past_indexes(self, table, valid=True):
        """Which of the three it has, without the partition's name."""
        return {name.rsplit("_", 2)[1] for (name,) in self.sql(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass AND indisvalid = %s AND "
            "indexrelid::regclass::text LIKE '%%\\_past'", table, valid)}

    def being_made(self, ending, table):
        return self.ask("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE "
                        f"'CREATE INDEX CONCURRENTLY%{ending}% ON {table} %'")

    def test_an_index_that_cannot_be_made_keeps_no_other_waiting(self):
        (newest, table), (_, older) = self.past_days(3, 5)
        taken = table.split(".")[0] + "." + newest.replace(".", "_") + "_analysis_past"
        self.sql(f"CREATE TABLE {taken} ()")
        self.addCleanup(self.sql, f"DROP TABLE {taken}")

        gateway = self.gateway()
        until(lambda: self.past_indexes(older) == {"search", "analysis", "metadata"}, what="the older partition's indexes")

        self.assertEqual(self.past_indexes(table), {"search", "metadata"})
        self.assertEqual(gateway.whole_log().count("past_index_failed"), 1)

    def test_an_index_that_was_ended_is_dropped_at_once(self):
        [(_, table)] = self.past_days(3)
        with contextlib.closing(self.stack.admin()) as db, db.cursor() as cursor:
            cursor.execute(f"BEGIN; LOCK TABLE {table} IN ROW EXCLUSIVE MODE")  # CREATE INDEX waits for it
            gateway = self.gateway()
            pid = until(lambda: self.being_made("search", table), what="the index to wait")
            self.sql("SELECT pg_cancel_backend(%s)", pid)
            gateway.until(lambda: "past_index_failed" in gateway.whole_log(), what="the failure to be told")
            self.assertEqual(self.past_indexes(table, valid=False), {"search"})
        until(lambda: self.past_indexes(table) == {"analysis", "metadata"}, what="the other indexes")

        self.assertEqual(self.past_indexes(table, valid=False), set())

    def test_a_partition_where_an_index_is_being_made_is_left_out(self):
        (_, table), (_, older) = self.past_days(3, 5)
        [(statement, )] = self.sql("SELECT telegram_gateway.past_index_statements(1)")
        with contextlib.closing(self.stack.admin()) as db, db.cursor() as cursor:
            cursor.execute(f"BEGIN; LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
            maker = threading.Thread(target=self.run_beside, args=(statement,))
            maker.start()
            self.addCleanup(maker.join)
            until(lambda: self.being_made("search", table), what="another one to make it")

            self.gateway()
            until(lambda: self.past_indexes(older) == {"search", "analysis", "metadata"}, what="the older partition's")

            self.assertEqual(self.past_indexes(table), set())
        maker.join()
        self.assertEqual(self.past_indexes(table), {"search"})

    def run_beside(self, statement):
        with contextlib.closing(self.stack.direct()) as db, db.cursor() as cursor:
            cursor.execute(statement)

    def test_what_is_too_old_goes_a_partition_at_a_time(self):
        self.configure(chunk_days=1)
        (self.folder / "export.json").write_text(export_of(
            [(n, NOW - (100 - n) * 86400, f"message {n}") for n in range(1, 6)]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")
        gateway = self.gateway()
        self.wait_stored(gateway)
        gateway.stop()
        self.sql("SELECT telegram_gateway.mark_batch_as_processed(ARRAY(SELECT id FROM telegram_gateway.messages), 'bot')")
        self.configure(chunk_days=1, keep_days=30)
        third = self.sql("SELECT name FROM telegram_gateway.partitions('messages') ORDER BY begins")[2][0]

        def messages(table):
            return [number for (number,) in self.sql(f"SELECT message_id FROM telegram_gateway.{table} ORDER BY 1")]

        with contextlib.closing(self.stack.admin()) as db, db.cursor() as cursor:
            cursor.execute(f"SET search_path = telegram_gateway; BEGIN; LOCK TABLE {third} IN ACCESS SHARE MODE")
            gateway = self.gateway()
            gateway.until(lambda: "old_messages_not_dropped" in gateway.whole_log(), what="the reader to hold it back")
            until(lambda: messages("acks") == [3, 4, 5], what="the marks of what was dropped to be forgotten")
            self.assertEqual(messages("messages"), [3, 4, 5])
            gateway.stop()

        self.gateway()  # it looks for what is too old when it reaches the database
        until(lambda: messages("messages") == messages("acks") == [], what="the rest to go")
        self.assertEqual(self.one("SELECT sum(messages) FROM telegram_gateway.marked"), 0)
        until(lambda: not self.sql("SELECT FROM telegram_gateway.dropped_dates"), what="nothing to be left to forget")

    def test_what_is_older_than_kept_is_counted_and_left_out(self):
        self.configure(keep_days=30)
        (self.folder / "export.json").write_text(export_of(
            [(n, NOW - n * 86400, f"message {n}") for n in range(1, 101)]), encoding="utf-8")
        self.assertIn("note: 71 stored messages older than", self.run_("import", self.folder / "export.json")[1])

        gateway = self.gateway()
        self.wait_stored(gateway)

        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages"), 29)
        self.assertIn("older_than_kept messages=71", gateway.whole_log())

    def test_an_open_page_is_sent_what_the_database_has(self):
        self.config.write_text('store = "postgres"\n' + self.config.read_text())
        gateway = self.gateway(*DEMO)
        shown = []
        with urllib.request.urlopen(f"{gateway.url}/api/stream?topics=channel:*", timeout=60) as stream:
            for line in stream:
                if line.startswith(b"data: ") and b'"message":' in line:
                    shown.append(json.loads(line[6:]))
                if len(shown) == 200:
                    break
        seqs = [one["seq"] for one in shown]
        told, at = [], seqs[0] - 1
        while at < seqs[-1]:
            page = gateway.get(f"/api/events/poll?after={at}&kinds=new,edited,deleted&origins=live&limit=100")[1]["data"]
            told += [event["seq"] for event in page if event["seq"] <= seqs[-1]]
            at = page[-1]["seq"]
        self.assertEqual(seqs, told)
        self.assertEqual([one for one in shown if one["message"]["seq"] < one["seq"]], [])

    def test_what_the_database_has_leaves_the_journal_after_its_days(self):
        self.config.write_text('store = "postgres"\n[journal]\nkeep_days = 1\n' + self.config.read_text())
        for file in ("channel.json", "channel-later.json"):
            self.run_("import", DATA / file)
        gateway = self.gateway()
        self.wait_stored(gateway)
        before = {message["id"]: message for message in self.messages(gateway)}
        first = json.loads(self.run_("--json", "journal", "stats")[0])["oldest"]
        gateway.stop()
        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as journal, journal:
            journal.execute("UPDATE events SET recorded_at = recorded_at - 3 * 86400000000")

        gateway = self.gateway()
        gateway.until(lambda: "journal_trimmed" in gateway.whole_log(), 45, "the old events to go")

        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as journal:
            self.assertEqual(journal.execute("SELECT count(*) FROM events").fetchone()[0], 0)
        self.assertEqual({message["id"]: message for message in self.messages(gateway)}, before)
        self.assertEqual(gateway.get(f"/api/events/poll?after={first}")[0], 410)
        # What is heard later of a message whose events are gone leaves its content as it was.
        name, known = next((name, m) for name, m in before.items() if m["text"] and m["status"] != "deleted")
        self.assertEqual(gateway.request("DELETE", f"/api/messages/{name}", {})[0], 200)
        self.wait_stored(gateway)
        _, answer = gateway.get(f"/api/messages/{name}")
        self.assertEqual((answer["data"]["status"], answer["data"]["text"]), ("deleted", known["text"]))
        # And the same export again is no news.
        gateway.stop()
        self.run_("import", DATA / "channel.json")
        gateway = self.gateway()
        self.wait_stored(gateway)
        self.assertEqual({m["id"] for m in self.messages(gateway)}, before.keys())
        self.assertEqual({m["versions"] for m in self.messages(gateway)}, {m["versions"] for m in before.values()})

    def test_import_of_years_makes_its_partitions(self):
        self.configure(chunk_days=1)
        (self.folder / "export.json").write_text(export_of(
            [(n, NOW - n * 7 * 86400, f"message {n}") for n in range(1, 81)]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")

        gateway = self.gateway()

        self.assert_equal_to(gateway)
        self.assertGreater(self.one("SELECT count(*) FROM telegram_gateway.partitions('messages')"), 80)


if __name__ == "__main__":
    unittest.main()
