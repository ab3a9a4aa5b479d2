"""The whole stack at once: what the gateway captured, seen five ways, message by message.

TG_EXPORT: an export to import beside the demo, in place of tests/data/channel.json.
"""

import collections
import datetime
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]

import gateway as gateways  # noqa: E402
import hybrid  # noqa: E402
import readers  # noqa: E402
from stack import shared_stack, until  # noqa: E402

EXPORT = os.environ.get("TG_EXPORT", HERE.parent / "data" / "channel.json")


def setUpModule():
    global stack
    stack = shared_stack()


class FiveWays(unittest.TestCase):
    maxDiff = 3000

    def setUp(self):
        self.hook = readers.HookReader()
        self.addCleanup(self.hook.stop)
        self.gateway = hybrid.HybridGateway(stack, hook=self.hook.url)
        self.addCleanup(self.gateway.kill)
        self.queue = readers.QueueReader(stack)
        self.addCleanup(self.queue.stop)

    def again(self, *arguments):
        self.gateway.stop()
        kept = ["run", "--profile", "hybrid", "--config", str(self.gateway.config)]
        self.gateway.arguments = [*kept, *arguments]
        return self.gateway.start()

    def test_the_demo_and_an_export_are_the_same_for_all(self):
        self.gateway.start()
        self.assertTrue(self.queue.ready.wait(60), "the exchange was not made")
        demo = self.again("--demo", "--rate", "60", "--channels", "8", "--history", "40")
        until(lambda: demo.metric("events_total", kind="new", origin="live") >= 500 and
              demo.metric("events_total", kind="edited", origin="live") >= 1 and
              demo.metric("events_total", kind="deleted", origin="live") >= 1, 90, "500 live messages")
        demo.stop()
        gateways.run("import", "--as-live", EXPORT, data_dir=demo.data_dir, check=0)
        quiet = self.again()
        stream = readers.StreamReader(quiet.port)
        self.addCleanup(stream.stop)
        quiet.delivered()
        until(lambda: stream.last >= max(event["seq"] for event in self.hook.events), 30, "the stream")

        shown = {key: (message["text"], bool(message.get("deletedAt"))) for key, message in quiet.messages().items()}
        news = stream.states()
        self.assertGreater(len(news), 500)
        self.assertEqual(hybrid.table(stack.direct()), shown)
        self.assertEqual(self.hook.states(), news)
        self.assertEqual(until(lambda: self.queue.states() == news and self.queue.states(), 30, "the queue"), news)
        self.assertEqual({key: shown[key] for key in news}, news)
        # A cache holds what is younger than its expiry; nothing here is older than that, the export aside.
        held = hybrid.cached(stack.redis())
        fresh = {key: state for key, state in news.items() if key in held}
        self.assertEqual({key: held[key] for key in fresh}, fresh)
        missing = [event for event in stream.events if readers.api_id(event) not in held and event["origin"] == "live"]
        self.assertEqual(missing, [])
        self.check_recent(stream.events)
        kinds = collections.Counter(event["origin"] for event in stream.events)
        print(f"\n{len(shown)} messages in the API and in PostgreSQL; {len(stream.events)} events ({dict(kinds)}) of {len(news)} "
              f"messages in the stream, the queue and at the webhook; {len(fresh)} of them in Redis", file=sys.stderr)
        for reader in (self.hook, self.queue):
            self.assertEqual(reader.out_of_order(), [])
        for event in self.queue.events:
            self.assertEqual(event["message_id"], event["key"])

    def check_recent(self, events):
        """Where Redis lists what came lately: an edited message at its first time, a deleted one not at all."""
        first, last = {}, {}
        for event in events:
            if event["origin"] == "live":
                first.setdefault(readers.api_id(event), event)
                last[readers.api_id(event)] = event
        redis = stack.redis()
        for key, event in last.items():
            if event["kind"] in ("edited", "deleted"):
                score = redis.zscore(f"telegram:channel:{event['peer']}:recent", key)
                self.assertEqual(score, None if event["kind"] == "deleted" else milliseconds(first[key]["recorded_at"]), key)


def milliseconds(text):
    """Since 1970, of an RFC 3339 time."""
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000 + 0.5)


if __name__ == "__main__":
    unittest.main()
