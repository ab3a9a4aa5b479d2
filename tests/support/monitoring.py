"""Prometheus over a stack in tests, with the files of deploy/ made faster, and these files as data.

Minutes cannot be waited for: every `for` and every window of the rules is divided by SCALE (and stays long enough for
four looks), and targets are looked at every two seconds. Thresholds and expressions stay as they are.
"""

import json
import os
import pathlib
import re
import signal
import time
import urllib.parse
import urllib.request

import yaml

from stack import until

DEPLOY = pathlib.Path(__file__).resolve().parent.parent.parent / "deploy"
RULES = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
SCALE = 60
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def rules():
    """Every rule as a dictionary; what the files have, with the name of the file as `file`."""
    return [{**rule, "file": file.name} for file in RULES
            for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def panels():
    """(dashboard, panel, expression) of every target of every panel."""
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                yield file.stem, panel["title"], target["expr"]


def always(expression):
    """Without the bounds: what is compared is there, whether it is above or below."""
    return re.sub(r"\s(==|!=|<=|>=|<|>) [-\d.e]+( \* \(1 - 0\.999\))?", "", expression)


def faster(text):
    """Rules with their times divided."""
    def scaled(amount, unit, least):
        return f"{max(least, int(amount) * UNITS[unit] // SCALE)}s"

    text = re.sub(r"\bfor: (\d+)([smhd])\b", lambda m: f"for: {scaled(m[1], m[2], 0)}", text)
    return re.sub(r"\[(\d+)([smhd])\]", lambda m: f"[{scaled(m[1], m[2], 8)}]", text)


class Monitoring:
    """`names`: what of the monitoring is started over the stack; all of it by default. It ends with the test module."""

    def __init__(self, stack, *names):
        self.stack, self.names = stack, names or ("monitoring",)
        stack.up(*self.names)
        self.folder = stack.folder / "prometheus"
        # The exporter of PostgreSQL waits for a second before it says that there is none.
        text = (DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
        text = text.replace("evaluation_interval: 15s", "evaluation_interval: 1s").replace("scrape_interval: 15s", "scrape_interval: 2s")
        self._write(self.folder / "prometheus.yml", text.replace("scrape_timeout: 10s", "scrape_timeout: 2s"))
        for file in RULES:
            self._write(self.folder / "rules" / file.name, faster(file.read_text(encoding="utf-8")))
        self.reload()

    def stop(self):
        self.stack.down(*self.names)

    def reload(self, name="prometheus", metric="prometheus_config_last_reload_success_timestamp_seconds"):
        """SIGHUP, and until it has read its files anew."""
        def read_at():
            text = self._get(name, "/metrics").decode()
            return float(re.search(rf"^{metric} (\S+)$", text, re.M)[1])

        before = read_at()
        until(lambda: time.time() > int(before) + 1, what="another second")  # the figure has whole ones
        os.kill(self.stack.pid(name), signal.SIGHUP)
        until(lambda: read_at() > before, 60, f"{name} to read its files")

    def watch(self, port):
        """The gateway is at this port."""
        self._write(self.folder / "targets" / "telegram-gateway.yml", f'- targets: ["127.0.0.1:{port}"]\n')
        until(lambda: self.query(f'up{{job="telegram-gateway",instance="127.0.0.1:{port}"}} == 1'), 60, "the gateway's metrics")

    def mail_to(self, port):
        """Alertmanager sends its mails there, and soon."""
        text = (DEPLOY / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8")
        text = text.replace("127.0.0.1:25", f"127.0.0.1:{port}")
        text = re.sub(r"(group_wait|group_interval): \S+", r"\1: 1s", text)
        self._write(self.stack.folder / "alertmanager" / "alertmanager.yml", text)
        self.reload("alertmanager", "alertmanager_config_last_reload_success_timestamp_seconds")

    def query(self, expression):
        """Its samples now, as (labels, value); those that are no number are left out."""
        answer = json.loads(self._get("prometheus", "/api/v1/query?" + urllib.parse.urlencode({"query": expression})))
        return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"] if one["value"][1] != "NaN"]

    def firing(self, alert=None, **labels):
        """Alerts that fire now, by their labels."""
        answer = json.loads(self._get("prometheus", "/api/v1/alerts"))
        return [one["labels"] for one in answer["data"]["alerts"]
                if one["state"] == "firing" and alert in (None, one["labels"]["alertname"])
                and labels.items() <= one["labels"].items()]

    def health_of_rules(self):
        """(name, health, error) of every rule."""
        groups = json.loads(self._get("prometheus", "/api/v1/rules"))["data"]["groups"]
        return [(rule["name"], rule["health"], rule.get("lastError")) for group in groups for rule in group["rules"]]

    def targets(self):
        answer = json.loads(self._get("prometheus", "/api/v1/targets?state=active"))
        return {(one["labels"]["job"], one["labels"]["instance"]): one["health"] for one in answer["data"]["activeTargets"]}

    def notified(self):
        """Alerts of Alertmanager that no other one inhibits."""
        return [one["labels"] for one in json.loads(self._get("alertmanager", "/api/v2/alerts?inhibited=false"))]

    def _get(self, component, path):
        url = f"http://127.0.0.1:{self.stack.port(component)}{path}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.read()

    @staticmethod
    def _write(file, text):
        """Whole or not at all, for a server that may read it now; the server's own also when this is root."""
        new = file.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        owner = file.parent.stat()
        os.chown(new, owner.st_uid, owner.st_gid)
        new.rename(file)
