#!/usr/bin/env python3
"""The units as systemd reads them: valid, tight, and with the promises that operators were given.

TG_BINARY names the program (default: build/release/telegram-gateway).
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.gateway import BINARY  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy/systemd"
MOST_EXPOSED = 15  # tenths, of systemd-analyze security


def lines(name):
    return (UNITS / name).read_text().splitlines()


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed (script/bootstrap --test)")
class UnitTest(unittest.TestCase):
    def test_every_unit_is_valid(self):
        with tempfile.TemporaryDirectory() as folder:
            names = []
            for unit in [*UNITS.glob("*.service"), *UNITS.glob("*.timer")]:
                name = unit.name.replace("@.", "@one.")
                # The program is not installed here.
                text = unit.read_text().replace("/usr/bin/telegram-gateway", str(pathlib.Path(BINARY).resolve()))
                (pathlib.Path(folder) / name).write_text(text)
                names.append(name)
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], cwd=folder, capture_output=True,
                                  text=True, timeout=120)
        own = [line for line in done.stderr.splitlines() if "telegram-gateway" in line]
        self.assertEqual(own, [])

    def test_every_service_is_confined(self):
        for unit in UNITS.glob("*.service"):
            with self.subTest(unit.name):
                done = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit],
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)

    def test_the_gateway_is_started_again_as_promised(self):
        promised = {"Type=notify", "Restart=on-failure", "RestartSec=10s", "StartLimitBurst=5", "StartLimitIntervalSec=60",
                    "SyslogIdentifier=telegram-gateway", "MemoryMax=512M", "MemoryHigh=384M", "CPUQuota=100%",
                    "LimitNOFILE=65536", "User=telegram-gateway", "StateDirectoryMode=0700"}
        self.assertLessEqual(promised, set(lines("telegram-gateway.service")))

    def test_the_backup_is_made_at_two(self):
        self.assertIn("OnCalendar=*-*-* 02:00:00", lines("telegram-gateway-backup.timer"))
        self.assertIn("ExecStart=/usr/bin/telegram-gateway backup --to /var/backups/telegram-gateway",
                      lines("telegram-gateway-backup.service"))

    def test_the_shipped_configuration_is_valid(self):
        done = subprocess.run([BINARY, "--config", ROOT / "deploy/telegram-gateway.toml", "config", "check"],
                              capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
