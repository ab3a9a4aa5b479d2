#!/usr/bin/env python3
"""`migrate-legacy` and `rollback` against the predecessor's database as it really is, on a real PostgreSQL.

Needs psycopg2. TG_LEGACY_ROWS sets how many messages the large database has (100000 for the whole of it).
"""

import collections
import contextlib
import hashlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.cli import CHANNEL, NOBODY, Case  # noqa: E402
from support.gateway import BINARY, Gateway  # noqa: E402
from support.legacy import FIRST, PASSWORD, SHAPES, Predecessor, close_quietly  # noqa: E402
from support.stack import shared_stack, until  # noqa: E402

ROWS = int(os.environ.get("TG_LEGACY_ROWS", "20000"))
FEW = 600
RUNBOOK = pathlib.Path(__file__).resolve().parents[2] / "docs/migration-runbook.md"


def setUpModule():
    global stack
    stack = shared_stack("postgresql")


def dump(folder):
    """All that a journal says, without where its numbering goes on."""
    with contextlib.closing(sqlite3.connect(folder / "journal.db")) as db:
        return [line for line in db.iterdump() if "sqlite_sequence" not in line]


def expected(old):
    """What is in the predecessor's table, counted another way than the program does."""
    columns = ("channel_id::text", "message_id::text", "text", "caption", "media_type", "status", "telegram_date", "deleted_at",
               "metadata", "created_at")
    rows = [dict(zip(map(str, columns), row)) for row in
            old.sql(f"SELECT {', '.join(columns)} FROM telegram_gateway.messages ORDER BY created_at")]
    told = collections.Counter(rows=len(rows))
    messages = collections.defaultdict(list)
    for row in rows:
        channel, message = row["channel_id::text"], row["message_id::text"]
        if not channel.lstrip("-").isdigit() or not message.isdigit():
            told["setAside"] += 1
            continue
        told["bareChannelIds"] += not channel.startswith("-")
        messages[(int(channel) if channel.startswith("-") else -1000000000000 - int(channel), int(message))].append(row)
    told["messages"] = len(messages)
    for group in messages.values():
        told["duplicates"] += len(group) - 1
        told["differing"] += len({(row["text"] or row["caption"], row["media_type"]) for row in group}) > 1
        told["datesTaken"] += all(row["telegram_date"] is None for row in group)
        told["deleted"] += all(row["deleted_at"] is not None for row in group)
        marked = {row["metadata"].get("processed_by") if isinstance(row["metadata"], dict) else None for row in group}
        told["marks"] += len(marked - {None}) + (marked == {None} and any(row["status"] == "published" for row in group))
        for row in group:
            told["metadataTwice"] += isinstance(row["metadata"], str) and row["metadata"].startswith("{")
            told["metadataBad"] += isinstance(row["metadata"], str) and not row["metadata"].startswith("{")
    return dict(told), messages


