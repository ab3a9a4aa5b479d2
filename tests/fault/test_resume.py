"""Clients and the gateway die at random: each message at least once, in order, each key once after the client's own
dedup, no acknowledgement lost. Three ways of reading: SSE by Last-Event-ID, long poll by seq, unprocessed/mark-processed.
"""

import http.client
import json
import pathlib
import random
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from gateway import Gateway, run  # noqa: E402

ROUNDS = 12


class Resume(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(7)
        self.folder = tempfile.TemporaryDirectory()
        self.data = pathlib.Path(self.folder.name) / "data"
        self.gateway = Gateway("demo", "--rate", "200", "--history", "10", "--channels", "4", data_dir=self.data)

    def tearDown(self):
        self.gateway.kill()
        self.folder.cleanup()

    def journal(self):
        """Every event that consumers are offered, from the journal itself."""
        out = self.data.parent / "all.ndjson"
        run("export", "--format", "ndjson", "--output", out, "--force", data_dir=self.data, check=0)
        with open(out, encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        return {row["seq"]: row["key"] for row in rows if "key" in row}

    def read_stream(self, after, many):
        """Up to `many` events behind `after`, then the client dies without a word."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=10)
        events = []
        try:
            connection.request("GET", "/api/events?from=oldest&kinds=new,edited,deleted", headers={"Last-Event-ID": str(after)} if after else {})
            answer = connection.getresponse()
            while len(events) < many:
                line = answer.readline()
                if not line:
                    break
                if line.startswith(b"data: {"):
                    try:
                        events.append(json.loads(line[6:]))
                    except ValueError:
                        break  # cut in the middle
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        return events

    def test_stream(self):
        seen = []
        for _ in range(ROUNDS):
            self.gateway.start()
            seen += self.read_stream(seen[-1]["seq"] if seen else 0, self.random.randint(5, 200))
            self.gateway.kill() if self.random.random() < 0.7 else self.gateway.stop()
        seqs = [event["seq"] for event in seen]
        self.assertEqual(seqs, sorted(set(seqs)), "in order, none twice")
        stored = self.journal()
        kinds = {"new", "edited", "deleted"}
        wanted = [seq for seq, key in sorted(stored.items()) if seqs[0] <= seq <= seqs[-1] and key.split(":")[3] in kinds]
        offered = set(seqs)
        live = [seq for seq in wanted if seq in offered]
        self.assertEqual(live, seqs, "all that was streamed is stored")
        self.assertEqual(len({event["key"] for event in seen}), len(seen), "each key once")

    def test_long_poll(self):
        after, keys = 0, []
        for _ in range(ROUNDS):
            self.gateway.start()
            for _ in range(self.random.randint(1, 4)):
                status, page = self.gateway.get(f"/api/events/poll?after={after}&limit=50&wait=2&from=oldest")
                self.assertEqual(status, 200)
                seqs = [event["seq"] for event in page["data"]]
                self.assertEqual(seqs, sorted(seqs))
                self.assertTrue(all(seq > after for seq in seqs))
                keys += [event["key"] for event in page["data"]]
                after = page["next"]
            self.gateway.kill()
        self.assertEqual(len(keys), len(set(keys)))
        self.assertGreater(len(keys), 50)

    def test_polling_pair(self):
        self.gateway.start()
        channel = self.gateway.until(lambda: self.gateway.get("/api/channels")[1]["data"])[0]["channelId"]
        path = f"/api/messages/unprocessed?channel={channel}&excludeProcessedBy=bot&limit=20"
        marked = set()
        for _ in range(ROUNDS):
            batch = self.gateway.until(lambda: self.gateway.get(path)[1]["data"], what="unprocessed messages")
            ids = [message["id"] for message in batch]
            self.assertFalse(marked & set(ids), "what was marked is not served again")
            arrivals = [message["arrivalSeq"] for message in batch]
            self.assertEqual(arrivals, sorted(arrivals))
            some = ids[: self.random.randint(1, len(ids))]
            status, answer = self.gateway.post("/api/messages/mark-processed", {"messageIds": some, "processedBy": "bot"})
            self.assertEqual((status, answer["data"]["updated"]), (200, len(some)))
            marked |= set(some)
            self.gateway.kill()
            self.gateway.start()
        self.assertGreater(len(marked), ROUNDS)


if __name__ == "__main__":
    unittest.main()
