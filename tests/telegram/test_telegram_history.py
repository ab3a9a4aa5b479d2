"""The whole history of a channel on demand, behind everything newer."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import run  # noqa: E402
from telegram.case import Case  # noqa: E402

OLD = 1_500


class HistoryTest(Case):
    settings = {"request_every_ms": 200}  # slow enough to be looked at

    def setUp(self):
        super().setUp()
        self.gateway.sign_in(self.ada)
        earlier = int(time.time()) - 86_400
        # Of which the client was told nothing, nor is by a difference.
        self.numbers = self.do(lambda world: [world.post(self.news, f"old {n}", told=False, when=earlier + n * 20) for n in range(OLD)])
        self.earlier = earlier
        self.news.log.clear()
        self.gateway.add(self.news)
        self.do(lambda world: world.post(self.news, "from now on"))
        self.gateway.until(lambda: self.news.top in self.gateway.messages(self.news), 30, "the first post")

    def job(self):
        jobs = self.gateway.get("/api/telegram-gateway/jobs")[1]["data"]
        return next((one for one in jobs if one["kind"] == "history"), None)

    def test_it_is_fetched_behind_what_is_new_and_goes_on_after_a_kill(self):
        self.assertLess(len(self.stored(self.news)), OLD)
        code, answer = self.gateway.post(f"/api/channels/{self.news.chat_id}/history")
        self.assertEqual(code, 202, answer)
        job = self.gateway.until(lambda: (one := self.job()) and one.get("secondsLeft") is not None and one, 30, "its job")
        self.assertEqual((job["id"], job["state"]), (answer["data"]["jobId"], "running"))
        self.assertTrue(0 < job["progress"] < 1, job)

        number = self.do(lambda world: world.post(self.news, "meanwhile"))
        self.gateway.until(lambda: number in self.gateway.messages(self.news), 10, "what is new")
        self.gateway.kill()
        self.gateway.start()
        self.until_equal(self.news)
        coverage = self.complete(self.news)
        self.gateway.until(lambda: not self.job(), 10, "the end of its job")
        self.assertEqual(coverage["from"], 1)
        self.assertEqual(self.gateway.stop(), 0)
        report = json.loads(run("--json", "journal", "verify", data_dir=self.gateway.data_dir, check=0).stdout)
        self.assertEqual(report["problems"], [])

    def ask(self, act):
        return self.gateway.post(f"/api/telegram-gateway/jobs/history-{self.news.chat_id}/{act}")

    def paused(self):
        """A history that was begun and stands still; its job."""
        self.assertEqual(self.gateway.post(f"/api/channels/{self.news.chat_id}/history")[0], 202)
        # Deeper than a walk of the newest looks (rewalk_messages).
        self.gateway.until(lambda: (one := self.job()) and int(one["detail"].split()[0]) >= 400, 30, "some of it")
        self.assertEqual(self.ask("pause"), (200, {"success": True, "data": {"jobId": f"history-{self.news.chat_id}"}}))
        self.assertEqual(self.job()["state"], "paused")
        time.sleep(1)  # the page that was on its way: each takes 200 ms
        return self.job()

    def stays_still(self):
        """Live messages come, and of the old ones none; what is stored of these."""
        before = self.old()
        for n in range(5):
            number = self.do(lambda world, n=n: world.post(self.news, f"live {n}"))
            self.gateway.until(lambda number=number: number in self.stored(self.news), 10, "what is new")
            time.sleep(0.3)  # more than a page would take
        self.assertEqual(self.old(), before)
        return before

    def old(self):
        return {number for number, text in self.stored(self.news).items() if text.startswith("old ")}

    def test_it_stands_still_while_it_is_paused_also_after_a_restart_and_then_misses_nothing(self):
        job = self.paused()
        before = self.stays_still()
        self.assertTrue(0 < len(before) < OLD, len(before))
        self.assertEqual(self.job(), job)
        self.assertTrue(0 < job["progress"] < 1, job)

        self.assertEqual(self.gateway.stop(), 0)
        self.gateway.start()
        after = self.gateway.until(self.job, 30, "its job after a restart")
        self.assertEqual((after["state"], after.get("pausedAt")), ("paused", job["pausedAt"]), after)
        self.assertEqual(self.stays_still(), before)

        self.assertEqual(self.ask("resume")[0], 200)
        self.until_equal(self.news)
        coverage = self.complete(self.news)
        self.gateway.until(lambda: not self.job(), 10, "the end of its job")
        self.assertEqual(coverage["from"], 1)
        self.assertEqual(self.ask("pause")[0], 404)
        self.assertEqual(self.gateway.stop(), 0)
        report = json.loads(run("--json", "journal", "verify", data_dir=self.gateway.data_dir, check=0).stdout)
        self.assertEqual(report["problems"], [])

    def test_one_that_is_paused_goes_with_its_channel_and_goes_on_when_it_is_asked_for_anew(self):
        channel = f"/api/channels/{self.news.chat_id}"
        self.paused()
        self.assertEqual(self.gateway.request("PUT", channel, {"isActive": False})[0], 200)
        self.gateway.until(lambda: not self.job(), 10, "the end of its job")
        self.assertEqual(self.ask("resume")[0], 200)
        self.assertEqual(self.ask("pause")[0], 200)

        self.assertEqual(self.gateway.request("PUT", channel, {"isActive": True})[0], 200)
        job = self.gateway.until(self.job, 10, "its job again")
        self.assertEqual(job["state"], "paused", job)
        self.assertEqual(self.gateway.post(channel + "/history")[0], 202)
        self.until_equal(self.news)
        self.gateway.until(lambda: not self.job(), 10, "the end of its job")

    def test_from_a_date_on_what_was_posted_before_is_not_promised(self):
        first = 700
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.earlier + first * 20))
        code, answer = self.gateway.post(f"/api/channels/{self.news.chat_id}/history", {"from": when})
        self.assertEqual(code, 202, answer)
        wanted = set(self.numbers[first:])
        self.gateway.until(lambda: wanted <= self.old(), 60, "what was posted from then on")
        self.gateway.until(lambda: not self.job(), 10, "the end of its job")

        coverage = self.complete(self.news)
        self.assertEqual(coverage["from"], self.numbers[first])
        old = self.old()
        self.assertLess(len(old), OLD - first + 200, "two pages below it at most")
        self.assertEqual(self.gateway.stop(), 0)
        report = json.loads(run("--json", "journal", "verify", data_dir=self.gateway.data_dir, check=0).stdout)
        self.assertEqual(report["problems"], [])

    def test_of_a_channel_that_is_not_captured(self):
        self.assertEqual(self.gateway.post("/api/channels/-1009999999999/history")[0], 404)
        code, answer = self.gateway.post("/api/telegram-gateway/jobs/history--1009999999999/pause")
        self.assertEqual((code, "there is no channel" in answer["message"]), (404, True), answer)


if __name__ == "__main__":
    unittest.main()