class MigrateLegacy(Case):
    def predecessor(self, shape="migrations", rows=FEW):
        old = Predecessor(stack, shape, rows)
        self.addCleanup(close_quietly, old)
        self.secret = self.folder / "predecessor.password"
        self.secret.touch(0o600)
        self.secret.write_text(PASSWORD, encoding="utf-8")
        return old

    def command(self, old, *more):
        return ["migrate-legacy", "--from", old.url, "--password-file", self.secret, *more]

    def migrate(self, old, *more, code=3, data=None):
        """The report. Some rows are no messages: exit code 3."""
        status, out, err = self.run_(*self.command(old, *more), "--json", data=data)
        self.assertEqual(status, code, out[-2000:] + err)
        return json.loads(out)

    def journal(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as db:
            return db.execute(statement, values).fetchall()

    def assert_report(self, report, told):
        self.assertEqual({name: report[name] for name in told}, told)
        self.assertTrue(report["sound"])
        self.assertEqual((report["missing"], report["marksMissing"], report["deletionsMissing"]), (0, 0, 0))
        self.assertEqual(sum(channel["messages"] for channel in report["channels"]), told["messages"])
        for channel in report["channels"]:
            self.assertEqual(channel["sourceChecksum"], channel["journalChecksum"])

    # --- What is taken over

    def test_both_shapes_are_taken_over_and_reported_exactly(self):
        for shape in SHAPES:
            with self.subTest(shape=shape):
                old = self.predecessor(shape)
                self.data = self.folder / shape
                told, messages = expected(old)
                before = old.fingerprint()

                report = self.migrate(old)

                self.assertEqual(report["shape"], shape)
                self.assert_report(report, told)
                self.assertEqual([step["step"] for step in report["steps"]],
                                 ["configuration", "ports", "source", "count", "room", "backup", "channels", "photos",
                                  "messages", "failure queue", "compare", "report"])
                self.assertEqual(json.loads((self.data / "legacy/report.json").read_text(encoding="utf-8")), report)
                self.assertEqual(set(self.journal("SELECT peer, message FROM heads")), set(messages))
                self.assertEqual(old.fingerprint(), before)
                self.assertEqual(json.loads(self.good("journal", "verify", "--json"))["sound"], True)
                old.remove()

    def test_a_message_has_what_the_predecessor_knew_of_it(self):
        old = self.predecessor()
        self.migrate(old)

        def body(number):
            rows = self.journal("SELECT e.body FROM heads h JOIN events e ON e.seq = h.seq WHERE h.peer = ? AND h.message = ?",
                                FIRST - number % 5, number // 5 + 1)
            return json.loads(rows[0][0])

        self.assertEqual(body(2)["text"], "Message 2")
        self.assertEqual(body(3)["text"], "Only a caption")
        self.assertEqual(body(10)["text"], "Message 10, mended")  # the newer of two contents
        self.assertEqual(body(4)["media"]["type"], "photo")
        self.assertEqual(body(2)["reply"]["message"], 1)
        self.assertEqual(body(2)["link_preview"]["site_name"], "Example")
        self.assertEqual(body(11)["counters"]["views"], 7)  # JSON in a JSON string
        self.assertEqual(self.journal("SELECT versions FROM heads WHERE peer = ? AND message = 3", FIRST), [(2,)])

    def test_marks_and_deletions_are_kept_and_history_is_no_news(self):
        old = self.predecessor()
        self.migrate(old)
        _, messages = expected(old)
        marked = {(peer, message) for (peer, message), rows in messages.items() for row in rows
                  if isinstance(row["metadata"], dict) and row["metadata"].get("processed_by")}
        deleted = {key for key, rows in messages.items() if all(row["deleted_at"] for row in rows)}

        self.assertEqual(set(self.journal("SELECT peer, message FROM acks WHERE consumer = 'tp-capital'")), marked)
        self.assertEqual(set(self.journal("SELECT peer, message FROM heads WHERE deleted_at <> 0")), deleted)
        self.assertEqual(self.journal("SELECT count(*) FROM heads WHERE flags & 1"), [(0,)])
        self.assertEqual(set(self.journal("SELECT DISTINCT origin FROM events")), {(4,)})

    def test_what_nobody_marked_is_offered_on_request_from_a_time_on(self):
        old = self.predecessor()
        since = "2025-06-01T08:00:00Z"

        report = self.migrate(old, "--offer-since", since)

        pending = old.sql("SELECT DISTINCT channel_id::text::bigint, message_id FROM telegram_gateway.messages WHERE channel_id "
                          "~ '^-' AND status = 'received' AND coalesce(telegram_date, received_at) >= %s", since)
        self.assertGreater(len(pending), 10)
        self.assertEqual(report["offered"], len(pending))
        self.assertEqual(set(self.journal("SELECT peer, message FROM heads WHERE flags & 1")), set(pending))

    def test_the_registry_is_taken_over_and_what_is_set_here_stays(self):
        old = self.predecessor()
        self.good("import", CHANNEL)
        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as db, db:
            db.execute("INSERT INTO chats (peer, scope, label, registered, created_at, updated_at) VALUES (?, 0, 'Mine', 1, 1, 1)",
                       (FIRST - 1,))

        self.migrate(old)

        chats = dict((peer, rest) for peer, *rest in self.journal(
            "SELECT peer, label, active, registered FROM chats WHERE peer <= ? AND peer >= ?", FIRST, FIRST - 1999))
        self.assertEqual(chats[FIRST], ["Signals", 1, 1])
        self.assertEqual(chats[FIRST - 1], ["Mine", 1, 1])
        self.assertEqual(chats[FIRST - 999], ["Empty", 1, 1])
        self.assertEqual(chats[FIRST - 2][2], 0)  # not in its registry: seen, not captured

    def test_the_failure_queue_and_the_photos_are_taken_over(self):
        old = self.predecessor()
        queue = self.folder / "failure-queue.jsonl"
        lines = [{"channelId": str(FIRST), "messageId": 9001, "text": "Never published", "mediaType": "text", "photos": [],
                  "telegramDate": "2025-11-03T02:40:00.000Z", "failedAt": "2025-11-03T02:41:00.000Z", "metadata": {}},
                 {"channelId": str(FIRST), "messageId": 1, "text": "Message 0", "mediaType": "photo",
                  "telegramDate": "2025-06-01T00:00:00.000Z", "failedAt": "2025-11-03T02:41:00.000Z"}]
        queue.write_text("\n".join([json.dumps(lines[0]), "", "{torn", json.dumps(lines[1]), ""]), encoding="utf-8")
        photos = self.folder / "photos"
        photos.mkdir()
        picture = b"\xff\xd8\xff made up"
        (photos / f"{FIRST}_1.jpg").write_bytes(picture)      # message 0
        (photos / f"{FIRST}_77777.jpg").write_bytes(picture)  # of no message
        (photos / "notes.txt").write_text("no photo", encoding="utf-8")
        told, _ = expected(old)

        report = self.migrate(old, "--failure-queue", queue, "--photos", photos)

        self.assertEqual((report["queueLines"], report["photos"], report["photosAlone"]), (2, 2, 1))
        self.assertEqual(report["setAside"], told["setAside"] + 1)
        self.assertTrue(report["sound"])
        self.assertIn("failure-queue.jsonl line 3", " ".join(report["reasons"] + [row[0] for row in self.journal(
            "SELECT place FROM quarantine")]))
        self.assertEqual(self.journal("SELECT count(*) FROM heads WHERE peer = ? AND message = 9001", FIRST), [(1,)])
        blob = json.loads(self.journal("SELECT e.body FROM heads h JOIN events e ON e.seq = h.seq WHERE h.peer = ? AND "
                                       "h.message = 1", FIRST)[0][0])["media"]["blob"]
        self.assertEqual(blob, hashlib.sha256(picture).hexdigest())
        self.assertEqual((self.data / "media/sha256" / blob[:2] / blob[2:4] / blob).read_bytes(), picture)

    # --- Again, and after kill -9

    def test_a_second_run_changes_nothing(self):
        old = self.predecessor("self-made")
        first = self.migrate(old)
        before = dump(self.data)

        second = self.migrate(old)

        self.assertEqual(dump(self.data), before)
        for report in (first, second):
            del report["steps"]
        self.assertEqual(second, first)

    def test_a_second_run_takes_what_came_meanwhile(self):
        old = self.predecessor()
        first = self.migrate(old)
        old.add(FEW + 50, f"i >= {FEW}")

        second = self.migrate(old)

        self.assertEqual(second["messages"], first["messages"] + 50)
        self.assertEqual(second["events"]["new"], first["messages"] + 50)

    def test_kill_9_in_the_middle_goes_on_and_tells_the_same(self):
        old = self.predecessor(rows=ROWS)
        whole = self.migrate(old, data=self.folder / "whole")
        state = self.data / "legacy/state.json"
        kills = 0
        for messages in (1_000, ROWS // 3):
            process = self.start(old)
            with contextlib.suppress(AssertionError):
                until(lambda: process.poll() is not None or self.taken(state) >= messages, patience=60)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                kills += 1
            process.wait()
        self.assertEqual(kills, 2)
        self.assertEqual(json.loads(state.read_text(encoding="utf-8"))["phase"], "taking")

        report = self.migrate(old)

        self.assertTrue(report["resumed"])
        for one in (report, whole):
            del one["steps"], one["resumed"]
        self.assertEqual(report, whole)
        told, messages = expected(old)
        self.assert_report(report, told)
        self.assertEqual(set(self.journal("SELECT peer, message FROM heads")), set(messages))

    def start(self, old):
        return subprocess.Popen([BINARY, "--data-dir", self.data, *map(str, self.command(old))], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def taken(self, state):
        """How many messages are in the journal of a run that goes on."""
        if '"peer"' not in state.read_text(encoding="utf-8"):
            return 0
        return self.journal("SELECT count(*) FROM heads")[0][0]

    def test_an_unfinished_migration_is_not_mixed_with_another(self):
        old = self.predecessor()
        self.migrate(old)
        state = self.data / "legacy/state.json"
        told = json.loads(state.read_text(encoding="utf-8"))
        state.write_text(json.dumps(told | {"phase": "taking", "source": "elsewhere:1/x y.z"}), encoding="utf-8")

        self.bad(1, *self.command(old), says=["elsewhere:1/x y.z", "rollback"])

    # --- Rollback

    def test_rollback_puts_back_the_state_before_exactly(self):
        old = self.predecessor()
        photos = self.folder / "photos"
        photos.mkdir()
        (photos / f"{FIRST}_1.jpg").write_bytes(b"\xff\xd8\xff made up")
        self.good("import", "--media", CHANNEL)
        before, media = dump(self.data), self.files()
        self.migrate(old, "--photos", photos)
        self.assertNotEqual(self.files(), media)
        tried = self.json("rollback", "--dry-run")
        self.assertNotEqual(dump(self.data), before)

        done = self.json("rollback")

        self.assertEqual((done["events"], done["photos"], done["newer"]), (tried["events"], 1, 0))
        self.assertEqual(dump(self.data), before)
        self.assertEqual(self.files(), media)
        self.bad(1, "rollback", says=["no migration"])
        self.migrate(old)  # and it can be done again

    def test_rollback_of_the_first_run_of_all_leaves_no_journal(self):
        old = self.predecessor()
        self.migrate(old)
        self.migrate(old)

        self.good("rollback")

        self.assertEqual([name for name in os.listdir(self.data) if name.startswith("journal")], [])

    def test_a_rollback_that_was_killed_is_simply_given_again(self):
        old = self.predecessor()
        self.good("import", CHANNEL)
        before = dump(self.data)
        self.migrate(old)
        state = self.data / "legacy/state.json"
        told = json.loads(state.read_text(encoding="utf-8"))
        state.write_text(json.dumps(told | {"phase": "rolling back"}), encoding="utf-8")
        (self.data / "journal.db").write_bytes(b"torn")
        self.bad(1, *self.command(old), says=["rollback"])

        self.good("rollback")

        self.assertEqual(dump(self.data), before)

    def test_what_the_gateway_stored_since_is_not_lost_unasked(self):
        old = self.predecessor()
        self.good("import", CHANNEL)
        before = dump(self.data)
        self.migrate(old)
        later = CHANNEL.with_name("channel-later.json")
        self.good("import", later)
        self.bad(1, "rollback", says=["stored", "--discard-newer"])

        done = self.json("rollback", "--discard-newer")

        self.assertGreater(done["newer"], 0)
        self.assertEqual(dump(self.data), before)

    def test_what_was_stored_behind_a_rollback_that_was_killed_is_not_lost_unasked(self):
        old = self.predecessor()
        self.good("import", CHANNEL)
        before = dump(self.data)
        self.migrate(old)
        state = self.data / "legacy/state.json"
        told = json.loads(state.read_text(encoding="utf-8"))
        state.write_text(json.dumps(told | {"phase": "rolling back"}), encoding="utf-8")
        self.good("import", CHANNEL.with_name("channel-later.json"))  # as a gateway does that systemd started

        self.bad(1, "rollback", says=["stored", "--discard-newer"])

        self.good("rollback", "--discard-newer")
        self.assertEqual(dump(self.data), before)

    def test_a_damaged_journal_is_not_called_the_state_before(self):
        old = self.predecessor()
        self.good("import", CHANNEL)
        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as db:
            # An index that lacks its rows: SQLite's check finds it, a copy does not.
            root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'heads_by_chat'").fetchone()[0]
            size = db.execute("PRAGMA page_size").fetchone()[0]
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(self.data / "journal.db", "r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"\x0a" + bytes(4) + size.to_bytes(2, "big") + bytes(size - 7))

        self.bad(1, *self.command(old), says=["damaged"])

        self.assertFalse((self.data / "legacy/before.db").exists())
        self.assertFalse((self.data / "legacy/state.json").exists())

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to be refused")
    def test_root_is_refused_in_another_users_folder(self):
        old = self.predecessor()
        self.data.mkdir(mode=0o700)
        os.chown(self.data, NOBODY, NOBODY)

        for command in (self.command(old), ["import", CHANNEL]):
            self.bad(1, *command, says=["belongs to nobody", "runuser -u nobody -- telegram-gateway"])

        self.assertEqual(os.listdir(self.data), [])

    # --- The guide

    def test_the_runbooks_commands_run(self):
        old = self.predecessor()
        (self.folder / "queue.jsonl").touch()
        (self.folder / "photos").mkdir()
        instead = {"postgresql://gateway_reader@127.0.0.1:5433/tradingsystem": old.url,
                   "/etc/telegram-gateway/predecessor.password": self.secret,
                   "data/failure-queue.jsonl": self.folder / "queue.jsonl", "cache/photos": self.folder / "photos"}
        as_its_user = "sudo runuser -u telegram-gateway -- telegram-gateway "
        lines = [line.removeprefix("sudo runuser -u telegram-gateway -- ").split()
                 for line in RUNBOOK.read_text(encoding="utf-8").splitlines() if line.startswith(as_its_user)]
        self.assertGreater(len(lines), 5)
        for _, *words in lines:
            with self.subTest(command=" ".join(words)):
                status, out, err = self.run_(*(instead.get(word, word) for word in words))
                self.assertIn(status, (0, 3), out + err)

    # --- Refusals

    def test_a_dry_run_tells_and_makes_nothing(self):
        old = self.predecessor()
        told, _ = expected(old)

        report = self.migrate(old, "--dry-run")

        self.assertEqual({name: report[name] for name in told}, told)
        self.assertEqual(report["missing"], told["messages"])
        self.assertFalse(self.data.exists())

    def test_what_does_not_reach_the_journal_is_told_and_not_called_done(self):
        old = self.predecessor()
        self.good("import", CHANNEL)
        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as db:
            db.execute("CREATE TRIGGER swallow BEFORE INSERT ON acks BEGIN SELECT RAISE(IGNORE); END")

        report = self.migrate(old, code=1)

        self.assertFalse(report["sound"])
        self.assertGreater(report["marksMissing"], 0)
        self.assertEqual(json.loads((self.data / "legacy/state.json").read_text(encoding="utf-8"))["phase"], "taking")
        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as db:
            db.execute("DROP TRIGGER swallow")
        self.assertTrue(self.migrate(old)["sound"])

    def test_a_running_gateway_is_not_disturbed(self):
        old = self.predecessor()
        gateway = Gateway("demo", "--rate", "1", "--history", "1", "--channels", "1", data_dir=self.data).start()
        self.addCleanup(gateway.stop)

        self.bad(1, *self.command(old), says=["another process uses"])
        self.bad(1, "rollback")

    def test_a_password_on_the_command_line_is_refused_and_never_repeated(self):
        for url in (f"postgresql://a:{PASSWORD}@127.0.0.1/x", f"postgresql://a:{PASSWORD}@127.0.0.1:nowhere/x"):
            status, out, err = self.run_("migrate-legacy", "--from", url)
            self.assertEqual((status, out), (2, ""))
            self.assertNotIn(PASSWORD, err)

    def test_the_address_comes_from_a_file_or_the_predecessors_own_variable(self):
        old = self.predecessor()
        url = old.url.replace("predecessor@", f"predecessor:{PASSWORD}@")
        file = self.folder / "address"
        file.touch(0o600)
        file.write_text(url, encoding="utf-8")

        by_file = self.run_("migrate-legacy", "--from-file", file, "--dry-run", "--json")
        by_variable = self.run_("migrate-legacy", "--dry-run", "--json", TELEGRAM_GATEWAY_DB_URL=url)

        self.assertEqual((by_file[0], by_variable[0]), (3, 3), by_file[2] + by_variable[2])
        self.assertNotIn(PASSWORD, by_file[1] + by_file[2] + by_variable[1] + by_variable[2])

    def test_another_table_or_none_is_told(self):
        old = self.predecessor()
        self.bad(1, *self.command(old, "--table", "nothing"), says=["telegram_gateway.nothing", "--schema"])
        old.sql("ALTER TABLE telegram_gateway.messages ADD content_seq bigint, ADD last_seq bigint")
        self.bad(1, *self.command(old), says=["this gateway's own table"])

    def files(self):
        return sorted(str(path) for path in (self.data / "media").rglob("*") if path.is_file())


if __name__ == "__main__":
    unittest.main()
