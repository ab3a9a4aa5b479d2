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
        self.do(lambda world: [world.post(self.news, f"old {n}", told=False, when=earlier + n * 20) for n in range(OLD)])
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

    def test_of_a_channel_that_is_not_captured(self):
        self.assertEqual(self.gateway.post("/api/channels/-1009999999999/history")[0], 404)


if __name__ == "__main__":
    unittest.main()
