"""Each part of the stack goes away and comes back under 200 messages a second: the others go on undisturbed, and the one
catches up by itself, in order, with nothing lost and no row twice. A figure is printed for each case.

TG_PARTS: only the cases whose name it finds (a regular expression); "." means all. Without it, one or two of each part:
what is left out differs from these in how the part goes, and the part's own tests have that too.
"""

import contextlib
import os
import pathlib
import re
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent)]

import hybrid  # noqa: E402
import readers  # noqa: E402
from proxy import Proxy  # noqa: E402
from stack import shared_stack, until  # noqa: E402
from support.amqp import rabbitmqctl  # noqa: E402

USUAL = ("PostgreSQL killed|PgBouncer silent|the schema dropped|Redis master killed|all of Redis|Redis full|RabbitMQ killed|"
         "RabbitMQ's disk full|webhook refusing")
PARTS = os.environ.get("TG_PARTS", USUAL)
ALL = ("postgres", "redis", "rabbitmq", "webhook:test")
PATIENCE = 120


def setUpModule():
    global stack
    stack = shared_stack()


class PartsGone(unittest.TestCase):
    maxDiff = 3000

    def setUp(self):
        self.left_out = []
        self.hook = readers.HookReader()
        self.addCleanup(self.hook.stop)
        # Redis is reached at the address that the Sentinels tell: there is no way past them.
        self.database, self.broker = Proxy(stack.port("pgbouncer")), Proxy(stack.port("rabbitmq"))
        self.addCleanup(self.database.close)
        self.addCleanup(self.broker.close)
        addresses = stack.config_toml.replace(f"port = {stack.port('pgbouncer')}\n", f"port = {self.database.port}\n")
        addresses = addresses.replace(f"port = {stack.port('rabbitmq')}\n", f"port = {self.broker.port}\n")
        self.hook_way = Proxy(self.hook.port)
        self.addCleanup(self.hook_way.close)
        self.gateway = hybrid.HybridGateway(
            stack, hook=f"http://127.0.0.1:{self.hook_way.port}/events", addresses=addresses)
        self.addCleanup(self.gateway.kill)
        self.queue = readers.QueueReader(stack)
        self.addCleanup(self.queue.stop)
        self.gateway.start()
        self.assertTrue(self.queue.ready.wait(60), "the exchange was not made")
        self.again("--demo", "--rate", "200", "--channels", "12", "--history", "0")

    def again(self, *arguments):
        self.gateway.stop()
        self.gateway.arguments = ["run", "--profile", "hybrid", "--config", str(self.gateway.config), *arguments]
        self.gateway.start()
        self.gateway.caught_up(*ALL, patience=PATIENCE)

    def counted(self, name):
        return self.gateway.metric("delivered_total", reader=name)

    def troubles(self, name):
        return self.gateway.metric("delivery_failures_total", reader=name)

    def gone(self, case, part, outage, noticed=True, events=400):
        """`outage`: a context in which the part is gone; `part`: the destination that feels it, None for no one."""
        if not re.search(PARTS, case):
            self.left_out.append(case)
            return
        others = [name for name in ALL if name != part]
        before = {name: self.counted(name) for name in others}
        troubles = self.troubles(part)
        began = time.monotonic()
        with outage:
            # The others have delivered so much since, whatever this one does.
            try:
                until(lambda: all(self.counted(name) - before[name] >= events for name in others), PATIENCE, "the others")
            except AssertionError as late:
                given = {name: self.counted(name) - before[name] for name in others}
                raise AssertionError(f"{case}: {late}; they got {given}\n{self.gateway.tail()}") from late
            if part and noticed:
                until(lambda: self.troubles(part) > troubles, PATIENCE, f"{part} to be told down")
            away = time.monotonic() - began
        began = time.monotonic()
        self.gateway.caught_up(*ALL, since=began, patience=PATIENCE)
        print(f"{case}: away {away:.1f} s, all caught up {time.monotonic() - began:.1f} s after its return", file=sys.stderr)

    @contextlib.contextmanager
    def stopped(self, *names):
        stack.down(*names)
        try:
            yield
        finally:
            stack.up(*names)

    @contextlib.contextmanager
    def killed(self, name):
        stack.kill(name)
        try:
            yield
        finally:
            stack.up(name)

    @contextlib.contextmanager
    def refusing(self, proxy):
        proxy.refuse()
        proxy.cut()
        try:
            yield
        finally:
            proxy.accept()

    @contextlib.contextmanager
    def slow(self, proxy, delay_s=0.5):
        proxy.delay_s = delay_s
        try:
            yield
        finally:
            proxy.delay_s = 0

    @contextlib.contextmanager
    def silent(self, proxy):
        proxy.silent = True
        try:
            yield
        finally:
            proxy.silent = False

    @contextlib.contextmanager
    def answering(self, status):
        self.hook.answer = status
        try:
            yield
        finally:
            self.hook.answer = 200

    @contextlib.contextmanager
    def without_schema(self):
        with contextlib.closing(stack.admin()) as db, db.cursor() as cursor:
            cursor.execute("DROP SCHEMA telegram_gateway CASCADE")
        yield

    @contextlib.contextmanager
    def full_cache(self):
        with contextlib.closing(stack.redis()) as redis:
            before = redis.config_get("maxmemory*")
            redis.config_set("maxmemory-policy", "noeviction")
            redis.config_set("maxmemory", "1mb")
            try:
                yield
            finally:
                for key in ("maxmemory", "maxmemory-policy"):
                    redis.config_set(key, before[key])

    @contextlib.contextmanager
    def full_broker(self):
        rabbitmqctl(stack, "set_disk_free_limit", "1000000GB")
        try:
            yield
        finally:
            rabbitmqctl(stack, "set_disk_free_limit", "2GB")  # as in deploy/

    def test_parts_go_and_come_back(self):
        gone = self.gone
        gone("PostgreSQL stopped", "postgres", self.stopped("postgresql"))
        gone("PostgreSQL killed", "postgres", self.killed("postgresql"))
        gone("PostgreSQL paused", "postgres", stack.paused("postgresql"))
        gone("PgBouncer stopped", "postgres", self.stopped("pgbouncer"))
        gone("PgBouncer slow, 0.5 s each way", "postgres", self.slow(self.database), noticed=False)
        gone("PgBouncer refusing", "postgres", self.refusing(self.database))
        gone("PgBouncer silent", "postgres", self.silent(self.database))
        gone("the schema dropped", "postgres", self.without_schema(), noticed=False)
        master = {stack.port("redis-1"): "redis-1", stack.port("redis-2"): "redis-2"}[stack.master_port()]
        gone("Redis master killed", "redis", self.killed(master))
        gone("all of Redis stopped, back empty", "redis", self.stopped("redis"))
        master = {stack.port("redis-1"): "redis-1", stack.port("redis-2"): "redis-2"}[stack.master_port()]
        gone("Redis master paused", "redis", stack.paused(master))
        gone("Redis full", "redis", self.full_cache())
        gone("one Sentinel stopped", None, self.stopped("sentinel-2"))
        gone("RabbitMQ stopped", "rabbitmq", self.stopped("rabbitmq"))
        gone("RabbitMQ killed", "rabbitmq", self.killed("rabbitmq"))
        gone("RabbitMQ paused", "rabbitmq", stack.paused("rabbitmq"))
        gone("RabbitMQ slow, 0.5 s each way", "rabbitmq", self.slow(self.broker), noticed=False)
        gone("RabbitMQ refusing", "rabbitmq", self.refusing(self.broker))
        gone("RabbitMQ's disk full", "rabbitmq", self.full_broker())
        gone("webhook refusing", "webhook:test", self.refusing(self.hook_way))
        gone("webhook silent", "webhook:test", self.silent(self.hook_way), noticed=False)
        gone("webhook answers 503", "webhook:test", self.answering(503), noticed=False)
        if self.left_out:
            print(f"left out (TG_PARTS=. runs them): {', '.join(self.left_out)}", file=sys.stderr)

        self.again()
        self.gateway.delivered(*ALL, patience=PATIENCE)
        stream = readers.StreamReader(self.gateway.port)
        self.addCleanup(stream.stop)
        newest = max(event["seq"] for event in self.hook.events)
        until(lambda: stream.last >= newest, 60, "the stream")
        news = stream.states()
        print(f"{len(stream.events)} events; came again: webhook {self.hook.doubles}, queue {self.queue.doubles}",
              file=sys.stderr)
        shown = {key: (m["text"], bool(m.get("deletedAt"))) for key, m in self.gateway.messages().items()}
        self.assertEqual(hybrid.table(stack.direct()), shown)
        self.assertEqual(self.hook.states(), news)
        until(lambda: self.queue.keys >= {event["key"] for event in stream.events}, 60, "the queue to be read")
        self.assertEqual(self.queue.states(), news)
        held = hybrid.cached(stack.redis())
        self.assertEqual({key: state for key, state in news.items() if held.get(key) != state}, {})
        self.assertEqual(self.hook.out_of_order(), [])
        self.assertEqual(self.queue.out_of_order(), [])


if __name__ == "__main__":
    unittest.main()
