"""Outages longer than those of the integration test: 5,000 posts while away, by differences and too long for them."""

import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram.case import Case  # noqa: E402

MISSED = 5_000


class OutageTest(Case):
    def setUp(self):
        super().setUp()
        self.gateway.sign_in(self.ada)
        self.capture(self.news)

    def outage(self):
        # A message must have settled for a minute before its absence from a page is believed.
        earlier = int(time.time()) - 3_600
        known = self.do(lambda world: [world.post(self.news, f"before {n}", when=earlier) for n in range(200)])
        self.until_equal(self.news)
        self.assertEqual(self.gateway.stop(), 0)

        def happen(world):
            ids = [world.post(self.news, f"missed {n}", told=False) for n in range(MISSED)]
            for n in range(0, 200, 10):
                world.edit(self.news, known[n], f"changed while away {n}", told=False)
            for n in range(0, MISSED, 100):
                world.edit(self.news, ids[n], f"changed at once {n}", told=False)
            world.delete(self.news, *known[5::10], *ids[5::100], told=False)
        self.do(happen)
        self.server.calls.clear()
        began = time.monotonic()
        self.gateway.start()
        self.until_equal(self.news, patience=120)
        self.complete(self.news)
        print(f"\n{MISSED} missed: whole after {time.monotonic() - began:.1f} s, "
              f"{self.server.calls['messages.search']} pages", file=sys.stderr)
        stored = self.gateway.messages(self.news)
        for n in range(0, 200, 10):
            self.assertEqual(stored[known[n]], (f"changed while away {n}", 2, False))
            self.assertTrue(stored[known[n + 5]][2])

    def test_by_differences(self):
        self.outage()

    def test_too_long_for_a_difference(self):
        self.news.too_long_beyond = 100
        self.outage()


if __name__ == "__main__":
    unittest.main()
