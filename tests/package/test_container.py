#!/usr/bin/env python3
"""The containers, as far as that can be seen without an engine: what compose says of the files, and whether they agree with
the native stack.

No container is run: no engine is there.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.gateway import BINARY  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/container"
FILES = ["compose.data.yml", "compose.gateway.yml", "compose.monitoring.yml"]
DATA = ["postgresql", "pgbouncer", "redis-1", "redis-2", "sentinel-1", "sentinel-2", "sentinel-3", "rabbitmq"]
# Debian's package of the same server, whose version is compared where it is installed.
NATIVE = {"postgres": "postgresql-15", "redis": "redis-server", "rabbitmq": "rabbitmq-server",
          "prom/prometheus": "prometheus", "prom/alertmanager": "prometheus-alertmanager"}


def compose():
    """What compose makes of the three files together."""
    files = [word for name in FILES for word in ("-f", name)]
    done = subprocess.run(["docker-compose", *files, "config"], cwd=FOLDER, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise AssertionError(done.stderr)
    return yaml.safe_load(done.stdout)


def installed(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return re.sub(r"^\d+:", "", done.stdout) if done.returncode == 0 else None


def settings(text, separator):
    """The settings of a server's file, without comments and sections."""
    pairs = (line.split(separator, 1) for line in text.splitlines()
             if separator in line and not line.lstrip().startswith(("#", ";", "[")))
    return {name.strip(): value.strip() for name, value in pairs}


