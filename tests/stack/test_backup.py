"""A backup of everything, taken while the real TDLib captures and the real servers are fed, and put back on an empty machine:
the session needs no new sign-in, what was posted since is fetched, and readers get no double."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]

import hybrid  # noqa: E402
import readers  # noqa: E402
from gateway import BINARY  # noqa: E402
from stack import shared_stack, until  # noqa: E402
from telegram.case import Case  # noqa: E402

READERS = ("postgres", "redis", "rabbitmq")


def setUpModule():
    global stack
    stack = shared_stack()


class Backup(Case):
    def setUp(self):
        super().setUp()
        self.gateway.stop()
        self.config = pathlib.Path(self.folder.name) / "gateway.toml"
        management = (f'[rabbitmq]\nmanagement_url = "http://127.0.0.1:{stack.port("rabbitmq-management")}"\n'
                      f'management_password_file = "{stack.folder / "secrets" / "rabbitmq-admin"}"\n')
        self.config.write_text(stack.config_toml.replace("[rabbitmq]\n", management) + "\n" +
                               self.config.read_text(encoding="utf-8"), encoding="utf-8")
        with contextlib.closing(stack.admin()) as db, db.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS telegram_gateway CASCADE")
        self.gateway.start()
        self.gateway.sign_in(self.ada)
        self.capture(self.news)
        self.queue = readers.QueueReader(stack, f"test.{self.id()}")
        self.addCleanup(self.queue.stop)
        self.assertTrue(self.queue.ready.wait(60))

    def program(self, *arguments, data_dir=None):
        done = subprocess.run([BINARY, "--config", self.config, "--data-dir", data_dir or self.gateway.data_dir, *arguments,
                               "--json"], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def post(self, text, count, when=None):
        return self.do(lambda world: [world.post(self.news, f"{text} {n}", when=when) for n in range(count)])

    def settled(self):
        self.until_equal(self.news, patience=120)
        until(lambda: all(d["behindEvents"] == 0 for d in self.gateway.get("/api/telegram-gateway/destinations")[1]["data"]
                          if d["name"] in READERS), 120, "delivery")

    def test_a_backup_is_put_back_on_an_empty_machine(self):
        earlier = int(time.time()) - 3_600
        self.post("before", 30, when=earlier)
        self.settled()
        made = self.program("backup", "--to", os.path.join(self.folder.name, "backups"))
        names = [file["name"] for file in made["files"]]
        for name in ("journal.db", "postgresql.dump", "rabbitmq.json", "configuration/telegram-gateway.toml"):
            self.assertIn(name, names)
        self.assertTrue(any(name.startswith("accounts/main/td/") for name in names), names)
        ids = self.post("since", 40, when=earlier)
        self.do(lambda world: (world.edit(self.news, ids[0], "changed"), world.delete(self.news, ids[1])))
        self.settled()
        self.gateway.stop()

        elsewhere = os.path.join(self.folder.name, "elsewhere")
        told = self.program("restore", made["file"], "--sessions", data_dir=elsewhere)
        self.assertEqual(told["sessions"], "restored")
        definitions = json.loads(pathlib.Path(elsewhere, "restored/rabbitmq.json").read_text(encoding="utf-8"))
        self.assertIn("telegram.messages", [exchange["name"] for exchange in definitions["exchanges"]])
        with contextlib.closing(stack.admin()) as db, db.cursor() as cursor:
            cursor.execute("DROP SCHEMA telegram_gateway CASCADE")
            cursor.execute("CREATE SCHEMA telegram_gateway AUTHORIZATION telegram_gateway")
        dump = os.path.join(elsewhere, "restored/postgresql.dump")
        subprocess.run(["pg_restore", "--no-owner", "--schema=telegram_gateway", "--exit-on-error", "--host=127.0.0.1",
                        f"--port={stack.port('postgresql')}", "--username=telegram_gateway", "--dbname=telegram_gateway",
                        "--no-password", dump], check=True, env={**os.environ, "PGPASSWORD": stack.secret("postgres")})
        self.gateway.data_dir = elsewhere
        self.gateway.start()
        self.gateway.stage("ready")  # without a sign-in
        self.post("after", 10)
        self.settled()

        stored = {f"{self.news.chat_id}:{number}": (text, deleted)
                  for number, (text, _, deleted) in self.gateway.messages(self.news).items()}
        until(lambda: hybrid.table(stack.direct()) == stored, 60, "the database to be equal")
        self.complete(self.news)
        self.assertEqual({event["message_id"] for event in self.queue.events}, self.queue.keys)
        self.assertIn("journal_restored", self.gateway.whole_log())


if __name__ == "__main__":
    unittest.main()
