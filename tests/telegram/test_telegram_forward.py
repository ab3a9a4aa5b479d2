"""Rules that forward, by the real TDLib: each message once, also over kill -9; and never without permission to write.

TG_TELEGRAM_KILLS sets how often the gateway is killed while it forwards (default 4).
"""

import collections
import os
import pathlib
import random
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram.case import Case  # noqa: E402

KILLS = int(os.environ.get("TG_TELEGRAM_KILLS", "4"))
RULES = "/api/telegram-gateway/rules"


class ForwardCase(Case):
    def setUp(self):
        super().setUp()
        self.desk = self.server.world.channel("Desk", self.ada)
        self.desk.writers.add(self.ada)
        self.gateway.sign_in(self.ada)
        self.capture(self.news)

    def rule(self, copy=False, account="main", regex="gold"):
        return self.gateway.post(RULES, {"name": "to the desk", "conditions": {"regex": regex}, "actions": {
            "forward": [{"account": account, "to": str(self.desk.chat_id), "copy": copy}]}})

    def add(self, **more):
        code, answer = self.rule(**more)
        self.assertEqual(code, 201, answer)
        return answer["data"]["id"]

    def arrived(self):
        """What stands at the desk: (the post it is from, text), in order."""
        return self.do(lambda world: [((one.get("fwd_from") or {}).get("channel_post"), one["message"])
                                      for _, one in sorted(self.desk.messages.items()) if one["_"] == "message"])

    def until_arrived(self, expected, patience=60):
        def there():
            return len(self.arrived()) >= len(expected)
        self.gateway.until(there, patience, f"{len(expected)} messages at the desk")
        self.assertEqual(self.arrived(), expected)


