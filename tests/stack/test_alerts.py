#!/usr/bin/env python3
"""Each alert is silent, then its cause is made in the real stack, and the real Prometheus says that it fires; then the
cause is taken away, and it ends. Times are divided (tests/support/monitoring.py); thresholds are those of deploy/.

Only by promtool (deploy/prometheus/tests), since their causes are a machine in need, or are not made within a minute:
HostDiskLow, HostMemoryHigh, HostCpuHigh, GatewayMemoryHigh, GatewayCpuHigh, IntakeBacklog, IngestionSlow, PollingSlow,
RequestsFail, ErrorBudgetBurnsSlowly, BackupOld. Those of Telegram: test_alerts_telegram.py.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent)]

import hybrid  # noqa: E402
import readers  # noqa: E402
from gateway import Gateway  # noqa: E402
from mail_receiver import MailReceiver  # noqa: E402
from monitoring import Monitoring  # noqa: E402
from proxy import Proxy  # noqa: E402
from stack import shared_stack, until  # noqa: E402
from support.amqp import Reader, demo_channels, queue, rabbitmqctl  # noqa: E402

CHANNELS = demo_channels(2)
PATIENCE = 60


def setUpModule():
    global stack, monitoring, mails, hook, way, gateway
    stack = shared_stack()
    mails = MailReceiver()
    unittest.addModuleCleanup(mails.close)
    hook = readers.HookReader()
    unittest.addModuleCleanup(hook.stop)
    way = Proxy(hook.port)
    unittest.addModuleCleanup(way.close)
    monitoring = Monitoring(stack)
    unittest.addModuleCleanup(monitoring.stop)
    monitoring.mail_to(mails.port)
    gateway = hybrid.HybridGateway(stack, "--demo", "--rate", "80", "--channels", "2", "--history", "20",
                                   hook=f"http://127.0.0.1:{way.port}/events", addresses=stack.config_toml + 'consumers = ["desk"]\n')
    unittest.addModuleCleanup(gateway.kill)
    gateway.start()
    monitoring.watch(gateway.port)


class Polling(threading.Thread):
    """Asks for a path again and again."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.ended, self.asked = path, threading.Event(), 0
        self.start()

    def run(self):
        while not self.ended.wait(0.1):  # between two polls
            with contextlib.suppress(OSError):
                self.asked += 1
                gateway.get(self.path.replace("COUNT", str(self.asked)), raw=True)

    def stop(self):
        self.ended.set()
        self.join(30)


class AlertCase(unittest.TestCase):
    @contextlib.contextmanager
    def fires(self, alert, **labels):
        """Silent before what stands within, which makes the cause; then it fires."""
        self.ends(alert, **labels)  # of the case before
        yield
        until(lambda: monitoring.firing(alert, **labels), PATIENCE, alert)

    def ends(self, alert, **labels):
        until(lambda: not monitoring.firing(alert, **labels), PATIENCE, f"{alert} to be silent")


class GatewayAlerts(AlertCase):
    def test_a_gateway_that_is_gone(self):
        here = {"instance": f"127.0.0.1:{gateway.port}"}
        with self.fires("GatewayDown"), self.fires("ErrorBudgetBurnsFast", **here), self.fires("ErrorBudgetBurns", **here):
            gateway.stop()
            self.addCleanup(lambda: gateway.process or gateway.start())

        until(lambda: [mail for _, _, _, mail in mails.mails if "GatewayDown" in mail["Subject"]], PATIENCE, "the mail")
        until(lambda: "GatewayDown" in {one["alertname"] for one in monitoring.notified()}, PATIENCE, "Alertmanager")
        self.assertNotIn("ErrorBudgetBurnsFast", {one["alertname"] for one in monitoring.notified()}, "it is explained")
        gateway.start()
        self.ends("GatewayDown")

    def test_a_small_disk(self):
        if os.geteuid() != 0:
            self.skipTest("a disk of its own needs the right to mount one (root)")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700m", "none", folder], check=True)
            try:
                small = Gateway("demo", "--rate", "5", data_dir=f"{folder}/data")
                with self.fires("GatewayDiskLow"):
                    small.start()
                    monitoring.watch(small.port)
                small.stop()
            finally:
                monitoring.watch(gateway.port)
                subprocess.run(["umount", "--lazy", folder], check=True)
        self.ends("GatewayDiskLow")

    def test_what_a_webhook_refuses_is_set_aside(self):
        with self.fires("FailureQueueNotEmpty"), self.fires("DeliveryRefused"):
            hook.answer = 400
            self.addCleanup(setattr, hook, "answer", 200)
            until(lambda: gateway.metric("refused_total", reader="webhook:test") > 5, PATIENCE, "refused events")

    def test_a_webhook_that_is_gone(self):
        with self.fires("DestinationDown", reader="webhook:test"), self.fires("ReaderBacklog", reader="webhook:test"):
            way.refuse()
            way.cut()
            self.addCleanup(way.accept)

        way.accept()
        gateway.post("/api/telegram-gateway/destinations/webhook:test/try-now")
        self.ends("DestinationDown", reader="webhook:test")

    def test_pages_that_are_never_in_memory(self):
        with self.fires("HitRateLow"):
            pages = Polling("/api/messages?search=nothingCOUNT")
            self.addCleanup(pages.stop)

    def test_a_consumer_that_is_behind(self):
        with self.fires("PollingLag"):
            polls = Polling(f"/api/messages/unprocessed?channel={CHANNELS[0]}&excludeProcessedBy=slow&limit=1")
            self.addCleanup(polls.stop)

    def test_consumers_that_stop_polling(self):
        polls = Polling(f"/api/messages/unprocessed?channel={CHANNELS[0]}&excludeProcessedBy=gone&limit=1")
        self.addCleanup(polls.stop)
        self.ends("NobodyPolls")
        until(lambda: polls.asked > 20, PATIENCE, "polls")

        with self.fires("NobodyPolls"):
            polls.stop()


