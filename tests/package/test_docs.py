#!/usr/bin/env python3
"""docs/deployment.md, security.md and monitoring.md as someone follows them: every command, in order, on a Debian 12 that
has booted with nothing but the package's file; and what docs/troubleshooting.md begins with.

Blocks that a comment before them calls "in the tree" or "not run" are left out: the first is what made the package.
"""

import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.debian import Debian, ROOT  # noqa: E402
from test_package import package  # noqa: E402

SERVERS = "postgresql pgbouncer redis-server redis-sentinel rabbitmq-server"
FOUND_SOMETHING = 3  # of doctor


def blocks(page):
    """The shell blocks of a page, each with the line that it begins at."""
    text = (ROOT / "docs" / page).read_text()
    for found in re.finditer(r"(?ms)^(<!-- (?:in the tree|not run)[^\n]*-->\n)?```sh\n(.*?)^```$", text):
        if not found[1]:
            yield text.count("\n", 0, found.start(2)) + 1, found[2]


class DocsTest(unittest.TestCase):
    def test_every_command_works(self):
        deb = package()
        with Debian("bookworm") as debian:
            shutil.copy(deb, debian.root / "root/telegram-gateway_0_amd64.deb")
            # It has no network when it runs: what it would fetch is there already.
            debian.run("apt-get", "update")
            debian.sh(f"apt-get install -y --download-only /root/telegram-gateway_0_amd64.deb curl prometheus {SERVERS}")
            debian.boot()
            *pages, last = sorted([*blocks("deployment.md"), *blocks("security.md")], key=lambda block: "apt-get purge" in block[1])
            self.follow(debian, pages)
            self.look_for_trouble(debian)
            debian.sh("apt-get install -y prometheus")
            self.follow(debian, blocks("monitoring.md"))
            debian.run("promtool", "check", "config", "/etc/prometheus/telegram-gateway/prometheus.yml")
            self.follow(debian, [last])  # it takes the program away

    def follow(self, debian, found):
        for line, script in found:
            with self.subTest(line=line, script=script):
                debian.sh(f"cd /root\n{script}", timeout=600)

    def look_for_trouble(self, debian):
        (_, script), = blocks("troubleshooting.md")
        for command in script.splitlines():
            if command.startswith("script/"):  # of the tree: tests/stack
                continue
            with self.subTest(command=command):
                done = debian.sh(command, check=False)
                self.assertIn(done.returncode, (0, FOUND_SOMETHING), done.stdout + done.stderr)
                self.assertTrue(done.stdout.strip(), done.stderr)


if __name__ == "__main__":
    unittest.main()
