#!/usr/bin/env python3
"""TDLib's memory is given back by opening it anew: nothing is lost meanwhile, and nobody is told of a trouble.

TG_BINARY names the program.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram.case import Case  # noqa: E402


class ReopenTest(Case):
    settings = {"reopen_above_mib": 1}

    def test_it_is_opened_anew_once_and_nothing_is_missing(self):
        self.gateway.sign_in(self.ada)
        self.capture(self.news)
        posted = 0
        states = set()

        def reopened():
            nonlocal posted
            posted += 1
            number = self.do(lambda world: world.post(self.news, f"post {posted}"))
            if posted % 3 == 0:
                self.do(lambda world: world.edit(self.news, number - 1, f"post {posted - 1}, edited"))
            states.add((self.gateway.account() or {}).get("stage"))
            return "telegram_reopened" in self.gateway.whole_log()
        self.gateway.until(reopened, 60, "TDLib to be opened anew")
        self.gateway.stage("ready")
        self.do(lambda world: [world.post(self.news, f"after {n}") for n in range(20)])
        self.until_equal(self.news)
        self.complete(self.news)
        self.assertLessEqual(states, {"ready", "starting"}, "it never looks signed out")
        self.assertEqual(self.gateway.get("/health/capture", raw=True)[0], 200)
        opened = [line for line in self.gateway.whole_log().splitlines() if "telegram_reopened" in line]
        self.assertEqual(len(opened), 1, "once an hour at the most")


if __name__ == "__main__":
    unittest.main()
