#!/usr/bin/env python3
"""The Debian package, in a Debian: installed, upgraded, removed, purged; and run as the service that it is.

TG_DEB names the package (default: the newest in build/package, which script/package makes).
TG_RELEASES: where it is tried (default: "bookworm trixie").
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.debian import Debian, ROOT  # noqa: E402

RELEASES = os.environ.get("TG_RELEASES", "bookworm trixie").split()
DATA = "/var/lib/telegram-gateway"
BACKUPS = "/var/backups/telegram-gateway"
CONFIG = "/etc/telegram-gateway/telegram-gateway.toml"
SERVICE = "telegram-gateway.service"


def package():
    """The .deb, made now where there is none."""
    named = os.environ.get("TG_DEB")
    if named:
        return pathlib.Path(named)
    done = subprocess.run([ROOT / "script/package"], capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])
    return pathlib.Path(done.stdout.split()[-1])


def newer(deb, folder):
    """The same package as another version, with a file more."""
    tree = folder / "newer"
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^(Version: .*)$", r"\1+newer", control.read_text()))
    (tree / "usr/share/telegram-gateway/newer").touch()
    made = folder / "telegram-gateway_newer.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", tree, made], check=True, capture_output=True)
    shutil.rmtree(tree)
    return made


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.deb = package()

    def debian(self, release):
        """One that has the package."""
        debian = Debian(release)
        debian.__enter__()
        self.addCleanup(debian.__exit__)
        shutil.copy(self.deb, debian.root / "root/gateway.deb")
        debian.run("apt-get", "update")
        debian.run("apt-get", "install", "-y", "--no-install-recommends", "/root/gateway.deb")
        return debian


class LifeTest(Case):
    def life(self, release):
        debian = self.debian(release)

        # Installed.
        version = subprocess.run(["dpkg-deb", "-f", self.deb, "Version"], capture_output=True, text=True).stdout.strip()
        self.assertEqual(debian.run("telegram-gateway", "--version").stdout, f"telegram-gateway {version}\n")
        modes = debian.sh(f"stat -c '%n %a %U' {DATA} {BACKUPS} /etc/telegram-gateway/credentials").stdout
        self.assertEqual(modes, f"{DATA} 700 telegram-gateway\n{BACKUPS} 700 telegram-gateway\n"
                                "/etc/telegram-gateway/credentials 700 root\n")
        debian.sh("test -e /usr/share/man/man1/telegram-gateway.1.gz || test -e /usr/share/doc; "
                  "bash -n /usr/share/bash-completion/completions/telegram-gateway")
        debian.run("telegram-gateway", "config", "check")
        # What docs/monitoring.md names; the guide is listed even where this Debian leaves documentation out.
        files = debian.run("dpkg", "-L", "telegram-gateway").stdout.splitlines()
        for file in ("prometheus/pgbouncer-exporter", "prometheus/rules/gateway.yml", "alertmanager/alertmanager.yml",
                     "grafana/grafana.ini"):
            self.assertIn(f"/usr/share/telegram-gateway/{file}", files)
        self.assertIn("/usr/share/doc/telegram-gateway/docs/troubleshooting.md", files)
        # The libraries that it carries and those of this Debian together are all.
        self.assertNotIn("not found", debian.sh("ldd /usr/bin/telegram-gateway").stdout)
        for unit in ("telegram-gateway.service", "telegram-gateway-backup.timer"):
            self.assertEqual(debian.run("systemctl", "--root=/", "is-enabled", unit).stdout, "enabled\n")

        # Upgraded: data and a changed configuration stay.
        shutil.copy(ROOT / "tests/data/channel.json", debian.root / "tmp/channel.json")
        as_service = ["setpriv", "--reuid=telegram-gateway", "--regid=telegram-gateway", "--clear-groups"]
        debian.run(*as_service, "telegram-gateway", "import", "/tmp/channel.json")
        before = debian.run(*as_service, "telegram-gateway", "channels", "--json").stdout
        debian.sh(f"echo '# mine' >>{CONFIG}; echo secret >/etc/telegram-gateway/credentials/api-hash")
        shutil.copy(newer(self.deb, debian.folder), debian.root / "root/newer.deb")
        debian.run("apt-get", "install", "-y", "/root/newer.deb")
        debian.run("test", "-e", "/usr/share/telegram-gateway/newer")
        self.assertEqual(debian.run(*as_service, "telegram-gateway", "channels", "--json").stdout, before)
        self.assertIn("# mine", debian.run("cat", CONFIG).stdout)

        # Removed: what is the user's stays.
        debian.run("apt-get", "remove", "-y", "telegram-gateway")
        debian.sh(f"! test -e /usr/bin/telegram-gateway; test -e {DATA}/journal.db; test -e {CONFIG}")

        # Purged with a backup: only that is left, and the user whose it is. What restore has put aside goes as well.
        debian.sh(f"touch {BACKUPS}/one; mkdir {DATA}.before-20261127T091500Z /var/lib/.telegram-gateway.restoring")
        said = debian.run("apt-get", "purge", "-y", "telegram-gateway")
        self.assertIn(f"Backups are kept in {BACKUPS}", said.stdout + said.stderr)
        left = debian.traces()
        self.assertEqual([line for line in left if line.startswith("/") and ":" not in line], [BACKUPS])

        # Purged without one: nothing is left.
        debian.run("rm", "-r", BACKUPS)
        debian.run("apt-get", "install", "-y", "/root/gateway.deb")
        debian.run("apt-get", "purge", "-y", "telegram-gateway")
        self.assertEqual(debian.traces(), [])

    def test_life_of_the_package(self):
        for release in RELEASES:
            with self.subTest(release):
                self.life(release)


class ServiceTest(Case):
    def shown(self, debian, *names):
        said = debian.run("systemctl", "show", SERVICE, *(f"--property={name}" for name in names)).stdout
        return dict(line.split("=", 1) for line in said.splitlines())

    def serves(self, debian, release):
        active = lambda: debian.run("systemctl", "is-active", SERVICE).stdout == "active\n"  # noqa: E731
        debian.until(active, 120, f"the service to be ready on {release}")
        now = self.shown(debian, "Type", "User", "WatchdogUSec", "NRestarts", "MemoryMax", "LimitNOFILE")
        self.assertEqual((now["Type"], now["User"], now["WatchdogUSec"]), ("notify", "telegram-gateway", "1min"))
        self.assertEqual((now["MemoryMax"], now["LimitNOFILE"]), ("536870912", "65536"))
        self.assertEqual(now["NRestarts"], "0")
        # Threads that nobody waits for may give way: the checkpointer and the search index.
        threads = f"/proc/{self.shown(debian, 'MainPID')['MainPID']}/task/*/stat"
        self.assertEqual(debian.sh(f"cut -d' ' -f19 {threads} | sort | uniq -c | awk '$2 == 10'").stdout.split(), ["2", "10"])
        debian.until(lambda: re.match("healthy|degraded", self.shown(debian, "StatusText")["StatusText"]), 30, "its verdict")
        debian.run("systemctl", "start", "telegram-gateway-backup.timer")
        self.assertIn("02:00:00", debian.sh("systemctl list-timers --all telegram-gateway-backup.timer").stdout)

        # With TDLib and with secrets that only root may read: what it is kept from, it does not need.
        debian.sh("umask 077; cd /etc/telegram-gateway/credentials; echo 0123456789abcdef0123456789abcdef >api-hash; "
                  f"echo key >tdlib-key; sed -i 's/^#\\(api_id\\|api_hash_file\\|database_key_file\\)/\\1/' {CONFIG}; "
                  "systemctl restart telegram-gateway")
        debian.until(active, 120, "the service to be ready with TDLib")
        log = debian.run("journalctl", "-t", "telegram-gateway", "-o", "cat").stdout
        self.assertIn("started", log)
        self.assertNotIn("0123456789abcdef0123456789abcdef", log)

        # The watchdog is content: longer than its time, and than that after which a loop counts as stalled.
        started = self.shown(debian, "ActiveEnterTimestampMonotonic")["ActiveEnterTimestampMonotonic"]
        debian.until(lambda: time.clock_gettime(time.CLOCK_MONOTONIC) - int(started) / 1e6 > 100, 120, "100 s")
        self.assertEqual(self.shown(debian, "NRestarts")["NRestarts"], "0")
        self.assertTrue(active())

        # Killed, it comes again after ten seconds; stopped, it stays away.
        first = self.shown(debian, "MainPID")["MainPID"]
        debian.run("systemctl", "kill", "--signal=KILL", SERVICE)
        debian.until(lambda: active() and self.shown(debian, "MainPID")["MainPID"] not in (first, "0"), 60, "a new start")
        self.assertEqual(self.shown(debian, "NRestarts")["NRestarts"], "1")
        debian.run("systemctl", "stop", SERVICE)
        self.assertEqual(self.shown(debian, "Result", "ActiveState"), {"Result": "success", "ActiveState": "inactive"})

        # A wrong configuration is told once, not every ten seconds.
        debian.sh(f"echo 'nonsense = 1' >>{CONFIG}")
        debian.run("systemctl", "start", SERVICE, check=False)
        self.assertEqual(self.shown(debian, "ActiveState", "NRestarts"), {"ActiveState": "failed", "NRestarts": "0"})

    def test_the_service(self):
        for release in RELEASES:
            with self.subTest(release):
                debian = self.debian(release)
                debian.boot()
                self.serves(debian, release)


if __name__ == "__main__":
    unittest.main()
