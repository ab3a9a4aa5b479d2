#!/usr/bin/env python3
"""Signs accounts in at a terminal, as a person does: `telegram-gateway account` in a real pty, against the Telegram of
tests/support/telegram. TG_BINARY names the program.
"""

import json
import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import run  # noqa: E402
from telegram.capture import Capturing  # noqa: E402
from telegram.crypto import Password  # noqa: E402
from telegram.server import Server  # noqa: E402
from telegram.tdlib import NPM  # noqa: E402
from terminal import Terminal  # noqa: E402

PHONE, CODE = "Phone number[^:]*: ", r"Code that was sent [^:]*\(r: [^:]*: "
PASSWORD = r"Password[^\n(]*(\(hint: [^\n)]*\))?: "
FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]


def modules(drawing):
    """Rows of a QR code, '#' where it is dark, out of lines of half blocks."""
    rows = []
    for line in drawing:
        rows.append("".join("#" if one in "█▀" else "." for one in line))
        rows.append("".join("#" if one in "█▄" else "." for one in line))
    return rows


@unittest.skipUnless(NPM.exists(), f"TDLib is not there: {NPM} (script/setup --test fetches it)")
class TerminalTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.server = Server().__enter__()
        self.addCleanup(self.server.__exit__)
        self.ada = self.server.world.person("Ada", phone="9996611234")
        self.gateway = Capturing(self.server, self.folder)  # for its configuration; it starts where a test says so
        self.addCleanup(self.gateway.kill)

    def options(self):
        return "--data-dir", self.folder / "data", "--config", self.folder / "gateway.toml"

    def command(self, *words, check=None):
        return run(*self.options()[2:], *words, data_dir=self.folder / "data", check=check)

    def terminal(self, *words):
        terminal = Terminal(*self.options(), *words)
        self.addCleanup(terminal.close)
        return terminal

    def accounts(self):
        return json.loads(self.command("--json", "account", "list", check=0).stdout)

    def signed_in(self, terminal, name="Ada"):
        terminal.expect(f"Signed in as {name} ")
        self.assertEqual(terminal.end(), 0, terminal.shown)

    def test_phone_with_a_wrong_number_a_wrong_code_and_the_right_one(self):
        terminal = self.terminal("account", "add")
        terminal.expect(PHONE)
        terminal.type("12025550100")
        terminal.expect("Not taken: Telegram knows no such number")
        terminal.expect(PHONE)
        terminal.type(self.ada.phone)
        terminal.expect(CODE)
        terminal.type("0")
        terminal.expect("Not taken: that is not the code")
        terminal.expect(CODE)
        terminal.type(self.ada.code)
        self.signed_in(terminal)
        self.assertEqual(self.accounts(), [{"name": "main", "inUse": False}])

    def test_a_code_that_is_too_old_and_another_one(self):
        self.server.code_lifetime_s = 0
        terminal = self.terminal("account", "add", "--phone", self.ada.phone)
        terminal.expect(CODE)
        terminal.type(self.ada.code)
        terminal.expect("Not taken: the code is too old")
        self.server.code_lifetime_s = 120
        old = self.ada.code
        terminal.expect(CODE)
        terminal.type("r")
        terminal.expect(CODE)
        self.assertNotEqual(self.ada.code, old)
        terminal.type(self.ada.code)
        self.signed_in(terminal)

    def test_a_password_which_is_not_shown(self):
        self.ada.password = Password("right horse", "the usual")
        terminal = self.terminal("account", "add", "--phone", self.ada.phone)
        terminal.expect(CODE)
        self.assertTrue(terminal.echoes())
        terminal.type(self.ada.code)
        self.assertIn("the usual", terminal.expect(PASSWORD).group())
        self.assertFalse(terminal.echoes())
        terminal.type("wrong horse")
        terminal.expect("Not taken: that is not the password")
        terminal.expect(PASSWORD)
        terminal.type("right horse")
        self.signed_in(terminal)
        self.assertNotIn("horse", terminal.shown)

    @unittest.skipUnless(os.geteuid() == 0, "only root can do this harm")
    def test_root_signs_nobody_in_where_the_gateway_runs_as_another_user(self):
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        os.chown(data, 65534, 65534)
        refused = self.command("account", "add")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("belongs to nobody", refused.stderr)
        self.assertIn("runuser -u nobody -- telegram-gateway", refused.stderr)
        self.assertEqual(list(data.iterdir()), [])

    def test_a_qr_code_that_is_renewed_once(self):
        self.server.qr_lifetime_s = 3
        terminal = self.terminal("account", "add", "--qr")
        terminal.expect("Scan this in Telegram")
        terminal.expect("Scan this in Telegram")
        self.gateway.until(lambda: self.server.approve_login(self.ada) == 1, 10, "a code to approve")
        self.signed_in(terminal)
        drawn = [re.findall("\x1b\\[30;107m(.*?)\x1b\\[0m", part) for part in terminal.shown.split("Scan this")[1:]]
        self.assertGreaterEqual(len(drawn), 2)
        self.assertNotEqual(drawn[0], drawn[1])
        for drawing in drawn:
            rows = modules(drawing)
            size = len(rows[0]) - 4  # two modules of quiet on each side
            self.assertEqual({len(row) for row in rows}, {size + 4})
            for x, y in ((2, 2), (2 + size - 7, 2), (2, 2 + size - 7)):
                self.assertEqual([row[x:x + 7] for row in rows[y:y + 7]], FINDER)

    def test_a_bot(self):
        self.server.world.person("Helper", bot_token="7:abc")
        token = self.folder / "bot.token"
        Capturing._write(token, "7:no")
        terminal = self.terminal("account", "add", "helper", "--bot-token-file", token)
        terminal.expect("not the token of a bot|ACCESS_TOKEN_INVALID")
        self.assertNotEqual(terminal.end(), 0)
        self.assertEqual(self.accounts(), [])
        Capturing._write(token, "7:abc")
        terminal = self.terminal("account", "add", "helper", "--bot-token-file", token)
        self.signed_in(terminal, "Helper")
        self.assertNotIn("7:abc", terminal.shown)

    def test_ctrl_c_leaves_nothing_behind(self):
        self.ada.password = Password("right", "")
        for steps in (0, 1, 2):
            with self.subTest(steps=steps):
                terminal = self.terminal("account", "add")
                terminal.expect(PHONE)
                for question, answer in ((CODE, lambda: self.ada.phone), (PASSWORD, lambda: self.ada.code))[:steps]:
                    terminal.type(answer())
                    terminal.expect(question)
                terminal.press("c")
                self.assertEqual(terminal.end(), 130, terminal.shown)
                self.assertTrue(terminal.echoes())
                self.assertFalse((self.folder / "data/accounts/main").exists())
        # Nothing holds it: the next one begins with the first question.
        terminal = self.terminal("account", "add")
        terminal.expect(PHONE)

    def test_ctrl_c_keeps_an_account_that_is_signed_in(self):
        self.gateway.start()
        self.gateway.sign_in(self.ada)
        terminal = self.terminal("account", "add", "second")
        terminal.expect(PHONE)
        terminal.press("c")
        self.assertEqual(terminal.end(), 130)
        self.assertEqual(self.gateway.account()["stage"], "ready")
        self.assertEqual([one["name"] for one in self.accounts()], ["main"])

    def test_the_end_of_the_input_leaves_nothing_behind(self):
        terminal = self.terminal("account", "add")
        terminal.expect(PHONE)
        terminal.press("d")
        terminal.expect("the input ended before the sign-in was done")
        self.assertNotEqual(terminal.end(), 0)
        self.assertFalse((self.folder / "data/accounts/main").exists())

    def test_list_and_logout(self):
        self.assertIn("No account yet", self.command("account", "list", check=0).stderr)
        terminal = self.terminal("account", "add", "--phone", self.ada.phone)
        terminal.expect(CODE)
        terminal.type(self.ada.code)
        self.signed_in(terminal)
        self.assertRegex(self.command("account", "list", check=0).stdout, r"(?m)^main +no$")
        self.gateway.start()
        self.gateway.stage("ready")
        self.assertRegex(self.command("account", "list", check=0).stdout, r"(?m)^main +yes$")
        self.assertIn("in use by another process", self.command("account", "logout", "main", check=1).stderr)
        self.gateway.stop()
        self.assertIn("Logged out", self.command("account", "logout", "main", check=0).stdout)
        self.assertEqual(self.accounts(), [])
        self.assertEqual(self.server.calls["auth.logOut"], 1)
        self.assertIn("there is no account 'main'", self.command("account", "logout", "main", check=1).stderr)


if __name__ == "__main__":
    unittest.main()
