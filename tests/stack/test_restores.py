"""Something is put back to how it was earlier: PostgreSQL, the journal, or the journal is lost. Sequence numbers go on
growing, what is missing is said and filled, and no message is there twice. With the real TDLib: the server is the truth."""

import contextlib
import pathlib
import shutil
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]

import hybrid  # noqa: E402
import readers  # noqa: E402
from stack import shared_stack, until  # noqa: E402
from telegram.case import Case  # noqa: E402

READERS = ("postgres", "redis", "rabbitmq")


def setUpModule():
    global stack
    stack = shared_stack()


class Restores(Case):
    def setUp(self):
        super().setUp()
        self.gateway.stop()
        config = pathlib.Path(self.folder.name) / "gateway.toml"
        config.write_text(stack.config_toml + "\n" + config.read_text(encoding="utf-8"), encoding="utf-8")
        with contextlib.closing(stack.admin()) as db, db.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS telegram_gateway CASCADE")
        self.gateway.start()
        self.gateway.sign_in(self.ada)
        self.capture(self.news)
        self.queue = readers.QueueReader(stack, f"test.{self.id()}")
        self.addCleanup(self.queue.stop)
        self.assertTrue(self.queue.ready.wait(60))

    def post(self, text, count, when=None):
        return self.do(lambda world: [world.post(self.news, f"{text} {n}", when=when) for n in range(count)])

    def settled(self):
        self.until_equal(self.news, patience=120)
        until(lambda: all(d["behindEvents"] == 0 for d in self.destinations() if d["name"] in READERS), 120, "delivery")
        # After a restore its reader goes back first, which what it is behind by does not tell.
        with contextlib.suppress(AssertionError):
            until(lambda: hybrid.table(stack.direct()) == self.known(), 60)
        self.assertEqual(hybrid.table(stack.direct()), self.known())

    def known(self):
        return {f"{self.news.chat_id}:{number}": (text, deleted)
                for number, (text, _, deleted) in self.gateway.messages(self.news).items()}

    def destinations(self):
        return self.gateway.get("/api/telegram-gateway/destinations")[1]["data"]

    def seqs(self):
        with contextlib.closing(stack.direct()) as db, db.cursor() as cursor:
            cursor.execute("SELECT max(last_seq) FROM telegram_gateway.messages")
            return cursor.fetchone()[0]

    def equal(self):
        """The database has each message of the server once, as it is; and so has the API."""
        self.settled()
        self.complete(self.news)

    def test_postgresql_is_put_back(self):
        self.post("before", 30, when=int(time.time()) - 3_600)
        self.settled()
        self.gateway.stop()
        stack.save_postgresql()
        self.gateway.start()
        ids = self.post("since", 40)
        self.do(lambda world: (world.edit(self.news, ids[0], "changed"), world.delete(self.news, ids[1])))
        self.settled()
        newest = self.seqs()
        stack.restore_postgresql()
        self.post("after", 10)
        self.equal()
        self.assertGreater(self.seqs(), newest)

    def test_the_journal_is_put_back(self):
        earlier = int(time.time()) - 3_600
        self.post("before", 30, when=earlier)
        self.settled()
        self.gateway.stop()
        data, copy = pathlib.Path(self.gateway.data_dir), pathlib.Path(self.gateway.data_dir + ".copy")
        shutil.copytree(data, copy, ignore=shutil.ignore_patterns("accounts"))
        self.gateway.start()
        ids = self.post("since", 40, when=earlier)
        self.do(lambda world: (world.edit(self.news, ids[0], "changed"), world.delete(self.news, ids[1])))
        self.settled()
        newest = self.seqs()
        self.gateway.stop()
        for file in data.glob("journal.db*"):
            file.unlink()
        for file in copy.glob("journal.db*"):
            shutil.copy(file, data)
        self.gateway.start()
        self.post("after", 10)
        self.equal()
        self.assertGreater(self.seqs(), newest)
        self.assertEqual({(event["message_id"]) for event in self.queue.events}, self.queue.keys)

    def test_the_journal_is_lost(self):
        self.post("before", 30, when=int(time.time()) - 3_600)
        self.equal()
        newest = self.seqs()
        self.gateway.stop()
        for file in pathlib.Path(self.gateway.data_dir).glob("journal.db*"):
            file.unlink()
        self.gateway.start()
        self.capture(self.news)
        self.post("after", 10)
        code, answer = self.gateway.post(f"/api/channels/{self.news.chat_id}/history")
        self.assertIn(code, (200, 202), answer)
        until(lambda: len(self.gateway.messages(self.news)) >= 40, 120, "the history to be fetched again")
        self.equal()
        self.assertGreater(self.seqs(), newest)


if __name__ == "__main__":
    unittest.main()
