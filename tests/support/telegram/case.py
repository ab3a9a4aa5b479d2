"""A test with a Telegram of its own, a person, a channel, and a gateway beside it."""

import tempfile
import unittest

from .capture import Capturing
from .server import Server
from .tdlib import NPM


@unittest.skipUnless(NPM.exists(), f"TDLib is not there: {NPM} (script/setup --test fetches it)")
class Case(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.server = Server().__enter__()
        self.addCleanup(self.server.__exit__)
        self.ada = self.server.world.person("Ada", phone="9996611234")
        self.news = self.server.world.channel("Harbour News", self.ada, username="harbournews")
        self.gateway = Capturing(self.server, self.folder.name, **self.configuration()).start()
        self.addCleanup(self.gateway.kill)

    def configuration(self):
        return self.settings

    def do(self, change):
        return self.server.do(change)

    def truth(self, channel):
        """id → text of what the server has now."""
        return {number: one.get("message", "") for number, one in channel.messages.items() if one["_"] == "message"}

    def stored(self, channel):
        """The same of what the gateway has stored and does not call deleted."""
        return {number: text for number, (text, _, deleted) in self.gateway.messages(channel).items()
                if not deleted and number != 1}

    def until_equal(self, channel, patience=60):
        try:
            self.gateway.until(lambda: self.stored(channel) == self.truth(channel), patience, "the same messages")
        except AssertionError:
            stored, truth = self.stored(channel), self.truth(channel)
            differing = {number: (stored.get(number), truth.get(number)) for number in stored.keys() | truth.keys()
                         if stored.get(number) != truth.get(number)}
            self.assertEqual(differing, {}, self.gateway.tail())
            raise

    def capture(self, channel):
        """From now on: completeness is promised from the message on that is the newest when it is first looked at."""
        self.gateway.add(channel)
        self.do(lambda world: world.post(channel, "the first"))
        self.until_equal(channel)

    def complete(self, channel):
        def proven():
            coverage = self.gateway.coverage(channel)
            return coverage and coverage["expected"] > 0 and coverage["missing"] == 0 and coverage
        return self.gateway.until(proven, 60, "coverage without a hole")