class DatabaseAlerts(AlertCase):
    def test_a_database_that_is_gone(self):
        with self.fires("PostgresqlDown"), self.fires("DestinationDown", reader="postgres"):
            stack.down("postgresql")
            self.addCleanup(stack.up, "postgresql")

        stack.up("postgresql")
        self.ends("PostgresqlDown")

    def test_a_pool_that_is_gone(self):
        with self.fires("PgbouncerDown"):
            stack.down("pgbouncer")
            self.addCleanup(stack.up, "pgbouncer")

        stack.up("pgbouncer")
        self.ends("PgbouncerDown")

    def test_a_pool_that_is_too_small(self):
        stack.pool_size(1)
        self.addCleanup(stack.pool_size, None)
        self.ends("PgbouncerDown")
        clients = [stack.pooled() for _ in range(14)]
        waiting = [threading.Thread(target=self.sleep, args=(client,), daemon=True) for client in clients]

        with self.fires("PoolExhausted"):
            for one in waiting:
                one.start()

    @staticmethod
    def sleep(client):
        """Ends when PgBouncer does."""
        with contextlib.suppress(Exception), client.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    def test_a_database_that_is_slow(self):
        """What the gateway writes waits for a lock that is held for most of the time."""
        self.ends("DestinationDown", reader="postgres")  # after the case before
        ended = threading.Event()

        def hold():
            with contextlib.closing(stack.admin()) as db, db.cursor() as cursor:
                while not ended.wait(0.05):
                    cursor.execute("BEGIN; LOCK TABLE telegram_gateway.messages IN EXCLUSIVE MODE; SELECT pg_sleep(0.7); COMMIT")

        holder = threading.Thread(target=hold, daemon=True)
        self.addCleanup(holder.join, 30)
        self.addCleanup(ended.set)
        with self.fires("SlowQueries"):
            holder.start()


class RedisAlerts(AlertCase):
    def test_a_cache_that_is_gone(self):
        with self.fires("RedisDown"), self.fires("DestinationDown", reader="redis"):
            stack.down("redis")
            self.addCleanup(stack.up, "redis")

        stack.up("redis")
        self.ends("RedisDown")

    def test_two_sentinels_that_are_gone(self):
        with self.fires("SentinelWithoutQuorum"):
            stack.down("sentinel-2", "sentinel-3")
            self.addCleanup(stack.up, "sentinel-2", "sentinel-3")

        stack.up("sentinel-2", "sentinel-3")
        self.ends("SentinelWithoutQuorum")

    def test_a_cache_that_is_too_small(self):
        with contextlib.closing(until(stack.redis, what="a master")) as redis:
            bound = redis.config_get("maxmemory")["maxmemory"]
            self.addCleanup(lambda: stack.redis().config_set("maxmemory", bound))
            with self.fires("RedisEvicting"):
                redis.config_set("maxmemory", redis.info("memory")["used_memory"] + (24 << 20))  # the backlog grows to 16 MB first
                until(lambda: self.fill(redis) and monitoring.firing("RedisEvicting"), PATIENCE, "evictions")

    @staticmethod
    def fill(redis):
        pipeline = redis.pipeline(transaction=False)
        for number in range(2_000):
            pipeline.set(f"test:{os.urandom(6).hex()}", "x" * 1_000, ex=60)
        pipeline.execute()
        return True


class RabbitmqAlerts(AlertCase):
    def setUp(self):
        self.reader = None
        self.read()
        self.addCleanup(lambda: self.reader and self.reader.end())

    def read(self):
        self.reader = Reader(lambda: stack.amqp("admin"), [queue(channel) for channel in CHANNELS])
        self.ends("QueueWithoutConsumers")
        self.ends("BrokerDepth")

    def published(self, exchange, key, count):
        connection = stack.amqp("admin")
        self.addCleanup(connection.close)
        channel = connection.channel()
        for _ in range(count):
            channel.basic_publish(exchange, key, b"{}")
        return channel

    def test_a_broker_that_is_gone(self):
        with self.fires("RabbitmqDown"), self.fires("DestinationDown", reader="rabbitmq"):
            stack.down("rabbitmq")
            self.addCleanup(stack.up, "rabbitmq")

        stack.up("rabbitmq")
        self.ends("RabbitmqDown")

    def test_a_broker_without_disk(self):
        with self.fires("RabbitmqAlarm"):
            rabbitmqctl(stack, "set_disk_free_limit", "1000000GB")
            self.addCleanup(rabbitmqctl, stack, "set_disk_free_limit", "2GB")

    def test_queues_that_nobody_reads(self):
        with self.fires("QueueWithoutConsumers", consumer="desk"), self.fires("BrokerDepth"):
            self.reader.end()
            self.reader = None

        self.read()

    def test_messages_that_were_given_up_on(self):
        """As the broker itself passes them on: to the exchange of the dead letters."""
        with self.fires("DeadLetters"):
            channel = self.published("telegram.messages.dlx", "", 150)
            self.addCleanup(channel.queue_purge, "telegram.messages.dlq")


class MonitoringAlerts(AlertCase):
    def test_one_is_always_there(self):
        until(lambda: monitoring.firing("Watchdog"), PATIENCE, "the watchdog")

    def test_an_exporter_that_is_gone(self):
        with self.fires("TargetDown", job="redis"):
            stack.down("redis-exporter")
            self.addCleanup(stack.up, "redis-exporter")

        stack.up("redis-exporter")
        self.ends("TargetDown")


if __name__ == "__main__":
    unittest.main()
