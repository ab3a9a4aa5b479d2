#!/usr/bin/env python3
"""docs/deployment.md and docs/security.md as someone follows them: every command, in order, on a Debian 12 that has booted
with nothing but the package's file.

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
            debian.sh(f"apt-get install -y --download-only /root/telegram-gateway_0_amd64.deb curl {SERVERS}")
            debian.boot()
            # What has to be left until the end: it takes the program away.
            pages = [*blocks("deployment.md"), *blocks("security.md")]
            pages.sort(key=lambda block: "apt-get purge" in block[1])
            for line, script in pages:
                with self.subTest(line=line, script=script):
                    debian.sh(f"cd /root\n{script}", timeout=600)


if __name__ == "__main__":
    unittest.main()
