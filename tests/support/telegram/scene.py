"""A test with a Telegram of its own, two people, and a gateway that both sign in to as they are asked."""

import json
import tempfile
import time
import unittest

from gateway import run

from .capture import Capturing
from .server import Server
from .tdlib import NPM

EARLIER = 3_600  # s: a message must have settled for a minute before its absence from a page is believed


@unittest.skipUnless(NPM.exists(), f"TDLib is not there: {NPM} (script/setup --test fetches it)")
class Scene(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.server = Server().__enter__()
        self.addCleanup(self.server.__exit__)
        self.world = self.server.world
        self.ada = self.world.person("Ada", phone="9996611234")
        self.ben = self.world.person("Ben", phone="9996622345")
        self.gateway = Capturing(self.server, self.folder.name, **self.settings).start()
        self.addCleanup(self.gateway.kill)

    def do(self, change):
        return self.server.do(change)

    def post(self, channel, count, word="post", told=True, **more):
        then = int(time.time()) - EARLIER
        return self.do(lambda world: [world.post(channel, f"{word} {n}", told, when=then + n, **more)
                                      for n in range(count)])

    def walk(self, until, what, patience=30):
        """Asks for walks until it holds: one that is under way may have begun before what it should see."""
        def look():
            self.gateway.post("/api/telegram-gateway/sync-messages", {"wait": 0})
            return until()
        return self.gateway.until(look, patience, what)

    def walked(self, count=1):
        """So many pages more have been asked for, by whoever."""
        calls = self.server.calls["messages.search"]
        self.walk(lambda: self.server.calls["messages.search"] >= calls + count, f"{count} pages")

    def messages(self, channel):
        """id → the message as the API gives it, deleted ones included."""
        found, cursor = {}, ""
        while True:
            page = self.gateway.get(f"/api/messages?channelId={channel.chat_id}&includeDeleted=true&limit=1000"
                                    f"&cursor={cursor}")[1]
            for one in page["data"]:
                if one["channelId"] != str(channel.chat_id):
                    continue  # of the group that it was
                self.assertNotIn(one["messageId"], found, "stored twice")
                found[one["messageId"]] = one
            cursor = page["pagination"].get("nextCursor")
            if not page["pagination"]["hasMore"] or not cursor:
                return found

    def until_stored(self, channel, ids, patience=30):
        wanted = set(ids)
        self.gateway.until(lambda: wanted <= self.messages(channel).keys(), patience, f"messages of {channel.title}")
        return self.messages(channel)

    def state(self, channel):
        rows = self.gateway.get("/api/telegram-gateway/channels")[1]["data"]
        return next((one["state"] for one in rows if one["channelId"] == str(channel.chat_id)), {"code": "none"})

    def until_state(self, channel, code, patience=30):
        try:
            self.gateway.until(lambda: self.state(channel)["code"] == code, patience, f"the state {code}")
        except AssertionError as error:
            raise AssertionError(f"{self.state(channel)} {self.gateway.coverage(channel)}\n{error}") from error
        return self.state(channel)

    def overview(self):
        return self.gateway.get("/api/telegram-gateway/overview")[1]["data"]

    def events(self, kind=None):
        """Every event that the journal holds, oldest first."""
        found, where = [], "from=oldest"
        while True:
            page = self.gateway.get(f"/api/events/poll?{where}&limit=1000&kinds=all&origins=all&wait=0")[1]
            found += page["data"]
            if not page["data"]:
                return [one for one in found if kind in (None, one["kind"])]
            where = f"after={page['next']}"

    def verified(self):
        """Stops the gateway; its journal proves itself."""
        self.assertEqual(self.gateway.stop(), 0)
        report = json.loads(run("--json", "journal", "verify", data_dir=self.gateway.data_dir, check=0).stdout)
        self.assertEqual(report["problems"], [])
        self.assertEqual(self.server.problems, [])
