"""doctor finds the usual causes of trouble, each made for real with the real servers, and says the fix; before and after it
finds nothing."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent)]

import hybrid  # noqa: E402
from gateway import BINARY, free_port  # noqa: E402
from stack import shared_stack, until  # noqa: E402
from support.amqp import rabbitmqctl  # noqa: E402


def setUpModule():
    global stack
    stack = shared_stack()


class Doctor(unittest.TestCase):
    def setUp(self):
        secret = stack.folder / "secrets" / "rabbitmq-admin"
        more = f'management_url = "http://127.0.0.1:{stack.port("rabbitmq-management")}"\n' \
               f'management_password_file = "{secret}"\n'
        addresses = stack.config_toml.replace("[rabbitmq]\n", "[rabbitmq]\n" + more)
        self.gateway = hybrid.HybridGateway(stack, addresses=addresses)
        self.addCleanup(self.gateway.kill)
        self.addCleanup(self.gateway.folder.cleanup)

    def doctor(self, *before):
        done = subprocess.run([*before, BINARY, "--data-dir", self.gateway.data_dir, "--config", self.gateway.config, "doctor",
                               "--json"], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "TELEGRAM_GATEWAY_PORT": str(self.gateway.port)})
        self.assertIn(done.returncode, (0, 3), done.stderr)
        return [one for one in json.loads(done.stdout)["checks"] if not one["ok"]]

    def well(self):
        self.assertEqual(self.doctor(), [])

    def finds(self, check, *words, before=()):
        found = [one for one in self.doctor(*before) if one["check"] == check]
        self.assertTrue(found, f"nothing about {check}")
        for word in (*words, "Fix:"):
            self.assertTrue(any(word in one["detail"] for one in found), (word, found))

    def test_a_pool_that_is_full(self):
        self.well()
        stack.pool_size(1)
        self.addCleanup(stack.pool_size, None)
        with contextlib.closing(stack.pooled()) as holder:
            holder.autocommit = False
            with holder.cursor() as cursor:
                cursor.execute("SELECT 1")  # the transaction stays open, and with it the only connection is held
                self.finds("PgBouncer", "its pool is full", "SHOW POOLS")
        self.well()

    def test_redis_that_would_refuse_writes(self):
        with contextlib.closing(stack.redis()) as master:
            master.config_set("maxmemory-policy", "noeviction")
            try:
                self.finds("Redis", "maxmemory-policy noeviction", "allkeys-lru")
            finally:
                master.config_set("maxmemory-policy", "allkeys-lru")
        self.well()

    def test_redis_that_evicts(self):
        with contextlib.closing(stack.redis()) as master:
            most = master.config_get("maxmemory")["maxmemory"]
            master.config_set("maxmemory", master.info("memory")["used_memory"] + (24 << 20))  # the backlog grows to 16 MB first
            try:
                for n in range(1_024):
                    master.set(f"test:filler:{n}", "x" * (1 << 16))
                self.assertGreater(master.info("stats")["evicted_keys"], 0)
                self.finds("Redis", "is full", "raise maxmemory")
            finally:
                master.config_set("maxmemory", most)
                master.flushall()
                master.config_resetstat()
        self.well()

    def test_sentinels_without_a_quorum(self):
        self.well()
        stack.down("sentinel-2", "sentinel-3")
        try:
            until(lambda: [one for one in self.doctor() if one["check"] == "Sentinel" and "NOQUORUM" in one["detail"]], 60,
                  "the last Sentinel to miss the others")
            self.finds("Sentinel", "start the Sentinels")
        finally:
            stack.up("sentinel-2", "sentinel-3")
        until(lambda: self.doctor() == [], 60, "the quorum")

    def test_an_alarm_at_the_broker(self):
        rabbitmqctl(stack, "set_vm_memory_high_watermark", "absolute", "1MB")
        try:
            until(lambda: [one for one in self.doctor() if "out of memory" in one["detail"]], 60, "the alarm")
            self.finds("RabbitMQ", "takes nothing from publishers")
        finally:
            rabbitmqctl(stack, "set_vm_memory_high_watermark", "0.8")
        until(lambda: self.doctor() == [], 60, "the end of the alarm")

    def test_servers_that_are_gone(self):
        stack.down("pgbouncer")
        try:
            self.finds("PgBouncer", str(stack.port("pgbouncer")))
        except AssertionError as missing:  # libpq's own words carry no "Fix:"
            self.assertNotIn("nothing about", str(missing))
        finally:
            stack.up("pgbouncer")
        self.well()

    @unittest.skipUnless(shutil.which("faketime"), "another clock for one process: faketime is not installed")
    def test_a_clock_that_is_wrong(self):
        self.finds("clock", "behind that of PostgreSQL", "timedatectl", before=("faketime", "-f", "-90s"))
        self.finds("clock", "ahead of that of Redis", before=("faketime", "-f", "+90s"))
        self.well()

    def test_a_port_that_another_has(self):
        self.gateway.port = stack.port("redis-1")
        self.finds("port", f"pid {stack.pid('redis-1')}", "redis-server")
        self.gateway.port = free_port()
        self.well()


if __name__ == "__main__":
    unittest.main()
