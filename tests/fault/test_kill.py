"""kill -9 at random moments: nothing missing, nothing double, the journal proves itself each time.

TG_KILLS sets how often (default 40, half of them during imports, half under the demo's load).
"""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from gateway import BINARY, Gateway, run  # noqa: E402

KILLS = int(os.environ.get("TG_KILLS", "40"))


def write_export(path, messages):
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"name": "Desk", "type": "public_channel", "id": 4242, "messages": [
            {"id": i, "type": "message", "date": "2024-01-01T00:00:00", "date_unixtime": str(1704067200 + i * 60),
             "from": "Desk", "from_id": "channel4242", "text": f"message {i} " + "x" * (i % 300)}
            for i in range(1, messages + 1)]}, out)


class Kill(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(20261124)
        self.folder = tempfile.TemporaryDirectory()
        self.data = pathlib.Path(self.folder.name) / "data"

    def tearDown(self):
        self.folder.cleanup()

    def verified(self):
        report = json.loads(run("--json", "journal", "verify", data_dir=self.data, check=0).stdout)
        self.assertEqual(report["problems"], [])
        return report

    def test_import(self):
        messages = 30_000
        export = pathlib.Path(self.folder.name) / "result.json"
        write_export(export, messages)
        began = time.monotonic()
        whole = pathlib.Path(self.folder.name) / "whole"
        run("import", export, data_dir=whole, check=0)
        usual = time.monotonic() - began
        for _ in range(KILLS // 2):
            importing = subprocess.Popen([BINARY, "--data-dir", str(self.data), "import", str(export)],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                importing.wait(self.random.uniform(0, usual))
            except subprocess.TimeoutExpired:
                importing.send_signal(signal.SIGKILL)
                importing.wait()
            if (self.data / "journal.db").exists():
                self.verified()
        run("import", export, data_dir=self.data, check=0)
        self.assertEqual(self.verified()["messages"], messages)
        again = json.loads(run("--json", "import", export, data_dir=self.data, check=0).stdout)["imports"][0]
        self.assertEqual((again["new"], again["versions"], again["filled"]), (0, 0, 0))

    def test_demo_under_load(self):
        gateway = Gateway("demo", "--rate", "500", "--history", "50", "--channels", "8", data_dir=self.data)
        seen = {}
        for _ in range(KILLS // 2):
            gateway.start()
            deadline = time.monotonic() + self.random.uniform(0.05, 1.0)
            while time.monotonic() < deadline:
                status, page = gateway.get("/api/messages?limit=200&includeDeleted=true")
                self.assertEqual(status, 200)
                for message in page["data"]:
                    seen[message["id"]] = message["arrivalSeq"]
            gateway.kill()
            self.verified()
        # What was ever served is still there, once.
        gateway.start()
        for identity in self.random.sample(sorted(seen), min(500, len(seen))):
            status, answer = gateway.get(f"/api/messages/{identity}")
            self.assertEqual((status, answer["data"]["id"]), (200, identity))
        self.assertEqual(gateway.stop(), 0)
        self.assertGreater(len(seen), 100)


if __name__ == "__main__":
    unittest.main()