class ForwardTest(ForwardCase):
    settings = {"may_write": ["main"]}

    def test_what_matches_is_sent_on_once(self):
        before = self.do(lambda world: world.post(self.news, "gold before the rule"))
        self.until_equal(self.news)
        self.add()
        ids = self.do(lambda world: [world.post(self.news, f"gold {n}") for n in range(5)])
        self.do(lambda world: world.post(self.news, "silver"))
        self.until_arrived([(number, f"gold {n}") for n, number in enumerate(ids)])
        self.do(lambda world: world.edit(self.news, ids[0], "gold, edited"))
        last = self.do(lambda world: world.post(self.news, "gold at last"))
        self.until_arrived([*((number, f"gold {n}") for n, number in enumerate(ids)), (last, "gold at last")])
        self.assertNotIn(before, [number for number, _ in self.arrived()])

    def test_a_copy_does_not_name_its_origin(self):
        self.add(copy=True)
        self.do(lambda world: [world.post(self.news, f"gold {n}") for n in range(3)])
        self.until_arrived([(None, f"gold {n}") for n in range(3)])

    def test_who_may_not_post_there_is_told_and_the_message_set_aside(self):
        self.do(lambda world: self.desk.writers.clear())
        self.do(lambda world: world.push(self.ada, world.updates(
            self.ada, [{"_": "updateChannel", "channel_id": self.desk.id}], self.desk)))
        self.add()
        self.do(lambda world: world.post(self.news, "gold"))
        def told():
            return self.gateway.get("/api/telegram-gateway/failures")[1]["data"]
        failures = self.gateway.until(told, 60, "the message to be set aside")
        self.assertIn("write", str(failures))
        self.assertEqual(self.arrived(), [])

    def test_sent_before_the_kill_and_never_answered(self):
        for copy in (False, True):
            with self.subTest(copy=copy):
                number = self.add(copy=copy, regex=f"copy {copy}")
                known = self.arrived()
                self.server.do(lambda _: setattr(self.server, "lost_answers", 1))
                self.do(lambda world: world.post(self.news, f"copy {copy}"))
                self.gateway.until(lambda: len(self.arrived()) == len(known) + 1, 60, "the server to have it")
                self.gateway.kill()
                self.gateway.start()
                self.do(lambda world: world.post(self.news, f"copy {copy}, another"))
                self.gateway.until(lambda: any("another" in text for _, text in self.arrived()[len(known):]), 60,
                                   "what comes after it")
                self.assertEqual([text for _, text in self.arrived()[len(known):]],
                                 [f"copy {copy}", f"copy {copy}, another"])
                self.gateway.request("DELETE", f"{RULES}/{number}")

    def test_what_telegram_does_not_take_now_goes_later(self):
        def refusals():
            return self.gateway.whole_log().count("asks to wait")
        for copy in (False, True):
            with self.subTest(copy=copy):
                number = self.add(copy=copy, regex=f"later {copy}")
                known, before = self.arrived(), refusals()
                # TDLib waits a minute at most by itself; then what it could not send stays there as failed.
                self.server.fail("messages.forwardMessages", (420, "FLOOD_WAIT_600"))
                self.do(lambda world: world.post(self.news, f"later {copy}"))
                self.gateway.until(lambda: len(self.arrived()) > len(known), 60, "it to arrive")
                self.assertGreater(refusals(), before)
                self.do(lambda world: world.post(self.news, f"later {copy}, another"))
                self.gateway.until(lambda: len(self.arrived()) > len(known) + 1, 60, "what comes after it")
                self.assertEqual([text for _, text in self.arrived()[len(known):]],
                                 [f"later {copy}", f"later {copy}, another"])
                self.gateway.request("DELETE", f"{RULES}/{number}")

    def test_a_copy_of_a_text_that_was_copied_before_is_another(self):
        self.add(copy=True)
        self.do(lambda world: world.post(self.news, "gold again"))
        self.until_arrived([(None, "gold again")])
        self.server.fail("messages.forwardMessages", (420, "FLOOD_WAIT_600"))
        self.do(lambda world: world.post(self.news, "gold again"))
        self.until_arrived([(None, "gold again")] * 2)

    def test_a_chat_that_the_account_does_not_know_holds_up_nothing(self):
        hidden = self.do(lambda world: world.channel("Hidden"))
        code, answer = self.gateway.post(RULES, {"name": "x", "conditions": {"regex": "gold"}, "actions": {
            "forward": [{"account": "main", "to": str(hidden.chat_id)}, {"account": "main", "to": str(self.desk.chat_id)}]}})
        self.assertEqual(code, 201, answer)
        numbers = self.do(lambda world: [world.post(self.news, f"gold {n}") for n in range(3)])
        self.until_arrived([(number, f"gold {n}") for n, number in enumerate(numbers)])

        def told():
            failures = self.gateway.get("/api/telegram-gateway/failures")[1]["data"]
            return sum(one["count"] for one in failures) == 3 and failures
        failures = self.gateway.until(told, 60, "the messages to be set aside")
        self.assertIn("does not know chat", str(failures))

    def test_each_once_over_kills(self):
        self.add()
        chance, posted = random.Random(20261126), []
        for _ in range(KILLS):
            posted += self.do(lambda world: [world.post(self.news, f"gold {len(posted) + n}") for n in range(8)])
            time.sleep(chance.uniform(0, 1.5))  # somewhere in the forwarding
            self.gateway.kill()
            self.gateway.start()
        self.gateway.until(lambda: {number for number, _ in self.arrived()} >= set(posted), 120, "all at the desk")
        counts = collections.Counter(number for number, _ in self.arrived())
        self.assertEqual({number: count for number, count in counts.items() if count > 1}, {})
        self.assertEqual(self.server.problems, [])


class NotAllowedTest(ForwardCase):
    def test_without_permission_the_rule_is_refused(self):
        code, answer = self.rule()
        self.assertEqual(code, 400)
        self.assertIn("telegram.may_write", answer["message"])
        self.do(lambda world: world.post(self.news, "gold"))
        self.until_equal(self.news)
        self.assertEqual(self.arrived(), [])


if __name__ == "__main__":
    unittest.main()
