#!/usr/bin/env python3
"""Backups of a gateway that runs, and their way back: what is restored is what was there, whatever fails or is killed on the
way leaves the former state, and nothing that is half written looks finished.

TG_KILLS: how often backup and restore are killed, each (default 6).
"""

import contextlib
import json
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.cli import NOBODY, Case  # noqa: E402
from support.gateway import BINARY, Gateway, free_port  # noqa: E402

KILLS = int(os.environ.get("TG_KILLS", "6"))
CREATED = 1  # model::Kind


def rows(data, sql, *values):
    with sqlite3.connect(f"file:{pathlib.Path(data) / 'journal.db'}?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchall()


def events(data, up_to=1 << 53):
    return rows(data, "SELECT * FROM events WHERE seq <= ? ORDER BY seq", up_to)


class BackupCase(Case):
    def setUp(self):
        super().setUp()
        self.backups = self.folder / "backups"
        self.target = self.folder / "elsewhere"

    def demo(self, *more, data=None):
        gateway = Gateway("demo", "--rate", "200", "--history", "50", "--channels", "6", *more, data_dir=data or self.data)
        self.addCleanup(gateway.kill)
        return gateway.start()

    def stored(self, messages=300):
        """A folder with so many messages, and no gateway on it."""
        gateway = self.demo()
        self.captured(gateway, messages)
        gateway.stop()

    def captured(self, gateway, messages):
        gateway.until(lambda: rows(gateway.data_dir, "SELECT count(*) FROM heads")[0][0] >= messages, 60,
                      f"{messages} messages")

    def back_up(self, *more, **kw):
        return self.json("backup", "--to", self.backups, *more, **kw)

    def restore(self, file, *more):
        return self.json("restore", file, *more, data=self.target)

    def files(self):
        return sorted(os.listdir(self.backups)) if self.backups.exists() else []

    def sound(self, data):
        self.assertTrue(self.json("journal", "verify", data=data)["sound"])

    def whole(self, data):
        """Path → content of all that is in a folder, but what SQLite keeps beside its files and who holds the lock."""
        return {str(path.relative_to(data)): path.read_bytes() for path in sorted(pathlib.Path(data).rglob("*"))
                if path.is_file() and path.name not in ("lock", "journal.db-shm", "journal.db-wal")}


class UnderLoadTest(BackupCase):
    def test_a_backup_under_200_messages_a_second_is_what_was_there(self):
        gateway = self.demo()
        self.captured(gateway, 600)
        before = rows(self.data, "SELECT max(seq) FROM events")[0][0]
        made = self.back_up()
        seq = made["journal"]["seq"]
        self.assertGreaterEqual(seq, before)
        self.assertTrue(made["verified"])
        gateway.until(lambda: rows(self.data, "SELECT max(seq) FROM events")[0][0] > seq + 200, 60, "capture to go on")
        gateway.stop()

        self.restore(made["file"])

        self.assertEqual(events(self.target), events(self.data, seq))
        self.sound(self.target)
        # The original has neither a hole nor a double.
        self.sound(self.data)
        self.assertEqual([c["missing"] for c in self.json("coverage")["channels"] if c["missing"]], [])
        self.assertEqual(rows(self.data, "SELECT peer, message FROM events WHERE kind = ? GROUP BY 1, 2 HAVING count(*) > 1",
                              CREATED), [])
        print(f"\nseq {seq}, {made['journal']['events']} events, {made['bytes']} bytes", file=sys.stderr)

    def test_a_gateway_goes_on_from_an_old_backup_and_says_so(self):
        gateway = self.demo()
        self.captured(gateway, 400)
        made = self.back_up()
        self.captured(gateway, 700)
        gateway.stop()
        given = rows(self.data, "SELECT max(seq) FROM events")[0][0]
        told = self.restore(made["file"])
        self.assertIsNone(told["formerDataDir"])

        again = self.demo(data=self.target)
        again.until(lambda: rows(self.target, "SELECT max(seq) FROM events")[0][0] > given, 60, "numbers that are ahead")
        self.captured(again, 700)
        again.stop()

        self.assertIn("journal_restored", again.whole_log())
        new = [row[0] for row in events(self.target) if row[0] > made["journal"]["seq"]]
        self.assertTrue(all(seq > given for seq in new), "a number was given twice")
        self.sound(self.target)
        self.assertEqual(rows(self.target, "SELECT peer, message FROM events WHERE kind = ? GROUP BY 1, 2 "
                              "HAVING count(*) > 1", CREATED), [])
        self.assertEqual(rows(self.target, "SELECT * FROM meta WHERE name = 'restored_from'"), [])

    def test_two_backups_at_once_do_not_meet(self):
        self.stored()
        command = [BINARY, "--data-dir", self.data, "backup", "--to", self.backups]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        ends = [(process.communicate(timeout=60), process.returncode) for process in both]
        for (_, err), code in ends:
            self.assertTrue(code == 0 or "another backup" in err or "Try again in a second" in err, err)
        self.assertIn(0, [code for _, code in ends])
        for name in self.files():
            self.json("restore", self.backups / name, "--dry-run", data=self.target)


class ContentTest(BackupCase):
    def test_what_is_in_it_and_who_may_read_it(self):
        secret = self.folder / "hook.secret"
        secret.write_text("0123456789abcdef0123")
        secret.chmod(0o600)
        config = self.folder / "gateway.toml"
        config.write_text(f'[[webhooks]]\nname = "desk"\nurl = "http://127.0.0.1:9/"\nallow_private = true\n'
                          f'secret_file = "{secret}"\n')
        self.stored(50)
        (self.data / "tokens.json").write_text("{}")
        session = self.data / "accounts/main/td/td.binlog"
        session.parent.mkdir(parents=True)
        session.write_bytes(b"session")
        (session.parent / "db.sqlite").write_bytes(b"cache")

        made = self.back_up("--config", config)

        names = [file["name"] for file in made["files"]]
        self.assertEqual(names[0], "journal.db")
        for name in ("tokens.json", "accounts/main/td/td.binlog", "configuration/telegram-gateway.toml",
                     "configuration/secrets/webhooks.desk"):
            self.assertIn(name, names)
        self.assertNotIn("accounts/main/td/db.sqlite", names)
        file = pathlib.Path(made["file"])
        self.assertRegex(file.name, r"\Atelegram-gateway-\d{8}T\d{6}Z-[0-9a-f]{8}\.tar\.zst\Z")
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.backups.stat().st_mode & 0o777, 0o700)
        self.assertEqual([p.name for p in (self.data / "backup.scratch").iterdir()], ["lock"])

        told = self.restore(file)
        self.assertEqual(told["sessions"], "none")
        self.assertFalse((self.target / "accounts").exists())
        self.assertEqual((self.target / "restored/configuration/secrets/webhooks.desk").read_text(),
                         "0123456789abcdef0123")
        self.assertEqual((self.target / "tokens.json").read_text(), "{}")
        for path in self.target.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        told = self.restore(file, "--replace", "--sessions")
        self.assertEqual(told["sessions"], "restored")
        self.assertEqual((self.target / "accounts/main/td/td.binlog").read_bytes(), b"session")

    def test_tar_reads_it_too(self):
        self.stored(50)
        made = self.back_up()
        listed = subprocess.run(["tar", "--zstd", "-tf", made["file"]], capture_output=True, text=True, check=True)
        self.assertEqual(listed.stdout.split(), ["manifest.json", "manifest.sha256", *[file["name"] for file in made["files"]]])

    def test_old_ones_go_and_foreign_ones_stay(self):
        self.stored(50)
        first = pathlib.Path(self.back_up()["file"])
        journal = first.name.split("-")[-1].split(".")[0]
        old = [f"telegram-gateway-202610{day:02d}T020000Z-{journal}.tar.zst" for day in range(1, 29)]
        foreign = ["telegram-gateway-20261001T020000Z-00000000.tar.zst", "holiday.tar.zst"]
        for name in old + foreign:
            (self.backups / name).touch()
        left_behind = self.backups / f".telegram-gateway-20261001T020000Z-{journal}.tar.zst.partial"
        left_behind.touch()
        first.unlink()

        planned = self.back_up("--keep", "2,0,1", "--dry-run")
        self.assertEqual(self.files(), sorted([left_behind.name, *old, *foreign]))
        made = self.back_up("--keep", "2,0,1")

        self.assertEqual(made["removed"], planned["removed"])
        self.assertEqual(self.files(), sorted([pathlib.Path(made["file"]).name, old[-1], *foreign]))

    def test_a_server_that_is_down_does_not_cost_the_journal_its_backup(self):
        self.stored(50)
        config = self.folder / "gateway.toml"
        config.write_text(f'[postgres]\nenabled = true\nhost = "127.0.0.1"\nport = {free_port()}\n'
                          f'direct_port = {free_port()}\n')

        made = self.json("backup", "--to", self.backups, "--config", config, code=3)

        self.assertFalse(made["whole"])
        self.assertTrue(made["file"].endswith("-incomplete.tar.zst"))
        self.assertIn("PostgreSQL", [one["what"] for one in made["leftOut"]])
        self.assertFalse((self.data / "backup.last").exists())
        chosen = self.json("backup", "--to", self.folder / "chosen", "--config", config, "--no-database")
        self.assertTrue(chosen["whole"])
        self.assertTrue(chosen["file"].endswith("-incomplete.tar.zst"))
        self.restore(made["file"])
        self.assertEqual(events(self.target), events(self.data))

    def test_the_last_good_one_is_told(self):
        self.stored(50)
        self.assertIn("backup: none was taken yet", self.run_("doctor")[1])
        before = int(time.time())
        self.back_up()

        self.assertRegex(self.run_("doctor")[1], "(?m)^ok    backup: the last was taken at ")
        gateway = self.demo()
        gateway.until(lambda: gateway.metric("last_backup_timestamp_seconds") >= before, 30, "the metric")
        gateway.stop()
        (self.data / "backup.last").write_text(f"{before - 40 * 3600}\n")
        self.assertRegex(self.run_("doctor")[1], "(?m)^FIX   backup: .*Fix: ")


