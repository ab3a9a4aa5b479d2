#!/usr/bin/env python3
"""The files of deploy/ for Prometheus, Alertmanager and Grafana by themselves: they are valid, each alert fires and does
not fire (promtool), each name that they use is in the gateway's contract, and each alert has a runbook.

Grafana itself is not run: Debian has none. With the servers behind them: tests/stack/test_monitoring.py.
"""

import configparser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from monitoring import DASHBOARDS, DEPLOY, RULES, always, faster, panels, rules  # noqa: E402

PROMETHEUS = DEPLOY / "prometheus"
TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
SIX = {"overview", "database", "redis", "rabbitmq", "mtproto", "slo"}


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


@unittest.skipUnless(shutil.which("promtool"), "promtool is not there: script/bootstrap --stack")
class Checked(unittest.TestCase):
    def test_the_configuration_of_prometheus_and_its_rules_are_valid(self):
        code, said = run("promtool", "check", "config", PROMETHEUS / "prometheus.yml")

        self.assertEqual(code, 0, said)
        for file in RULES:
            self.assertIn(f"Checking {file}", said)

    def test_the_configuration_of_alertmanager_is_valid(self):
        code, said = run("amtool", "check-config", DEPLOY / "alertmanager" / "alertmanager.yml")

        self.assertEqual(code, 0, said)

    def test_each_alert_fires_and_does_not_fire(self):
        for file in TESTS:
            code, said = run("promtool", "test", "rules", file)
            self.assertEqual(code, 0, said)

        tested = set(re.findall(r'alertname="(\w+)"', "".join(file.read_text(encoding="utf-8") for file in TESTS)))
        self.assertEqual(tested, {rule["alert"] for rule in rules() if "alert" in rule})

    def test_a_test_that_expects_what_does_not_happen_fails(self):
        text = (PROMETHEUS / "tests" / "telegram.yml").read_text(encoding="utf-8")
        wrong = text.replace("value: 1}", "value: 2}").replace("../rules", str(PROMETHEUS / "rules"))

        with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
            file.write(wrong)
            file.flush()
            code, said = run("promtool", "test", "rules", file.name)

        self.assertNotEqual(code, 0)
        self.assertIn("exp: {} 2", said)


