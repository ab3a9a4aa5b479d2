"""PostgreSQL is put back to a moment: a base backup, the archived log, and the settings of deploy/postgresql/archiving.conf, by
the steps of docs/backup.md. With the real server."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]

from stack import Stack, until  # noqa: E402

ROOT = HERE.parents[1]
ARCHIVING = (ROOT / "deploy/postgresql/archiving.conf").read_text(encoding="utf-8")
WAL = "/var/backups/telegram-gateway-wal"


class PointInTime(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.remove)
        self.stack.up("postgresql")
        self.owner = os.stat(self.stack.folder)
        self.wal = self.folder("wal")
        self.stack.override("postgresql", ARCHIVING.replace(WAL, str(self.wal)))

    def folder(self, name):
        path = self.stack.folder / name
        path.mkdir(mode=0o700)
        os.chown(path, self.owner.st_uid, self.owner.st_gid)
        return path

    def as_server(self, *command):
        """As the server's own user, who owns its files."""
        def drop():
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(self.owner.st_gid)
                os.setuid(self.owner.st_uid)
        environment = {**os.environ, "PGPASSWORD": self.stack.secret("postgres-admin"), "HOME": "/nonexistent"}
        done = subprocess.run(command, env=environment, preexec_fn=drop, cwd="/", capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def sql(self, text, fetch=False):
        with contextlib.closing(self.stack.admin()) as db, db.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall() if fetch else None

    def add(self, words):
        self.sql("INSERT INTO kept(word) VALUES " + ", ".join(f"('{word}')" for word in words))

    def words(self):
        return [row[0] for row in self.sql("SELECT word FROM kept ORDER BY n", fetch=True)]

    def archived(self):
        """All that was written until now is in the archive."""
        name = self.sql("SELECT pg_walfile_name(pg_switch_wal())", fetch=True)[0][0]
        until(lambda: (self.wal / name).exists(), 60, f"{name} in the archive")
        self.assertEqual(self.sql("SELECT failed_count FROM pg_stat_archiver", fetch=True), [(0,)])
        self.assertEqual([file for file in os.listdir(self.wal) if file.endswith(".partial")], [])

    def put_back(self, base, moment):
        self.stack.down("postgresql")
        data = self.stack.folder / "postgresql" / "data"
        shutil.move(data, str(data) + ".before")
        self.as_server("cp", "-a", base, data)
        self.as_server("touch", data / "recovery.signal")
        self.stack.override("postgresql", ARCHIVING.replace(WAL, str(self.wal)) + f"""
restore_command = 'cp "{self.wal}/%f" "%p"'
recovery_target_time = '{moment}'
recovery_target_action = 'promote'
hot_standby = off
""")

    def test_rows_up_to_the_moment_and_none_after_it(self):
        self.sql("CREATE TABLE kept(n serial, word text)")
        self.add(["in the base backup"])
        base = self.stack.folder / "base"
        self.as_server("pg_basebackup", "--host=127.0.0.1", f"--port={self.stack.port('postgresql')}",
                       "--username=postgres", "--no-password", "--checkpoint=fast", "--wal-method=none",
                       f"--pgdata={base}")
        self.add([f"since {n}" for n in range(1_000)])
        expected = self.words()
        moment = self.sql("SELECT clock_timestamp()::text", fetch=True)[0][0]
        self.add(["too late"])
        self.sql("DELETE FROM kept WHERE n <= 500")
        self.archived()

        self.put_back(base, moment)

        self.assertEqual(self.words(), expected)
        self.assertEqual(self.sql("SELECT pg_is_in_recovery()", fetch=True), [(False,)])
        self.add(["and it goes on"])
        self.archived()

    def test_a_segment_that_is_there_is_not_written_over(self):
        self.sql("CREATE TABLE kept(n serial, word text)")
        self.archived()
        self.sql("INSERT INTO kept(word) VALUES ('x')")  # at its very beginning a segment has its predecessor's name
        segment = self.sql("SELECT pg_walfile_name(pg_current_wal_lsn())", fetch=True)[0][0]
        (self.wal / segment).write_bytes(b"another server's")
        self.sql("SELECT pg_switch_wal()")
        until(lambda: self.sql("SELECT failed_count FROM pg_stat_archiver", fetch=True)[0][0] > 0, 60, "a refusal")
        self.assertEqual((self.wal / segment).read_bytes(), b"another server's")


if __name__ == "__main__":
    unittest.main()