class EncryptedTest(BackupCase):
    def key(self, name):
        identity = self.folder / f"{name}.txt"
        subprocess.run(["age-keygen", "-o", identity], check=True, capture_output=True)
        recipients = self.folder / f"{name}.pub"
        recipients.write_text(subprocess.run(["age-keygen", "-y", identity], check=True, capture_output=True, text=True).stdout)
        return identity, recipients

    def test_only_who_has_the_identity_can_put_it_back(self):
        identity, recipients = self.key("mine")
        other, _ = self.key("other")
        self.stored(50)
        made = self.back_up("--encrypt-to", recipients)
        self.assertTrue(made["file"].endswith(".tar.zst.age"))
        self.assertEqual(os.stat(made["file"]).st_mode & 0o777, 0o600)
        self.assertNotIn(b"journal", pathlib.Path(made["file"]).read_bytes())
        self.assertEqual([p.name for p in (self.data / "backup.scratch").iterdir()], ["lock"])

        self.bad(1, "restore", made["file"], data=self.target, says=["is encrypted", "--identity"])
        self.bad(1, "restore", made["file"], "--identity", other, data=self.target, says=["age did not decrypt"])
        self.assertFalse(self.target.exists())
        nowhere = str(self.folder / "nowhere")
        self.json("restore", made["file"], "--identity", identity, "--dry-run", data=self.target, TMPDIR=nowhere)
        self.assertFalse(self.target.exists())
        self.assertEqual([path.name for path in self.folder.glob(".*restoring")], [])
        self.restore(made["file"], "--identity", identity)
        self.assertEqual(events(self.target), events(self.data))

    def test_recipients_that_are_none_are_refused(self):
        nonsense = self.folder / "nonsense"
        nonsense.write_text("hello\n")
        self.stored(50)
        self.bad(2, "backup", "--to", self.backups, "--encrypt-to", nonsense, says=["age did not encrypt"])
        self.assertEqual(self.files(), [])


