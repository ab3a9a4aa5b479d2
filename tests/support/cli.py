"""The command line as a new user meets it: a data folder of its own, and what a command prints and returns."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from support.gateway import BINARY, program_for_everyone

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHANNEL = ROOT / "tests/data/channel.json"
ACCOUNT = ROOT / "tests/data/account.json"
HARBOUR = "-1009000000501"
COMMANDS = ["account", "run", "demo", "import", "export", "messages", "channels", "sync", "status", "coverage", "failures",
            "broker", "cache", "db", "start", "stop", "restart", "health", "ports", "backup", "restore", "bench", "doctor", "config",
            "token", "journal", "migrate-legacy", "rollback", "completion", "man", "version"]
NOBODY = 65534


def as_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.data = self.folder / "data"

    def run_(self, *arguments, data=None, nobody=False, **environment):
        """Exit code, standard output, standard error."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_GATEWAY_")}
        program = program_for_everyone(self.folder) if nobody else BINARY
        done = subprocess.run([program, "--data-dir", str(data or self.data), *map(str, arguments)], capture_output=True,
                              text=True, timeout=120, env={**clean, "TZ": "UTC", **environment},
                              preexec_fn=as_nobody if nobody else None)
        return done.returncode, done.stdout, done.stderr

    def good(self, *arguments, code=0, **more):
        status, out, err = self.run_(*arguments, **more)
        self.assertEqual(status, code, err)
        self.assertEqual(err, "")
        return out

    def json(self, *arguments, **more):
        return json.loads(self.good(*arguments, "--json", **more))

    def bad(self, code, *arguments, says=(), **more):
        """A failure: this exit code, nothing on standard output, and one line that says what is wrong and what to do."""
        status, out, err = self.run_(*arguments, **more)
        self.assertEqual(status, code, err + out)
        self.assertEqual(out, "")
        self.assertRegex(err, r"\Aerror: .+\. .+\n\Z")
        for words in says:
            self.assertIn(words, err)

    def harbour(self):
        self.good("import", CHANNEL)