class Alerts(unittest.TestCase):
    def test_each_says_how_bad_it_is_where_and_what_to_do(self):
        guide = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
        anchors = {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
                   for title in re.findall(r"^#+ (.+)$", guide, re.M)}

        for rule in rules():
            if "alert" not in rule:
                continue
            with self.subTest(rule["alert"]):
                self.assertIn(rule["labels"]["severity"], ("critical", "warning", "none"))
                self.assertTrue(rule["labels"]["component"])
                self.assertTrue(rule["annotations"]["summary"])
                page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
                self.assertEqual(page, "docs/troubleshooting.md")
                self.assertIn(anchor, anchors)

    def test_names_are_used_once(self):
        names = [rule.get("alert") or rule["record"] for rule in rules()]

        self.assertEqual(sorted(names), sorted(set(names)))

    def test_what_inhibits_and_is_inhibited_exists(self):
        names = {rule["alert"] for rule in rules() if "alert" in rule}
        text = (DEPLOY / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8")
        used = {name for value in re.findall(r'alertname !?=~? "?([\w|]+)', text) for name in value.split("|")}

        self.assertEqual(used - names, set())


class Contract(unittest.TestCase):
    """tests/unit/observe/metrics.txt is what the program gives, as its own test sees it."""

    def setUp(self):
        lines = (ROOT / "tests/unit/observe/metrics.txt").read_text(encoding="utf-8").splitlines()
        self.given = {line.split()[0]: line.split()[1] for line in lines}
        self.expressions = [(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]
        self.expressions += [(f"{dashboard}: {panel}", expression) for dashboard, panel, expression in panels()]

    def test_only_metrics_that_the_gateway_gives_are_used(self):
        for where, expression in self.expressions:
            for name in re.findall(r"\btelegram_gateway_\w+(?!:)\b", expression):
                base = re.sub(r"_(bucket|sum|count)$", "", name)
                known = name if name in self.given else base if self.given.get(base) == "histogram" else None
                self.assertIsNotNone(known, f"{where} uses {name}, which the gateway does not give")

    def test_only_labels_that_they_have_are_used(self):
        lines = (ROOT / "tests/unit/observe/metrics.txt").read_text(encoding="utf-8").splitlines()
        labels = {line.split()[0]: set((line.split() + [""])[2].split(",")) for line in lines}
        for where, expression in self.expressions:
            for name, inside in re.findall(r"\b(telegram_gateway_\w+)\{([^}]*)\}", expression):
                used = set(re.findall(r"(\w+)(?:=|!=)", inside)) - {"job", "instance", "le"}
                self.assertEqual(used - labels[re.sub(r"_(bucket|sum|count)$", "", name)], set(), where)

    def test_only_what_is_recorded_is_used(self):
        recorded = {rule["record"] for rule in rules() if "record" in rule}
        for where, expression in self.expressions:
            self.assertEqual(set(re.findall(r"\btelegram_gateway:[\w:]+", expression)) - recorded, set(), where)

    def test_every_metric_is_in_the_guide(self):
        guide = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
        listed = set(re.findall(r"^\| `(\w+)`", guide, re.M))

        self.assertEqual(listed, set(self.given))

    def test_every_alert_is_in_the_guide(self):
        guide = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
        for rule in rules():
            if "alert" in rule:
                self.assertRegex(guide, rf"\[{rule['alert']}\]\(troubleshooting.md#")


class Dashboards(unittest.TestCase):
    def setUp(self):
        self.dashboards = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in DASHBOARDS}

    def test_there_are_the_six_with_names_of_their_own(self):
        self.assertEqual(set(self.dashboards), SIX)
        for key in ("uid", "title"):
            self.assertEqual(len({one[key] for one in self.dashboards.values()}), 6)

    def test_each_is_shown_anew_every_half_minute(self):
        self.assertEqual({one["refresh"] for one in self.dashboards.values()}, {"30s"})

    def test_panels_have_what_grafana_needs_of_them(self):
        for name, one in self.dashboards.items():
            numbers = [panel["id"] for panel in one["panels"]]
            self.assertEqual(len(numbers), len(set(numbers)), name)
            for panel in one["panels"]:
                self.assertIn(panel["type"], ("stat", "timeseries"))
                self.assertTrue(panel["title"])
                self.assertTrue(panel["targets"], panel["title"])
                refs = [target["refId"] for target in panel["targets"]]
                self.assertEqual(len(refs), len(set(refs)))
                self.assertTrue(all(target["expr"] for target in panel["targets"]))
                self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])

    def test_panels_stand_beside_each_other_and_not_over_each_other(self):
        for name, one in self.dashboards.items():
            taken = set()
            for panel in one["panels"]:
                at = panel["gridPos"]
                cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
                self.assertLessEqual(at["x"] + at["w"], 24, f"{name}: {panel['title']}")
                self.assertFalse(taken & cells, f"{name}: {panel['title']}")
                taken |= cells

    def test_their_source_is_the_one_that_is_provisioned(self):
        folder = DEPLOY / "grafana" / "provisioning"
        sources = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text(encoding="utf-8"))["datasources"]
        used = {(panel["datasource"]["type"], panel["datasource"]["uid"])
                for one in self.dashboards.values() for panel in one["panels"]}

        self.assertLessEqual(used, {(source["type"], source["uid"]) for source in sources})
        self.assertTrue(yaml.safe_load((folder / "dashboards" / "telegram-gateway.yml").read_text(encoding="utf-8"))["providers"])

    def test_grafana_listens_on_this_machine_at_3100(self):
        settings = configparser.ConfigParser()
        settings.read(DEPLOY / "grafana" / "grafana.ini", encoding="utf-8")

        self.assertEqual((settings["server"]["http_addr"], settings["server"]["http_port"]), ("127.0.0.1", "3100"))


class Faster(unittest.TestCase):
    """What the tests with servers do to the rules."""

    def test_times_are_divided_and_thresholds_are_not(self):
        self.assertEqual(faster("for: 10m"), "for: 10s")
        self.assertEqual(faster("rate(x[30d]) > 300"), "rate(x[43200s]) > 300")
        self.assertEqual(faster("rate(x[1m]) > 2e9"), "rate(x[8s]) > 2e9")

    def test_bounds_are_taken_away_and_selectors_are_not(self):
        self.assertEqual(always('up{job!="a b"} == 0 or x / y < 0.1'), 'up{job!="a b"} or x / y')
        self.assertEqual(always("a > 14.4 * (1 - 0.999) and b > 2e9"), "a and b")


if __name__ == "__main__":
    unittest.main()
