#!/usr/bin/env python3
"""The cache in Redis, with a real master, replica and three Sentinels: what is news is there, for as long as it should
be, whatever happens to the servers; and it says truly since when it is complete.

TG_BINARY names the program (default: build/release/telegram-gateway).
TG_PATIENCE: seconds for which a condition is waited for (60).
"""

import json
import os
import pathlib
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.gateway import Gateway, run  # noqa: E402
from support.stack import MASTER, shared_stack, until  # noqa: E402

CURSOR, COMPLETE = "telegram:gateway:cursor", "telegram:gateway:complete_since"
PATIENCE = int(os.environ.get("TG_PATIENCE", "60"))


def setUpModule():
    global stack
    stack = shared_stack("redis", "sentinel")


def instant(text):
    """Milliseconds since 1970 of an RFC 3339 time."""
    import datetime

    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000 + 0.5)


class Case(unittest.TestCase):
    ttl = 3600

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.redis = until(lambda: self.client(), what="a master")
        self.redis.flushall()
        self.redis.config_resetstat()

    def client(self):
        client = stack.redis()
        client.ping()
        self.addCleanup(client.close)
        return client

    def config(self, password_file=None, **more):
        sentinels = [f"127.0.0.1:{stack.port(f'sentinel-{n}')}" for n in (1, 2, 3)]
        keys = {"enabled": True, "sentinels": sentinels, "master": MASTER, "message_ttl_s": self.ttl,
                "password_file": str(password_file or stack.folder / "secrets" / "redis"), **more}
        file = self.folder / "gateway.toml"
        file.write_text("[redis]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items()))
        return file

    def gateway(self, rate=20, history=0, **more):
        """For `with`, which starts it."""
        return Gateway("--config", self.config(**more), "demo", "--rate", rate, "--history", history, "--channels", 6,
                       data_dir=self.folder / "data")

    def cache(self, *arguments, check=0):
        done = run("--config", self.folder / "gateway.toml", "cache", *arguments, data_dir=self.folder / "data", check=check)
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    # --- What should be there, and what is

    def news(self, gateway):
        """API id → its events, oldest first, as a consumer reads them."""
        states, after = {}, 0
        while True:
            _, page = gateway.get(f"/api/events/poll?from=oldest&after={after}&limit=1000&wait=0")
            for event in page["data"]:
                if event["id"]:
                    states.setdefault(f"{event['peer']}:{event['id']}", []).append(event)
            if not page["data"]:
                return states
            after = page["next"]

    def cursor(self, redis=None):
        return int((redis or self.redis).hget(CURSOR, "seq") or 0)

    def complete(self, redis=None):
        return int((redis or self.redis).get(COMPLETE) or 0)

    def everything_is_there(self, gateway, redis=None):
        """Compares the cache with the API, message by message; how many there were."""
        redis = redis or self.redis
        before = self.news(gateway)
        last = max(events[-1]["seq"] for events in before.values())
        gateway.until(lambda: self.cursor(redis) >= last, PATIENCE, "the cursor to pass what was read")
        values = {id_: json.loads(value) for id_, value in
                  zip(before, redis.mget(["telegram:msg:" + id_ for id_ in before])) if value}
        after = self.news(gateway)
        self.assertEqual(set(before) - set(values), set(), "lost")
        for id_, value in values.items():
            self.assertGreaterEqual(value["seq"], before[id_][-1]["seq"], id_)
            told = next(event for event in after[id_] if event["seq"] == value["seq"])
            self.assertEqual(value, told)
        return len(values)

    def some(self, gateway, count):
        gateway.until(lambda: len(self.news(gateway)) >= count, PATIENCE, f"{count} messages")


class CacheTest(Case):
    def test_all_news_is_there_in_order_and_for_the_ttl(self):
        with self.gateway() as gateway:
            self.some(gateway, 60)

            self.everything_is_there(gateway)

            news = self.news(gateway)
            for channel in {id_.split(":")[0] for id_ in news}:
                members = self.redis.zrange(f"telegram:channel:{channel}:recent", 0, -1, withscores=True)
                self.assertEqual([score for _, score in members], sorted(score for _, score in members))
                for member, score in members:
                    if member in news:
                        self.assertEqual(score, instant(news[member][0]["recorded_at"]))
                self.assertLessEqual(self.redis.pttl(f"telegram:channel:{channel}:recent"), self.ttl * 1000)
            for id_ in list(news)[:30]:
                left = instant(news[id_][0]["recorded_at"]) + self.ttl * 1000 - time.time() * 1000
                self.assertAlmostEqual(self.redis.pttl("telegram:msg:" + id_), left, delta=2000)
            gateway.until(self.complete, PATIENCE, "the cache to be complete")
            # Since it was first reached, which may be just after the first news was on disk.
            covered = [id_ for id_, events in news.items() if instant(events[0]["recorded_at"]) >= self.complete()]
            self.assertGreater(len(covered), 50)

    def test_a_history_is_no_news(self):
        with self.gateway(rate=1, history=50) as gateway:
            gateway.until(lambda: gateway.get("/api/messages?limit=1")[1]["pagination"]["total"] >= 150, PATIENCE, "150")
            gateway.until(self.complete, PATIENCE, "the cache to be complete")

            self.assertLess(len(self.redis.keys("telegram:msg:*")), 75)

    def test_a_mark_is_known_to_the_other_modes_for_two_hours(self):
        with self.gateway() as gateway:
            self.some(gateway, 3)
            id_ = next(iter(self.news(gateway)))
            before = time.time() * 1000

            status, _ = gateway.post("/api/messages/mark-processed", {"messageIds": [id_], "processedBy": "desk:1"})

            self.assertEqual(status, 200)
            key = "telegram:dedup:desk%3A1:" + id_
            at = until(lambda: self.redis.get(key), PATIENCE, "the dedup key")
            self.assertAlmostEqual(int(at), before, delta=10_000)
            self.assertAlmostEqual(self.redis.ttl(key), 7200, delta=30)
            self.assertEqual(len(self.redis.keys("telegram:dedup:*")), 1)

    def test_a_wrong_password_is_said_and_stops_nothing_else(self):
        wrong = self.folder / "wrong"
        wrong.write_text("not it\n")
        wrong.chmod(0o600)
        with self.gateway(password_file=wrong) as gateway:
            state = gateway.until(lambda: gateway.get("/health")[1]["dependencies"].get("redis"), PATIENCE, "health")
            self.some(gateway, 10)

            self.assertEqual(state["state"], "down")
            self.assertIn("password", state["detail"])
            self.assertIn("redis.password_file", state["detail"])
            self.assertNotIn("not it", gateway.whole_log())
            self.assertEqual(gateway.get("/health/capture")[0], 200)


class ShortTtlTest(Case):
    ttl = 10

    def test_what_expires_leaves_the_cache_and_a_rewind_does_not_bring_it_back(self):
        with self.gateway() as gateway:
            self.some(gateway, 20)
            old = [id_ for id_, events in self.news(gateway).items() if len(events) == 1][:5]
            self.assertTrue(self.redis.exists(*["telegram:msg:" + id_ for id_ in old]))

            def gone():
                members = {member for key in self.redis.keys("telegram:channel:*:recent")
                           for member in self.redis.zrange(key, 0, -1)}
                return not members & set(old) and not self.redis.exists(*["telegram:msg:" + id_ for id_ in old])
            gateway.until(gone, PATIENCE, "the oldest to leave")

            self.cache("warm")
            gateway.until(lambda: not self.complete(), PATIENCE, "the rewind")
            gateway.until(self.complete, PATIENCE, "its end")
            self.assertTrue(gone())


class CompletenessTest(Case):
    def test_warm_sends_again_and_makes_nothing_older(self):
        with self.gateway() as gateway:
            self.some(gateway, 20)
            gateway.until(self.complete, PATIENCE, "the cache to be complete")
            self.everything_is_there(gateway)
            first, newer = list(self.news(gateway))[:2]
            state = json.loads(self.redis.get("telegram:msg:" + newer))
            self.redis.set("telegram:msg:" + newer, json.dumps({**state, "seq": 2**53 - 1}, separators=(",", ":")))
            self.redis.delete("telegram:msg:" + first)

            self.cache("warm")

            gateway.until(lambda: self.redis.get("telegram:msg:" + first), PATIENCE, "what was missing")
            gateway.until(self.complete, PATIENCE, "the end of the rewind")
            self.assertEqual(json.loads(self.redis.get("telegram:msg:" + newer))["seq"], 2**53 - 1)

    def test_cleared_beside_a_busy_gateway_it_is_filled_again(self):
        with self.gateway() as gateway:
            self.some(gateway, 20)
            gateway.until(self.complete, PATIENCE, "the cache to be complete")
            self.redis.set("another", "one")

            self.assertEqual(run("--config", self.config(), "cache", "clear").returncode, 2)
            self.assertGreater(self.cache("clear", "--yes", "--json")["deleted"], 20)

            gateway.until(self.complete, PATIENCE, "the cache to be complete again")
            self.everything_is_there(gateway)
            self.assertEqual(self.redis.get("another"), "one")

    def test_a_foreign_value_under_one_of_its_keys_is_replaced(self):
        with self.gateway() as gateway:
            self.some(gateway, 10)
            channel = next(iter(self.news(gateway))).split(":")[0]
            key = f"telegram:channel:{channel}:recent"
            self.redis.set(key, "not a set")

            gateway.until(lambda: self.redis.type(key) == "zset", PATIENCE, "the set")
            gateway.until(self.complete, PATIENCE, "the cache to be complete again")
            self.everything_is_there(gateway)

    def test_eviction_moves_the_time_since_which_it_is_complete(self):
        # What has no expiry stays: without its cursor the cache would be filled anew and have nothing to take back.
        before = self.redis.config_get("maxmemory*")
        self.addCleanup(lambda: [self.redis.config_set(key, before[key]) for key in ("maxmemory", "maxmemory-policy")])
        self.redis.config_set("maxmemory-policy", "volatile-lru")
        with self.gateway() as gateway:
            self.some(gateway, 40)
            since = gateway.until(self.complete, PATIENCE, "the cache to be complete")

            self.redis.config_set("maxmemory", self.redis.info("memory")["used_memory"] - 20_000)
            until(lambda: self.redis.info("stats")["evicted_keys"] > 0, PATIENCE, "an eviction")
            self.redis.config_set("maxmemory", before["maxmemory"])

            gateway.until(lambda: self.complete() > since, PATIENCE, "a later time")
            self.assertGreater(self.complete(), instant(next(iter(self.news(gateway).values()))[0]["recorded_at"]))

    def test_a_gateway_that_stops_takes_its_word_back(self):
        with self.gateway() as gateway:
            gateway.until(self.cursor, PATIENCE, "a first event, without which a start begins anew")
            since = gateway.until(self.complete, PATIENCE, "the cache to be complete")
            gateway.stop()

            until(lambda: not self.complete(), PATIENCE, "the word to end")
            gateway.start()

            gateway.until(self.complete, PATIENCE, "the cache to be complete again")
            self.assertEqual(self.complete(), since)
            self.everything_is_there(gateway)


class FailureTest(Case):
    def setUp(self):
        self.addCleanup(stack.up, "redis", "sentinel")
        super().setUp()

    def master(self):
        return next(name for name in ("redis-1", "redis-2") if stack.port(name) == stack.master_port())

    def fails_over(self, act):
        """Another server is master, and nothing is missing there; seconds until the sink went on."""
        with self.gateway() as gateway:
            self.some(gateway, 20)
            gateway.until(self.complete, PATIENCE, "the cache to be complete")
            old = stack.master_port()
            self.everything_is_there(gateway)
            began = time.monotonic()
            with act(self.master()):
                until(lambda: stack.master_port() != old, PATIENCE, "another master")
                self.redis = until(self.client, PATIENCE, "it")
                reached = self.cursor()
                gateway.until(lambda: self.cursor() > reached, PATIENCE, "the cursor to go on")
                seconds = time.monotonic() - began
                gateway.until(self.complete, PATIENCE, "the cache to be complete")
                count = self.everything_is_there(gateway)
        print(f"\n{count} messages, 0 lost; {seconds:.1f} s from {act.__name__} until the cache went on", file=sys.stderr)

    def test_the_master_is_killed(self):
        import contextlib

        @contextlib.contextmanager
        def killed(name):
            stack.kill(name)
            yield

        self.fails_over(killed)

    def test_the_master_is_paused(self):
        def paused(name):
            return stack.paused(name)

        self.fails_over(paused)

    def test_all_of_it_comes_back_empty(self):
        with self.gateway() as gateway:
            self.some(gateway, 20)
            gateway.until(self.complete, PATIENCE, "the cache to be complete")
            stack.down("redis")
            gateway.until(lambda: gateway.get("/health")[1]["dependencies"]["redis"]["state"] == "down", PATIENCE, "health")
            missed = len(self.news(gateway))
            self.some(gateway, missed + 20)
            self.assertEqual(gateway.get("/health/capture")[0], 200)

            stack.up("redis")
            self.redis = until(self.client, PATIENCE, "a master")

            gateway.until(self.complete, PATIENCE, "the cache to be complete again")
            count = self.everything_is_there(gateway)
            print(f"\n{count} messages, 0 lost over an empty restart of all of Redis", file=sys.stderr)

    def test_one_sentinel_less_changes_nothing(self):
        with self.gateway() as gateway:
            self.some(gateway, 10)
            gateway.until(self.complete, PATIENCE, "the cache to be complete")
            stack.kill("sentinel-1")

            self.some(gateway, len(self.news(gateway)) + 60)
            self.everything_is_there(gateway)

            self.assertNotIn("destination_lost", gateway.whole_log())
            self.assertTrue(self.complete())
            status = self.cache("status", "--json", check=3)
            self.assertEqual(sorted(one["answers"] for one in status["sentinels"]), [False, True, True])


class StatusTest(Case):
    def test_status_tells_servers_and_how_far_the_cache_is(self):
        with self.gateway() as gateway:
            self.some(gateway, 20)
            gateway.until(self.complete, PATIENCE, "the cache to be complete")

            def well():
                done = run("--config", self.folder / "gateway.toml", "cache", "status", "--json",
                           data_dir=self.folder / "data")
                return done.returncode == 0 and json.loads(done.stdout)
            status = gateway.until(well, PATIENCE, "a good status")

            self.assertEqual(status["master"], f"127.0.0.1:{stack.master_port()}")
            self.assertEqual(len(status["replicas"]), 1)
            self.assertTrue(all(one["quorum"] for one in status["sentinels"]))
            self.assertGreaterEqual(status["messages"], 20)
            self.assertIsNotNone(status["cursor"]["behind"])
            self.assertLessEqual(abs(instant(status["completeSince"]) - self.complete()), 1)
            self.assertIn("complete since", self.cache("status"))

    def test_nobody_there_is_an_error_with_its_fix(self):
        self.config(sentinels=[], address="127.0.0.1:1")

        done = run("--config", self.folder / "gateway.toml", "cache", "status")

        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\Aerror: Redis at 127\.0\.0\.1:1: .+\. .+\n\Z")


if __name__ == "__main__":
    unittest.main()