class RefusalTest(BackupCase):
    def test_a_folder_in_use_or_full_is_left_alone(self):
        gateway = self.demo()
        self.captured(gateway, 50)
        made = self.back_up()
        self.bad(1, "restore", made["file"], "--replace", says=["a gateway runs on"])
        gateway.stop()
        before = self.whole(self.data)
        self.bad(1, "restore", made["file"], says=["is not empty", "--replace"])
        told = self.json("restore", made["file"], "--replace", "--dry-run")
        self.assertTrue(told["dryRun"])
        self.assertEqual(self.whole(self.data), before)

    def test_what_was_there_is_kept_beside_it(self):
        self.stored(100)
        made = self.back_up()
        gateway = self.demo()
        self.captured(gateway, 400)
        gateway.stop()
        media = self.data / "media" / "ab" / "cd"
        media.parent.mkdir(parents=True)
        media.write_bytes(b"picture")
        before = self.whole(self.data)

        told = self.json("restore", made["file"], "--replace")

        former = pathlib.Path(told["formerDataDir"])
        self.assertEqual(former.parent, self.data.parent)
        self.assertEqual(self.whole(former), before)
        self.assertEqual(events(self.data), events(former, made["journal"]["seq"]))
        self.assertEqual((self.data / "media/ab/cd").read_bytes(), b"picture")
        self.assertEqual([p for p in self.data.parent.iterdir() if p.name.endswith(".restoring") and any(
            child.name != "lock" for child in p.iterdir())], [])

    def test_a_damaged_backup_changes_nothing(self):
        self.stored(100)
        made = pathlib.Path(self.back_up()["file"])
        whole = made.read_bytes()
        before = self.whole(self.data)
        middle = bytearray(whole)
        middle[len(whole) // 2] ^= 1
        for name, content in {"cut": whole[:len(whole) // 2], "changed": bytes(middle), "text": b"hello", "empty": b""}.items():
            with self.subTest(name):
                damaged = self.folder / f"{name}.tar.zst"
                damaged.write_bytes(content)
                for more in ((), ("--dry-run",)):
                    self.bad(1, "restore", damaged, "--replace", *more)
                self.assertEqual(self.whole(self.data), before)
        self.bad(1, "restore", self.folder / "nothing.tar.zst", data=self.target, says=["No such file"])

    def test_a_journal_that_is_damaged_is_not_called_a_backup(self):
        self.stored(300)
        with contextlib.closing(sqlite3.connect(self.data / "journal.db")) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(self.data / "journal.db", "r+b") as file:
            file.seek(os.path.getsize(self.data / "journal.db") // 4)
            file.write(b"\0" * (os.path.getsize(self.data / "journal.db") // 2))
        status, _, err = self.run_("backup", "--to", self.backups)
        self.assertEqual(status, 1)
        self.assertRegex(err, "damaged|malformed")
        self.assertEqual(self.files(), [])

    def test_a_place_that_is_no_place(self):
        self.stored(50)
        self.bad(2, "backup", says=["no folder for backups", "--to"])
        self.bad(2, "backup", "--to", self.data / "backups", says=["inside the data folder"])
        self.bad(1, "backup", "--to", self.backups, data=self.target, says=["there is no journal"])
        self.bad(2, "backup", "--to", self.backups, "--keep", "7,4", says=["three numbers"])

    def test_a_disk_that_fills_up_on_the_way(self):
        self.stored(600)
        made = pathlib.Path(self.back_up()["file"])
        before = self.whole(self.data)
        # A file that may not grow: what a full disk gives in the middle of writing.
        def small():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
        for command in (["backup", "--to", self.backups], ["restore", made, "--replace"]):
            with self.subTest(command[0]):
                done = subprocess.run([BINARY, "--data-dir", self.data, *command], capture_output=True, text=True,
                                      preexec_fn=small, timeout=60)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, r"\Aerror: .+\. .+\n\Z")
                self.assertEqual(self.files(), [made.name])
                self.assertEqual(self.whole(self.data), before)

    @unittest.skipUnless(os.geteuid() == 0, "a disk of its own needs the right to mount one (root)")
    def test_a_disk_without_room_is_refused_before_anything_is_written(self):
        self.stored(600)
        self.backups.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", self.backups], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.backups], check=False)
        self.bad(1, "backup", "--to", self.backups, says=["MB are free"])
        self.assertEqual(self.files(), [])


    @unittest.skipUnless(os.geteuid() == 0, "needs root, to become another user")
    def test_a_disk_that_fails_behind_the_exchange_costs_nothing(self):
        self.stored(100)
        made = self.back_up()
        before = self.whole(self.data)
        self.folder.chmod(0o755)
        place = self.folder / "place"
        place.mkdir()
        self.data = self.data.rename(place / "data")
        backup = shutil.move(made["file"], self.folder / "backup.tar.zst")
        for path in (backup, place, self.data, *self.data.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        place.chmod(0o300)  # it can be written, and not be opened to be synced

        status, _, err = self.run_("restore", backup, "--replace", nobody=True)

        self.assertEqual(status, 0, err)
        self.assertRegex(err, r"\Awarning: .*Permission denied")
        former = [path for path in place.iterdir() if path.name.startswith("data.before-")]
        self.assertEqual([self.whole(path) for path in former], [before])
        self.assertEqual(events(self.data), events(former[0]))


class KilledTest(BackupCase):
    def killed(self, command, after):
        process = subprocess.Popen([BINARY, "--data-dir", self.data, *command], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(after)  # the moment it is killed at; nothing waits for it
        process.kill()
        return process.wait(30)

    def took(self, *command):
        began = time.monotonic()
        self.good(*command)
        return time.monotonic() - began

    def test_a_killed_backup_leaves_nothing_that_looks_finished(self):
        self.stored(1_500)
        whole = self.took("backup", "--to", self.backups)
        for n in range(KILLS):
            before = set(self.files())
            self.killed(["backup", "--to", self.backups], whole * (n + 0.5) / KILLS)
            for name in set(self.files()) - before:
                if not name.startswith("."):
                    self.json("restore", self.backups / name, "--dry-run", data=self.target)
        status, out, err = self.run_("backup", "--to", self.backups, "--json")
        while status != 0:  # the last one may have been finished within this second
            self.assertIn("Try again in a second", err)
            status, out, err = self.run_("backup", "--to", self.backups, "--json")
        made = json.loads(out)
        self.assertEqual([name for name in self.files() if name.startswith(".")], [])
        self.assertEqual([p.name for p in (self.data / "backup.scratch").iterdir()], ["lock"])
        self.restore(made["file"])
        self.assertEqual(events(self.target), events(self.data))

    def test_a_killed_restore_leaves_the_former_or_the_restored_folder(self):
        self.stored(1_500)
        made = self.back_up()
        gateway = self.demo()
        self.captured(gateway, 1_700)
        gateway.stop()
        original = self.folder / "original"
        shutil.copytree(self.data, original)
        both = {"former": events(original), "restored": events(original, made["journal"]["seq"])}
        whole = self.took("restore", made["file"], "--replace")
        for n in range(KILLS):
            shutil.rmtree(self.data)
            shutil.copytree(original, self.data)
            self.killed(["restore", made["file"], "--replace"], whole * (n + 0.5) / KILLS)
            self.assertIn(events(self.data), both.values())
            self.sound(self.data)
        self.good("restore", made["file"], "--replace")
        self.assertEqual(events(self.data), both["restored"])
        for former in self.folder.glob("data.before-*"):
            self.assertIn(events(former), both.values())


if __name__ == "__main__":
    unittest.main()
