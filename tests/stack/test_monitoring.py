#!/usr/bin/env python3
"""Prometheus scrapes the real stack, and every expression of every rule and every panel finds something there.

What an alert compares is looked for without its bound: it must be there while all is well, or the alert could never fire.
"""

import pathlib
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent)]

import hybrid  # noqa: E402
from monitoring import Monitoring, always, panels, rules  # noqa: E402
from stack import shared_stack, until  # noqa: E402
from support.amqp import Reader, demo_channels, queue  # noqa: E402

CHANNELS = demo_channels(2)
PATIENCE = 60


def setUpModule():
    global stack, monitoring, gateway
    stack = shared_stack()
    gateway = hybrid.HybridGateway(stack, "--demo", "--rate", "20", "--channels", "2", "--history", "20",
                                   addresses=stack.config_toml + 'consumers = ["desk"]\n')
    unittest.addModuleCleanup(gateway.kill)
    gateway.start()
    monitoring = Monitoring(stack)
    unittest.addModuleCleanup(monitoring.stop)
    monitoring.watch(gateway.port)
    unittest.addModuleCleanup(Consumers().stop)


class Consumers(threading.Thread):
    """One that reads queues, one that polls and marks, one that turns pages."""

    def __init__(self):
        super().__init__(daemon=True)
        self.reader = Reader(lambda: stack.amqp("admin"), [queue(channel) for channel in CHANNELS])
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.2):  # between two polls
            gateway.get("/api/messages?limit=20", raw=True)
            for channel in CHANNELS:
                status, answer = gateway.get(f"/api/messages/unprocessed?channel={channel}&excludeProcessedBy=poller")
                if status == 200 and answer["data"]:
                    ids = [message["id"] for message in answer["data"]]
                    gateway.post("/api/messages/mark-processed", {"messageIds": ids, "processedBy": "poller"})

    def stop(self):
        self.ended.set()
        self.join(30)
        self.reader.end()


class Scraped(unittest.TestCase):
    def found(self, expression):
        """In panels, Grafana puts in a window of four looks."""
        return monitoring.query(expression.replace("$__rate_interval", "8s"))

    def test_everything_that_has_metrics_is_scraped(self):
        until(lambda: set(monitoring.targets().values()) == {"up"}, PATIENCE, "all targets")

        jobs = {job for job, _ in monitoring.targets()}
        self.assertEqual(jobs, {"telegram-gateway", "postgresql", "pgbouncer", "redis", "sentinel", "rabbitmq",
                                "rabbitmq-queues", "node", "prometheus", "alertmanager"})

    def test_every_rule_is_evaluated_without_an_error(self):
        until(lambda: {health for _, health, _ in monitoring.health_of_rules()} == {"ok"}, PATIENCE, "every rule")

        self.assertEqual([problem for problem in monitoring.health_of_rules() if problem[2]], [])
        self.assertEqual({name for name, _, _ in monitoring.health_of_rules()},
                         {rule.get("alert") or rule["record"] for rule in rules()})

    def test_every_expression_of_every_rule_finds_something(self):
        for rule in rules():
            with self.subTest(rule.get("alert") or rule["record"]):
                expression = always(rule["expr"]) if "alert" in rule else rule["record"]
                until(lambda: self.found(expression), PATIENCE, expression)

    def test_every_expression_of_every_panel_finds_something(self):
        for dashboard, panel, expression in panels():
            with self.subTest(f"{dashboard}: {panel}"):
                until(lambda: self.found(expression), PATIENCE, expression)

    def test_the_exporters_role_sees_no_message(self):
        import psycopg2

        with psycopg2.connect(host="127.0.0.1", port=stack.port("postgresql"), user="telegram_monitor",
                              password=stack.secret("postgres-monitor"), dbname="telegram_gateway") as db:
            with db.cursor() as cursor, self.assertRaises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("SELECT * FROM telegram_gateway.messages")
        db.close()


if __name__ == "__main__":
    unittest.main()