@unittest.skipUnless(shutil.which("docker-compose"), "docker-compose is not installed (script/bootstrap --test)")
class ComposeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.services = compose()["services"]

    def test_images_are_pinned(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertRegex(service["image"].rpartition(":")[2], r"^v?\d+\.\d+")
        dockerfile = (FOLDER / "Dockerfile").read_text()
        self.assertRegex(dockerfile, r"(?m)^FROM debian:12\.\d+-slim AS debian$")

    def test_versions_are_those_of_the_native_stack(self):
        for name, service in self.services.items():
            image, _, tag = service["image"].partition(":")
            version = installed(NATIVE[image]) if image in NATIVE else None
            if version:
                with self.subTest(name):
                    # PostgreSQL's second number is of fixes alone.
                    numbers = 1 if image == "postgres" else 2
                    self.assertEqual(re.findall(r"\d+", tag)[:numbers], re.findall(r"\d+", version)[:numbers])

    def test_ports_are_those_of_the_native_stack(self):
        text = (ROOT / "script/stack.d/ports.sh").read_text()
        usual = dict(re.findall(r"(?m)^  ([a-z0-9-]+) (\d+)", text))
        listening = {name: {str(port) for port in service.get("expose", [])} |
                     {re.sub(r"^.*:|/tcp$", "", str(port)) for port in service.get("ports", [])}
                     for name, service in self.services.items()}
        for name in DATA:
            if name != "pgbouncer":
                self.assertIn(usual[name], listening[name])
        for name in ("rabbitmq-management", "rabbitmq-metrics"):
            self.assertIn(usual[name], listening["rabbitmq"])
        self.assertIn(f"listen_port = {usual['pgbouncer']}\n", (ROOT / "deploy/pgbouncer/pgbouncer.ini").read_text())

    def test_nothing_is_shown_beyond_this_machine(self):
        for name, service in self.services.items():
            for port in service.get("ports", []):
                with self.subTest(name):
                    self.assertRegex(str(port), r"^127\.0\.0\.1:")
        self.assertTrue(compose()["networks"]["data"]["internal"])

    def test_every_service_is_bounded_and_looked_after(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertIn("mem_limit", service)
                self.assertIn("restart", service)
                if name != "telegram-gateway":  # its image says how
                    self.assertIn("healthcheck", service)
                self.assertTrue(service.get("networks") or service["network_mode"] == "service:postgresql")

    def test_the_gateway_has_the_limits_of_its_unit(self):
        unit = settings((ROOT / "deploy/systemd/telegram-gateway.service").read_text(), "=")
        gateway = self.services["telegram-gateway"]
        self.assertEqual(str(gateway["mem_limit"]).upper(), unit["MemoryMax"])
        self.assertEqual(f"{float(gateway['cpus']):.0%}", unit["CPUQuota"])
        self.assertEqual(str(gateway["ulimits"]["nofile"]), unit["LimitNOFILE"])
        self.assertEqual(str(gateway["pids_limit"]), unit["TasksMax"])

    def test_every_file_that_is_mounted_is_there(self):
        # Folders of secrets are made by make-secrets.
        for name, service in self.services.items():
            for volume in service.get("volumes", []):
                source = volume["source"] if isinstance(volume, dict) else volume.partition(":")[0]
                inside = pathlib.Path(source)
                if not inside.is_absolute() or "secrets" in inside.parts:
                    continue
                with self.subTest(name, source=source):
                    self.assertTrue(inside.exists())

    def test_the_dockerfile_makes_what_is_built(self):
        targets = set(re.findall(r"(?m)^FROM \S+ AS (\S+)", (FOLDER / "Dockerfile").read_text()))
        built = {service["build"]["target"] for service in self.services.values() if "build" in service}
        self.assertEqual(built, targets - {"debian"})
        version = re.search(r"(?m)^project\(.* VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
        for service in self.services.values():
            if "build" in service:
                self.assertEqual(service["image"].partition(":")[2], version)


class ConfigurationTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def secrets(self):
        copy = self.folder / "container"
        copy.mkdir()
        shutil.copy(FOLDER / "make-secrets", copy)
        done = subprocess.run([copy / "make-secrets"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "")
        return copy / "secrets"

    def test_secrets_are_made_once_and_for_their_users_alone(self):
        secrets = self.secrets()
        before = {path: path.read_bytes() for path in secrets.rglob("*") if path.is_file()}
        self.assertGreater(len(before), 10)
        for path in before:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
            if os.getuid() == 0:
                self.assertNotEqual(path.stat().st_uid, 0, path)
        subprocess.run([secrets.parent / "make-secrets"], check=True, capture_output=True, timeout=60)
        self.assertEqual({path: path.read_bytes() for path in secrets.rglob("*") if path.is_file()}, before)
        users = json.loads((secrets / "rabbitmq/users.json").read_text())["users"]
        self.assertEqual([user["name"] for user in users], ["telegram", "admin"])

    def test_the_gateway_accepts_its_configuration(self):
        secrets = self.secrets()
        done = subprocess.run([BINARY, "--config", FOLDER / "config/gateway.toml", "config", "check"], text=True,
                              capture_output=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "CREDENTIALS_DIRECTORY": str(secrets / "gateway")})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_gateway_is_told_the_names_of_the_services(self):
        text = (FOLDER / "config/gateway.toml").read_text()
        for name in ("postgresql", "sentinel-1:26379", "sentinel-2:26380", "sentinel-3:26381", "rabbitmq"):
            self.assertIn(f'"{name}"', text)

    def test_container_files_change_only_who_may_ask(self):
        own = settings((FOLDER / "config/postgresql.conf").read_text(), "=")
        self.assertEqual(set(own), {"listen_addresses", "hba_file", "unix_socket_directories"})
        own = settings((FOLDER / "config/pgbouncer.ini").read_text(), "=")
        self.assertEqual(set(own), {"listen_addr", "auth_file"})
        own = settings((FOLDER / "config/rabbitmq.conf").read_text(), "=")
        self.assertEqual(set(own), {"listeners.tcp.default", "management.tcp.ip", "prometheus.tcp.ip"})
        native = settings((ROOT / "deploy/rabbitmq/rabbitmq.conf").read_text(), "=")
        self.assertEqual(own["listeners.tcp.default"].partition(":")[2], native["listeners.tcp.default"].partition(":")[2])

    def test_targets_of_prometheus_are_services(self):
        names = {name for file in FILES for name in yaml.safe_load((FOLDER / file).read_text())["services"]}
        for file in (FOLDER / "config/targets").glob("*.yml"):
            for group in yaml.safe_load(file.read_text()):
                for target in group["targets"] + list(group.get("labels", {}).values()):
                    host = re.sub(r"^redis://", "", target).partition(":")[0]
                    with self.subTest(file.name):
                        self.assertIn(host, names | {"127.0.0.1"})


if __name__ == "__main__":
    unittest.main()
