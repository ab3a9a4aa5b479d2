#!/usr/bin/env python3
"""`store copy` moves everything between a journal and the database, goes on where it was ended, and tells a difference.

The real servers of script/stack. Needs psycopg2. TG_COPY_MESSAGES sets how many messages are copied under kill -9.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.database import ROOT, DatabaseCase, export_of  # noqa: E402
from support.gateway import BINARY, Gateway  # noqa: E402
from support.stack import shared_stack, until  # noqa: E402

DATA = ROOT / "tests/data"
MESSAGES = int(os.environ.get("TG_COPY_MESSAGES", "20000"))
TO_POSTGRES = ("store", "copy", "--from", "local", "--to", "postgres")
TO_LOCAL = ("store", "copy", "--from", "postgres", "--to", "local")
DAY = 86400


def setUpModule():
    DatabaseCase.stack = shared_stack("postgresql", "pgbouncer")


class StoreCopy(DatabaseCase):
    def setUp(self):
        super().setUp()
        self.original = self.data
        self.copied = self.folder / "copy"
        self.embedded = self.folder / "embedded.toml"
        self.embedded.touch()

    def copy(self, *command, code=0):
        """The report of one copy."""
        return json.loads(self.run_("--json", *command, code=code)[0])

    def back(self, *more, code=0):
        """Copies into the other folder, which is the current one then."""
        self.data = self.copied
        return self.copy(*TO_LOCAL, *more, code=code)

    def alone(self, folder, *arguments):
        """A gateway without the database."""
        gateway = Gateway("--config", str(self.embedded), *(arguments or ("run",)), data_dir=folder)
        self.addCleanup(lambda: gateway.process and gateway.kill())
        return gateway.start()

    def imported(self):
        for file in ("channel.json", "account.json", "channel-later.json"):
            self.run_("import", DATA / file)

    def everything(self, gateway):
        """Each message as the API shows it, with its versions. Not what counts events: some are no longer told apart."""
        found = {}
        for message in self.messages(gateway):
            name = message["id"]
            if message["versions"] > 1:
                status, answer = gateway.get(f"/api/messages/{name}/versions")
                self.assertEqual(status, 200)
                message["all"] = sorted(answer["data"], key=lambda version: version["seq"])
            found[name] = {key: value for key, value in message.items() if key not in ("seq", "updatedAt")}
        return found

    def journal(self, folder, statement):
        with contextlib.closing(sqlite3.connect(f"file:{folder}/journal.db?mode=ro", uri=True)) as db:
            return db.execute(statement).fetchall()

    def busy_demo(self):
        """A demo that edits; a person who deletes, a consumer that marks. Its messages."""
        gateway = self.alone(self.original, "demo", "--rate", "60", "--history", "40", "--channels", "5")
        gateway.until(lambda: self.journal(self.original, "SELECT 1 FROM heads WHERE versions > 1 LIMIT 1"), 45, "an edit")
        for message in list(self.messages(gateway))[:3]:
            self.assertEqual(gateway.request("DELETE", f"/api/messages/{message['id']}", {})[0], 200)
        channels = {message["channelId"] for message in self.messages(gateway)}
        gateway.stop()

        gateway = self.alone(self.original)
        for channel in sorted(channels):
            ids = self.offered(gateway, channel, 4)
            if ids:
                status, answer = gateway.post("/api/messages/mark-processed",
                                              {"messageIds": ids[:2], "processedBy": "reader"})
                self.assertEqual(status, 200, answer)
        # Asked for again: one that is marked, and one that was imported as history.
        for status in ("published", "received"):
            again = next(m for m in self.messages(gateway) if m["status"] == status)["id"]
            self.assertEqual(gateway.post(f"/api/messages/{again}/reprocess")[0], 200)
        return gateway

    def waiting(self, gateway):
        """What the consumer has before it, in order."""
        channels = sorted({message["channelId"] for message in self.messages(gateway)})
        return {channel: self.offered(gateway, channel, 1000) for channel in channels}

    def offered(self, gateway, channel, most):
        status, answer = gateway.get(
            f"/api/messages/unprocessed?channel={channel}&excludeProcessedBy=reader&limit={most}")
        self.assertEqual(status, 200, answer)
        return [message["id"] for message in answer["data"]]

    # --- Both ways

    def test_demo_with_edits_deletions_and_marks_there_and_back(self):
        gateway = self.busy_demo()
        before, waiting = self.everything(gateway), self.waiting(gateway)
        self.assertTrue(any(waiting.values()))
        self.assertTrue(any(message["status"] == "published" for message in before.values()))
        gateway.stop()

        there = self.copy(*TO_POSTGRES)

        self.assertTrue(there["comparison"]["same"])
        self.assertEqual(there["comparison"]["postgres"]["messages"], len(before))
        self.assertEqual(there["comparison"]["local"], there["comparison"]["postgres"])
        self.assertGreater(there["marks"], 0)
        self.assertEqual(there["marks"], self.one("SELECT count(*) FROM telegram_gateway.acks"))
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages WHERE published_at IS NOT NULL"),
                         self.one("SELECT sum(messages) FROM telegram_gateway.marked"))
        self.assert_equal_to(self.alone(self.original))

        back = self.back()

        self.assertTrue(back["comparison"]["same"])
        self.assertEqual(back["comparison"]["local"], there["comparison"]["postgres"])
        self.assertTrue(json.loads(self.run_("--json", "journal", "verify")[0])["sound"])
        gateway = self.alone(self.copied)
        self.assertEqual(self.everything(gateway), before)
        self.assertEqual(self.waiting(gateway), waiting)

    def test_imports_there_and_back_are_known_there(self):
        self.imported()
        gateway = self.alone(self.original)
        before = self.everything(gateway)
        exported = self.exported()
        gateway.stop()

        self.copy(*TO_POSTGRES)
        self.back()

        self.assertEqual(self.everything(self.alone(self.copied)), before)
        self.assertEqual([line["message"] for line in self.exported()], [line["message"] for line in exported])

    def test_what_is_copied_back_is_not_taken_for_new(self):
        self.imported()
        self.copy(*TO_POSTGRES)
        self.back()

        for file in ("channel.json", "account.json", "channel-later.json"):
            again = json.loads(self.run_("--json", "import", DATA / file)[0])["imports"][0]

            self.assertEqual((again["new"], again["versions"], again["filled"]), (0, 0, 0), file)

    def test_gateway_goes_on_with_the_copy_and_the_same_database(self):
        self.imported()
        self.copy(*TO_POSTGRES)
        rows = self.one("SELECT count(*) FROM telegram_gateway.message_versions")
        self.back()
        (self.folder / "export.json").write_text(export_of([(1, int(time.time()), "new")]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")

        gateway = self.gateway()

        self.assert_equal_to(gateway)
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.message_versions"), rows + 1)

    # --- Ended in the middle

    def killed_when(self, command, reached):
        """Ends the copy with SIGKILL as soon as `reached` holds; False where it was done before."""
        copying = subprocess.Popen([BINARY, "--config", self.config, "--data-dir", self.data, *command],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(copying.wait)
        until(lambda: reached() or copying.poll() is not None, 60, "the copy to go on")
        if copying.poll() is not None:
            return False
        copying.send_signal(signal.SIGKILL)
        copying.wait()
        return True

    def test_killed_copies_go_on_where_they_were(self):
        now = int(time.time())
        for channel in range(2):
            (self.folder / "export.json").write_text(export_of(
                [(n, now - n * 300, f"message {n} " + "x" * (n % 300)) for n in range(1, MESSAGES // 2 + 1)],
                channel=9000000900 + channel, name=f"Channel {channel}"), encoding="utf-8")
            self.run_("import", self.folder / "export.json")
        head = self.head()

        killed = 0
        for _ in range(3):
            at = self.stored_to()
            killed += self.killed_when(TO_POSTGRES, lambda: self.stored_to() > at)
        self.assertGreater(killed, 0)
        at = self.stored_to()
        left = self.journal(self.original, f"SELECT count(*) FROM events WHERE seq > {at}")[0][0]
        report = self.copy(*TO_POSTGRES)

        self.assertLess(left, MESSAGES)
        self.assertLessEqual(report["events"], left)  # the server may have committed what it had when the copy was killed
        self.assertEqual(self.stored_to(), head)
        self.assertEqual(report["comparison"]["postgres"]["messages"], MESSAGES)
        self.assertEqual(self.copy(*TO_POSTGRES)["events"], 0)

        self.data = self.copied
        def copied_messages():
            try:
                return self.journal(self.copied, "SELECT count(*) FROM heads")[0][0]
            except sqlite3.Error:
                return 0
        killed = 0
        for _ in range(3):
            at = copied_messages()
            killed += self.killed_when(TO_LOCAL, lambda: copied_messages() > at)
            self.assertTrue(json.loads(self.run_("--json", "journal", "verify")[0])["sound"])
        self.assertGreater(killed, 0)
        left = MESSAGES - copied_messages()
        report = self.back()

        self.assertEqual(report["messages"], left)
        self.assertTrue(report["comparison"]["same"])
        self.assertEqual(report["comparison"]["local"]["messages"], MESSAGES)
        self.assertTrue(json.loads(self.run_("--json", "journal", "verify")[0])["sound"])

    def test_database_that_is_away_for_a_moment_is_waited_for(self):
        (self.folder / "export.json").write_text(export_of(
            [(n, int(time.time()) - n * 300, f"message {n}") for n in range(1, MESSAGES + 1)]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")
        copying = subprocess.Popen([BINARY, "--config", self.config, "--data-dir", self.data, *TO_POSTGRES],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        until(lambda: self.stored_to() > 0, 60, "the copy to begin")

        self.stack.restart("postgresql")
        self.reconnect()

        output, _ = copying.communicate(timeout=120)
        self.assertEqual(copying.returncode, 0, output)
        self.assertIn(f"the same on both sides: 1 channel, {MESSAGES:,} messages", output)

    # --- What is told

    def test_changed_rows_are_told_with_their_channel(self):
        self.imported()
        self.copy(*TO_POSTGRES)
        spoilt = [
            "UPDATE telegram_gateway.messages SET text = text || '!' WHERE (channel_id, message_id) = (%s, %s)",
            "UPDATE telegram_gateway.messages SET deleted_at = now() WHERE (channel_id, message_id) = (%s, %s)",
            "UPDATE telegram_gateway.message_versions SET body = replace(body, 'text', 'test') "
            "WHERE (channel_id, message_id) = (%s, %s)",
            "DELETE FROM telegram_gateway.message_versions WHERE (channel_id, message_id) = (%s, %s)",
            "DELETE FROM telegram_gateway.messages WHERE (channel_id, message_id) = (%s, %s)"]
        channel, message = self.sql("SELECT channel_id, message_id FROM telegram_gateway.messages WHERE text <> '' AND "
                                    "scope = 0 AND deleted_at IS NULL ORDER BY 1, 2 LIMIT 1")[0]
        for statement in spoilt:
            with self.subTest(statement):
                self.sql(statement, channel, message)
                changed = self.one("SELECT count(*) FROM telegram_gateway.messages")

                report = self.copy(*TO_POSTGRES, "--dry-run", code=3)["comparison"]
                text, _ = self.run_(*TO_POSTGRES, "--dry-run", code=3)

                self.assertFalse(report["same"])
                self.assertEqual([one["channelId"] for one in report["differences"]], [str(channel)])
                self.assertIn(f"different: channel {channel}\n", text)
                self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages"), changed)  # nothing copied
                _, error = self.run_(*TO_POSTGRES, code=3)
                self.assertIn("not the same", error)
                self.sql("DROP SCHEMA telegram_gateway CASCADE")
                self.copy(*TO_POSTGRES)

    def test_journal_with_messages_of_its_own_is_refused(self):
        self.imported()
        self.copy(*TO_POSTGRES)

        _, error = self.run_(*TO_LOCAL, code=1)
        self.assertIn("do not come from this database", error)
        self.assertIn("Name a new folder", error)

        self.back()
        (self.folder / "export.json").write_text(export_of([(1, int(time.time()), "new")]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")
        _, error = self.run_(*TO_LOCAL, code=1)
        self.assertIn("has gone on", error)

    def test_row_that_the_database_refuses_is_told_and_set_aside(self):
        (self.folder / "export.json").write_text(export_of(
            [(n, int(time.time()) - 60 * n, "poison" if n == 37 else f"message {n}") for n in range(1, 101)]),
            encoding="utf-8")
        self.run_("import", self.folder / "export.json")
        self.run_("db", "migrate")
        self.sql("ALTER TABLE telegram_gateway.messages ADD CONSTRAINT not_this CHECK (text <> 'poison')")

        text, error = self.run_(*TO_POSTGRES, code=3)

        self.assertIn("refused by the database: 1 event", text)
        self.assertIn("not_this", error)
        self.assertIn("not_this", self.run_("--json", "failures", "list")[0])
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages"), 99)

    def test_running_gateway_keeps_its_journal(self):
        self.imported()
        self.alone(self.original)

        _, error = self.run_(*TO_POSTGRES, code=1)

        self.assertIn("Stop the gateway", error)

    def test_what_the_database_does_not_keep_is_said(self):
        now = int(time.time())
        (self.folder / "export.json").write_text(export_of(
            [(n, now - n * DAY, f"message {n}") for n in range(1, 101)]), encoding="utf-8")
        self.run_("import", self.folder / "export.json")
        self.configure(keep_days=30)

        text, _ = self.run_(*TO_POSTGRES)
        self.assertIn("not in the database: 71 messages older than postgres.keep_days", text)
        self.assertIn("the same on both sides: 1 channel, 29 messages", text)

        self.data = self.copied
        text, _ = self.run_(*TO_LOCAL)
        self.assertIn("not in the database any more: 71 messages", text)
        self.assertIn("the same on both sides: 1 channel, 29 messages", text)

    def test_what_the_journal_has_trimmed_stays_in_the_database(self):
        self.imported()
        self.copy(*TO_POSTGRES)
        with contextlib.closing(sqlite3.connect(self.original / "journal.db")) as db:
            last = db.execute("SELECT seq FROM events ORDER BY seq LIMIT 1 OFFSET 9").fetchone()[0]
            db.execute("DELETE FROM events WHERE seq <= ?", (last,))
            db.execute("INSERT INTO meta VALUES ('trimmed_to', ?)", (last,))
            db.commit()
        rows = self.one("SELECT count(*) FROM telegram_gateway.messages")

        text, _ = self.run_(*TO_POSTGRES)

        self.assertIn("whose content the journal has trimmed", text)
        self.assertIn("the same on both sides", text)
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.messages"), rows)

    def test_nothing_to_copy_from(self):
        self.data = self.copied
        self.assertIn("db migrate", self.run_(*TO_LOCAL, code=1)[1])
        self.run_("db", "migrate")
        self.assertIn("no gateway has written", self.run_(*TO_LOCAL, code=1)[1])
        shutil.rmtree(self.copied, ignore_errors=True)
        self.assertIn("no journal", self.run_(*TO_POSTGRES, code=1)[1])
        self.assertIn("same store", self.run_("store", "copy", "--from", "local", "--to", "local", code=2)[1])


if __name__ == "__main__":
    unittest.main()
