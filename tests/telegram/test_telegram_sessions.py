#!/usr/bin/env python3
"""What keeps a session safe, and what is said when it is not: the account's folder, two users of one session, and a
session that Telegram ended. Prints how long an alarm took. TG_BINARY names the program.
"""

import http.client
import json
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import run  # noqa: E402
from telegram.capture import Capturing  # noqa: E402
from telegram.server import Server  # noqa: E402
from telegram.tdlib import NPM  # noqa: E402

ALARM_WITHIN_S = 60


class Listener(threading.Thread):
    """What GET /api/stream?topics=auth tells, newest last."""

    def __init__(self, gateway):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=120)
        self.connection.request("GET", "/api/stream?topics=auth")
        self.answer = self.connection.getresponse()
        self.told = []
        self.start()

    def run(self):
        kind = ""
        try:
            for line in self.answer:
                if line.startswith(b"event: "):
                    kind = line[7:].strip()
                if line.startswith(b"data: ") and kind == b"auth":
                    self.told.append(json.loads(line[6:]))
        except (OSError, http.client.HTTPException):
            pass


@unittest.skipUnless(NPM.exists(), f"TDLib is not there: {NPM} (script/setup --test fetches it)")
class SessionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.server = Server().__enter__()
        self.addCleanup(self.server.__exit__)
        self.ada = self.server.world.person("Ada", phone="9996611234")
        self.news = self.server.world.channel("Harbour News", self.ada, username="harbournews")
        self.gateway = Capturing(self.server, self.folder).start()
        self.addCleanup(self.gateway.kill)
        self.gateway.sign_in(self.ada)
        self.account_folder = self.folder / "data/accounts/main"

    def post(self, *texts):
        self.server.do(lambda world: [world.post(self.news, text) for text in texts])

    def texts(self):
        return {text for number, (text, _, _) in self.gateway.messages(self.news).items() if number != 1}

    def metric(self, name):
        body = self.gateway.get("/metrics", raw=True)[1].decode()
        return next(float(line.split()[1]) for line in body.splitlines() if line.startswith(f"telegram_gateway_{name} "))

    def health(self, path="/health"):
        return self.gateway.get(path)

    def restarted_with(self, path, mode):
        self.assertEqual(self.gateway.stop(), 0)
        right = path.stat().st_mode & 0o7777
        os.chmod(path, mode)
        self.gateway.start()
        refused = self.gateway.stage("closed")["refused"]
        os.chmod(path, right)
        return refused

    def test_a_folder_that_others_may_enter_is_refused_with_the_fix(self):
        refused = self.restarted_with(self.account_folder, 0o755)
        self.assertIn(f"Run: chmod 700 {self.account_folder}", refused)
        # Once it is put right the account is opened by itself.
        self.gateway.stage("ready")

    def test_a_file_that_others_may_read_is_refused_with_the_fix(self):
        file = next(path for path in sorted((self.account_folder / "td").iterdir()) if path.is_file())
        refused = self.restarted_with(file, 0o644)
        self.assertIn(f"Run: chmod 600 {file}", refused)
        self.gateway.stage("ready")

    def test_a_second_process_is_refused(self):
        for words in (("account", "logout", "main"), ("account", "add", "main")):
            done = run("--config", self.folder / "gateway.toml", *words, data_dir=self.folder / "data", check=1)
            self.assertIn("in use by another process", done.stderr)
            self.assertIn("Stop that process first", done.stderr)
        self.assertEqual(self.gateway.account()["stage"], "ready")
        self.post("still captured")
        self.gateway.add(self.news)
        self.gateway.until(lambda: "still captured" in self.texts(), 30, "the message")

    def test_a_copied_session_is_noticed_by_both_and_said(self):
        self.gateway.add(self.news)
        self.post("before")
        self.gateway.until(lambda: self.texts() == {"before"}, 30, "the message")
        other_folder = self.folder / "other"
        other_folder.mkdir(mode=0o700)
        shutil.copy(self.folder / "libtdjson.so", other_folder)
        copy = Capturing(self.server, other_folder, proxy=f"socks5://127.0.0.1:{self.server.elsewhere()}")
        (other_folder / "data/accounts").mkdir(parents=True)
        shutil.copytree(self.account_folder, other_folder / "data/accounts/main")
        began = time.monotonic()
        copy.start()
        self.addCleanup(copy.kill)
        for name, gateway in (("first", self.gateway), ("copy", copy)):
            gateway.until(lambda: gateway.account()["duplicated"] and gateway.account()["revoked"], ALARM_WITHIN_S,
                          f"the alarm of the {name}")
            print(f"AUTH_KEY_DUPLICATED noticed by the {name} after {time.monotonic() - began:.1f} s")
            self.assertIn("telegram_account_duplicated", gateway.whole_log())
            gateway.until(lambda: "never copy an account's folder" in json.dumps(gateway.get("/health/capture")[1]), 10,
                          "the reason in /health/capture")
            self.assertEqual(gateway.get("/health/capture")[0], 503)
        self.assertEqual(self.texts(), {"before"})
        copy.stop()
        self.gateway.sign_in(self.ada)
        self.post("after")
        self.gateway.until(lambda: self.texts() == {"before", "after"}, 60, "what came after")
        self.assertFalse(self.gateway.account()["duplicated"])

    def test_a_revoked_session_is_told_everywhere_within_a_minute_and_nothing_is_lost(self):
        self.gateway.add(self.news)
        self.gateway.post("/api/consumers", {"name": "desk", "from": "oldest"})
        self.post("one", "two", "three")
        self.gateway.until(lambda: self.texts() == {"one", "two", "three"}, 30, "three messages")
        seq = self.gateway.get("/api/events/poll?consumer=desk&wait=0")[1]["next"]
        self.gateway.post("/api/consumers/desk/ack", {"seq": seq})
        position = self.positions()
        self.assertEqual(position, {"desk": seq})
        listener = Listener(self.gateway)
        self.gateway.until(lambda: listener.told, 10, "the stream")
        self.gateway.until(lambda: self.metric("capture_up") == 1, 10, "capture")

        signs = {
            "auth status": lambda: self.gateway.account()["revoked"] and self.gateway.auth()["status"] == "error",
            "stream": lambda: listener.told[-1]["accounts"][0]["revoked"],
            "log": lambda: "telegram_account_ended" in self.gateway.whole_log(),
            "metric capture_up": lambda: self.metric("capture_up") == 0,
            "metric accounts_ended": lambda: self.metric("accounts_ended") == 1,
            "/health": lambda: self.health()[1]["dependencies"].get("account:main", {}).get("state") == "down",
            "/health/capture": lambda: self.health("/health/capture")[0] == 503,
            "overview": lambda: self.overview()["accounts"][0]["state"] == "revoked",
        }

        def all_told():
            for name in signs.keys() - took.keys():
                if signs[name]():
                    took[name] = time.monotonic() - began
            return len(took) == len(signs)

        self.assertEqual([name for name, sign in signs.items() if sign()], [])
        self.server.revoke(self.ada)
        began, took = time.monotonic(), {}
        try:
            self.gateway.until(all_told, ALARM_WITHIN_S, "the alarm everywhere")
        finally:
            print("a revoked session is told after", ", ".join(f"{name} {s:.1f} s" for name, s in sorted(took.items())))
        self.assertIn("sign in again", json.dumps(self.health("/health/capture")[1]))

        self.assertEqual(self.texts(), {"one", "two", "three"})
        self.assertEqual(self.positions(), position)
        self.server.do(lambda world: world.post(self.news, "meanwhile", told=False))
        # It is still known as ended after a restart, though TDLib has forgotten the session.
        self.assertEqual(self.gateway.stop(), 0)
        self.gateway.start()
        self.gateway.until(lambda: self.gateway.account() and self.gateway.account()["revoked"], 20, "the alarm again")
        self.gateway.sign_in(self.ada)
        self.gateway.until(lambda: self.texts() == {"one", "two", "three", "meanwhile"}, 60, "what came meanwhile")
        self.gateway.until(lambda: self.metric("accounts_ended") == 0 and self.health("/health/capture")[0] == 200, 20,
                           "the alarm to end")
        self.assertEqual(self.positions(), position)

    def positions(self):
        return {one["name"]: one["ackSeq"] for one in self.gateway.get("/api/consumers")[1]["data"]}

    def overview(self):
        return self.gateway.get("/api/telegram-gateway/overview")[1]["data"]

    def test_one_of_two_that_is_ended_is_told_while_the_other_captures(self):
        bob = self.server.world.person("Bob", phone="9996611235")
        self.gateway.sign_in(bob, "second")
        self.server.revoke(bob)
        self.gateway.until(lambda: self.metric("accounts_ended") == 1, ALARM_WITHIN_S, "the alarm")
        self.assertEqual(self.health()[1]["dependencies"]["account:second"]["state"], "down")
        self.assertEqual(self.health("/health/capture")[0], 200)
        self.assertEqual(self.metric("capture_up"), 1)

    def test_signing_out_leaves_no_account_and_all_messages(self):
        self.gateway.add(self.news)
        self.post("kept")
        self.gateway.until(lambda: self.texts() == {"kept"}, 30, "the message")
        code, answer = self.gateway.post("/api/telegram-gateway/auth/logout", {"account": "main"})
        self.assertEqual(code, 200, answer)
        self.assertEqual(answer["data"]["accounts"], [])
        self.assertFalse(self.account_folder.exists())
        self.assertEqual(self.server.calls["auth.logOut"], 1)
        self.assertEqual(self.texts(), {"kept"})


if __name__ == "__main__":
    unittest.main()
