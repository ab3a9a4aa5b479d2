"""Readers and the gateway are killed and restarted at random, all at once: each event reaches each reader at least once
and in order, once after its own dedup, and no acknowledgement is lost. What was there to read is taken from the
journal's file itself.

TG_KILLS sets how often (default 40).
"""

import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from gateway import Gateway  # noqa: E402

KILLS = int(os.environ.get("TG_KILLS", "40"))
READER = pathlib.Path(__file__).with_name("reader.py")
PATIENCE_S = 120


class Reader:
    """One reader.py and what it wrote down."""

    def __init__(self, folder, mode, url, *more):
        self.mode = mode
        self.log = pathlib.Path(folder) / f"{mode}.ndjson"
        self.command = [sys.executable, str(READER), mode, url, str(self.log), *more]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command)
        self.born_at = self.size()

    def size(self):
        return self.log.stat().st_size if self.log.exists() else 0

    def has_worked(self):
        return self.size() > self.born_at + len('{"run": true}') * 3

    def kill(self):
        self.process.kill()
        self.process.wait()

    def entries(self):
        whole, _, _ = self.log.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def count(self, name):
        return sum(name in entry for entry in self.entries())


class Resume(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(7)
        self.folder = tempfile.TemporaryDirectory()
        self.data = pathlib.Path(self.folder.name) / "data"
        self.gateway = Gateway("demo", "--rate", "100", "--history", "10", "--channels", "3", data_dir=self.data)
        self.gateway.start()
        channels = self.gateway.until(lambda: self.gateway.get("/api/channels")[1]["data"], what="channels")
        self.channel = channels[0]["channelId"]
        self.readers = [Reader(self.folder.name, mode, self.gateway.url, *more) for mode, *more in (
            ("stream",), ("consumer",), ("poll",), ("pair", self.channel))]
        for reader in self.readers:
            reader.start()

    def tearDown(self):
        for reader in self.readers:
            reader.kill()
        self.gateway.kill()
        self.folder.cleanup()

    def journal(self, sql):
        with sqlite3.connect(f"file:{self.data}/journal.db?mode=ro", uri=True) as file:
            return file.execute(sql).fetchall()

    def newest(self):
        return self.journal("SELECT max(seq) FROM events WHERE origin = 1 AND kind IN (1, 2, 3)")[0][0]

    def offered(self):
        """Messages of the polled channel that are there to be taken."""
        rows = self.journal(f"SELECT message FROM heads WHERE peer = {self.channel} AND flags & 1 AND deleted_at = 0")
        return {f"{self.channel}:{message}" for message, in rows}

    def disturb(self):
        for _ in range(KILLS):
            victims = [reader for reader in self.readers if self.random.random() < 0.3]
            for reader in victims:
                self.gateway.until(reader.has_worked, PATIENCE_S, f"{reader.mode} to have read something")
            time.sleep(self.random.uniform(0, 0.2))  # the moment is the matter: random, not awaited
            gateway = self.random.random() < 0.4
            for reader in victims:
                reader.kill()
            if gateway:
                self.gateway.kill() if self.random.random() < 0.7 else self.gateway.stop()
            for reader in victims:
                reader.start()
            if gateway:
                self.gateway.start()

    def settle(self):
        """Nothing new any more: each reader comes to the end."""
        self.gateway.stop()
        self.gateway.arguments = ["run"]
        self.gateway.start()
        newest, offered = self.newest(), self.offered()
        for reader in self.readers:
            if reader.mode == "pair":
                self.gateway.until(lambda: offered <= {e.get("message") for e in reader.entries()}, PATIENCE_S, "the pair")
            else:
                self.gateway.until(lambda: any(e.get("event") == newest for e in reader.entries()), PATIENCE_S, reader.mode)

    def check_events(self, reader, wanted):
        """In order within each of its lives, never what was acknowledged before; at least once all that there was."""
        acked = last = 0
        for entry in reader.entries():
            if "run" in entry:
                last = acked
            elif "acked" in entry:
                acked = entry["acked"]
            else:
                self.assertGreater(entry["event"], last, reader.mode)
                last = entry["event"]
        handled = {entry["key"]: entry["event"] for entry in reader.entries() if "event" in entry}
        self.assertEqual(sorted(handled.values()), wanted, reader.mode)

    def check_pair(self, reader):
        acked, last = set(), 0
        for entry in reader.entries():
            if "message" in entry:
                self.assertNotIn(entry["message"], acked, "what was marked is not served again")
                self.assertGreater(entry["arrival"], last)
                last = entry["arrival"]
            else:
                acked |= set(entry.get("acked", []))
                last = 0
        self.assertLessEqual(self.offered(), {e.get("message") for e in reader.entries()})
        marked = {f"{peer}:{message}" for peer, message in self.journal("SELECT peer, message FROM acks WHERE consumer = 'desk'")}
        self.assertLessEqual(acked, marked, "no acknowledgement is lost")

    def test_all_at_once(self):
        self.disturb()
        self.settle()

        wanted = [seq for seq, in self.journal("SELECT seq FROM events WHERE origin = 1 AND kind IN (1, 2, 3) ORDER BY seq")]
        print(f"\n{KILLS} times: {len(wanted)} events, " + ", ".join(
            f"{r.mode} {r.count('run')} lives" for r in self.readers))
        self.assertGreater(len(wanted), 100)
        for reader in self.readers[:3]:
            self.check_events(reader, wanted)
        stream = [e["event"] for e in self.readers[0].entries() if "event" in e]
        self.assertEqual(stream, wanted, "each event once, by its last id")
        self.check_pair(self.readers[3])


if __name__ == "__main__":
    unittest.main()
