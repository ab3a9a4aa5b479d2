#!/usr/bin/env python3
"""What is written from the command table: the completion in a real bash, the manual page through its formatters.

TG_BINARY names the program (default: build/release/telegram-gateway).
"""

import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.cli import ACCOUNT, COMMANDS, Case, HARBOUR  # noqa: E402
from support.gateway import BINARY  # noqa: E402


class ShellTest(Case):
    def complete(self, *words):
        """What bash offers for the last word."""
        script = self.folder / "telegram-gateway.bash"
        script.write_text(self.good("completion", "bash"))
        asked = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _telegram_gateway; '
                 'printf "%s\\n" "${COMPREPLY[@]}"')
        done = subprocess.run(["bash", "--norc", "-uc", asked, "bash", str(script), BINARY, *map(str, words)],
                              capture_output=True, text=True, timeout=60, cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return set(done.stdout.split("\n")) - {""}

    def test_commands_and_options(self):
        self.assertLessEqual(set(COMMANDS) | {"--data-dir", "--json"}, self.complete(""))
        self.assertEqual(self.complete("me"), {"messages"})
        self.assertEqual(self.complete("journal", ""), {"stats", "verify", "compact", "--help", "--config", "--data-dir",
                                                        "--json", "--version"})
        self.assertLessEqual({"--limit", "--search", "--json"}, self.complete("messages", "--"))
        self.assertEqual(self.complete("messages", "--lim"), {"--limit"})
        # A value that reads like a command is none.
        self.assertIn("--as-live", self.complete("--data-dir", "export", "import", "--"))

    def test_every_option_that_help_shows_is_offered(self):
        for command in COMMANDS:
            with self.subTest(command):
                shown = set(re.findall(r"(?m)^ +(?:-\w,)?(--[a-z-]+)", self.good(command, "--help")))
                self.assertTrue(shown)
                self.assertLessEqual(shown, self.complete(command, "--"))

    def test_values(self):
        self.assertEqual(self.complete("export", "--format", ""), {"ndjson", "csv", "json", "html"})
        self.assertEqual(self.complete("export", "--format", "=", "c"), {"csv"})
        self.assertEqual(self.complete("export", "--format", "="), {"ndjson", "csv", "json", "html"})
        (self.folder / "my export.json").write_text("{}")
        (self.folder / "my folder").mkdir()
        self.assertEqual(self.complete("import", "my "), {"my export.json", "my folder"})
        self.assertEqual(self.complete("--data-dir", "my "), {"my folder"})
        self.assertEqual(self.complete("completion", "b"), {"bash"})

    def test_channels_are_those_that_are_stored(self):
        self.good("import", ACCOUNT)
        for words in (("messages", "--channel"), ("coverage",)):
            with self.subTest(words):
                self.assertEqual(self.complete("--data-dir", self.data, *words, "-10090000005"), {HARBOUR})
        self.assertEqual(self.complete("--data-dir", self.folder / "none", "messages", "--channel", ""), set())

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed (script/bootstrap --test)")
    def test_the_completion_is_clean_shell(self):
        done = subprocess.run(["shellcheck", "-"], input=self.good("completion", "bash"), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_page_has_every_command_and_option(self):
        page = self.good("man").replace("\\-", "-")
        for command in COMMANDS:
            self.assertIn(f'.SS "{command}"', page)
            for option in re.findall(r"(?m)^ +(?:-\w,)?(--[a-z-]+)", self.good(command, "--help")):
                self.assertIn(option, page)
        for section in ("NAME", "SYNOPSIS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"):
            self.assertIn(f".SH {section}\n", page)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed (script/bootstrap --test)")
    def test_groff_takes_the_page(self):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=self.good("man"), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        text = re.sub("\x1b\\[[0-9;]*m|.\x08", "", done.stdout)
        self.assertRegex(text, r"(?m)^ +import \[options\] file\.\.\.$")

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed (script/bootstrap --test)")
    def test_mandoc_takes_the_page(self):
        done = subprocess.run(["mandoc", "-Tlint", "-Werror"], input=self.good("man"), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stdout)


if __name__ == "__main__":
    unittest.main()
