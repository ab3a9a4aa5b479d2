#!/usr/bin/env python3
"""start, stop, restart, health, ports, bench and doctor, on this machine alone: what they do, say and refuse."""

import fcntl
import os
import pathlib
import signal
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.cli import Case  # noqa: E402
from support.gateway import Gateway, free_port  # noqa: E402


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class StartAndStopTest(Case):
    def setUp(self):
        super().setUp()
        self.port = {"TELEGRAM_GATEWAY_PORT": "0"}
        self.pids = []
        self.addCleanup(self.end)

    def end(self):
        for pid in self.pids:
            if is_there(pid):
                os.kill(pid, signal.SIGKILL)

    def start(self, command="start"):
        told = self.json(command, **self.port)
        self.pids.append(told["pid"])
        return told

    def test_from_start_to_stop(self):
        planned = self.json("start", "--dry-run", **self.port)
        self.assertEqual((planned["dryRun"], planned["action"]), (True, "started"))
        self.assertFalse(self.data.exists())

        first = self.start()
        self.assertEqual(first["by"], "process")
        self.assertRegex(first["url"], r"\Ahttp://127\.0\.0\.1:\d+/\Z")
        self.assertTrue(is_there(first["pid"]))
        self.assertEqual((self.data / "gateway.log").stat().st_mode & 0o777, 0o600)
        self.bad(1, "start", says=[f"a gateway runs on {self.data} already (pid {first['pid']})"], **self.port)

        planned = self.json("stop", "--dry-run")
        self.assertEqual(planned["pid"], first["pid"])
        self.assertTrue(is_there(first["pid"]))

        second = self.start("restart")
        self.assertNotEqual(second["pid"], first["pid"])
        self.assertFalse(is_there(first["pid"]))

        self.assertEqual(self.json("stop")["pid"], second["pid"])
        self.assertFalse(is_there(second["pid"]))
        self.bad(1, "stop", says=["no gateway runs on"])
        self.bad(1, "restart", says=["no gateway runs on"], **self.port)
        self.bad(1, "health", says=["no gateway runs on"])

    def test_a_start_that_fails_says_why(self):
        with Gateway("run", data_dir=self.folder / "other") as other:
            self.bad(1, "start", TELEGRAM_GATEWAY_PORT=str(other.port), says=["it ended at once", "gateway.log"])

    def test_one_that_does_not_end_is_not_called_stopped(self):
        told = self.start()
        os.kill(told["pid"], signal.SIGSTOP)
        self.bad(1, "stop", "--patience", "1", says=["has not ended after 1 s", f"kill -9 {told['pid']}"])
        os.kill(told["pid"], signal.SIGCONT)


    def test_a_command_that_changes_the_folder_is_not_stopped(self):
        self.harbour()
        F_OFD_SETLK = 37
        with open(self.data / "lock", "w", encoding="utf-8") as lock:  # as import and migrate-legacy hold it
            fcntl.fcntl(lock, F_OFD_SETLK, struct.pack("hhlli4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
            lock.write(f"{os.getpid()} command\n")
            lock.flush()

            for verb in ("stop", "restart"):
                self.bad(1, verb, says=[f"a command (pid {os.getpid()}) works on"], **self.port)


class HealthTest(Case):
    def test_all_who_tell_it_use_the_same_words(self):
        with Gateway(data_dir=self.data) as gateway:
            def told():
                status, health = gateway.get("/health")
                self.assertEqual(status, 200)
                return {name: one["state"] for name, one in health["dependencies"].items()}
            gateway.until(lambda: gateway.get("/health")[1]["status"] == "healthy", 30, "health")
            dashboard = gateway.get("/api/telegram-gateway/health")[1]["data"]
            shown = self.json("health")

            self.assertEqual({name: one["state"] for name, one in shown["dependencies"].items()}, told())
            self.assertEqual({name: one["state"] for name, one in dashboard["dependencies"].items()}, told())
            self.assertEqual(shown["status"], dashboard["status"])
            table = self.good("health")
            for name, state in told().items():
                self.assertRegex(table, rf"(?m)^{name} +{state} ")
                self.assertEqual(gateway.metric("dependency_state", dependency=name, state=state), 1)
            gateway.stop()

    def test_what_is_not_well_gives_3(self):
        # A gateway without a source captures nothing, which is no fault; a disk below its reserve is.
        config = self.folder / "gateway.toml"
        config.write_text("[disk]\nreserve_bytes = 9000000000000000\n")
        with Gateway("run", "--config", config, data_dir=self.data) as gateway:
            gateway.until(lambda: gateway.get("/health")[1]["status"] != "healthy", 30, "trouble")
            out = self.good("health", code=3)
            self.assertRegex(out, r"(?m)^disk +down ")
            gateway.stop()


class PortsTest(Case):
    def test_who_listens(self):
        free = str(free_port())
        self.assertEqual(self.json("ports", TELEGRAM_GATEWAY_PORT=free)["ports"][0]["state"], "free")
        with Gateway("run", data_dir=self.data) as gateway:
            told = self.json("ports", TELEGRAM_GATEWAY_PORT=str(gateway.port))["ports"][0]
            self.assertEqual((told["of"], told["state"]), ("gateway", "taken"))
            self.assertEqual(told["listeners"][0]["pid"], gateway.process.pid)
            self.assertEqual(told["listeners"][0]["address"], "127.0.0.1")
            self.assertIn("telegram-gateway", told["listeners"][0]["command"])
            self.assertRegex(self.good("ports", TELEGRAM_GATEWAY_PORT=str(gateway.port)),
                             rf"(?m)^ *{gateway.port}  gateway +127\.0\.0\.1 +{gateway.process.pid} ")
            out = self.good("doctor", data=self.folder / "new", code=3, TELEGRAM_GATEWAY_PORT=str(gateway.port))
            self.assertRegex(out, rf"FIX   port: .*in use, by pid {gateway.process.pid} ")
            gateway.stop()

    def test_those_of_the_hybrid_profile(self):
        names = [row["of"] for row in self.json("ports", TELEGRAM_GATEWAY_PROFILE="hybrid")["ports"]]
        self.assertEqual(names, ["gateway", "postgres.port", "postgres.direct_port", "redis", "rabbitmq"])


class DoctorTest(Case):
    def found(self, **environment):
        report = self.json("doctor", code=3, TELEGRAM_GATEWAY_PORT=str(free_port()), **environment)
        return {one["check"]: one["detail"] for one in report["checks"] if not one["ok"]}

    def test_files_that_others_may_read(self):
        self.harbour()
        (self.data / "tokens.json").write_text("{}")
        (self.data / "tokens.json").chmod(0o644)
        self.assertIn("tokens.json. Fix: chmod", self.found()["file modes"])

    def test_tdlib_that_is_missing_and_a_session_that_was_ended(self):
        ended = self.data / "accounts/main/ended"
        ended.parent.mkdir(parents=True, mode=0o700)
        self.data.chmod(0o700)
        ended.write_text("revoked\n")
        found = self.found(TELEGRAM_GATEWAY_TELEGRAM__API_ID="1",
                           TELEGRAM_GATEWAY_TELEGRAM__LIBRARY="/nowhere/libtdjson.so")
        self.assertIn("/nowhere/libtdjson.so", found["TDLib"])
        self.assertIn("ended the session of main (revoked). Fix: sign in again", found["session"])

    def test_a_token_that_nobody_needs(self):
        self.assertIn("auth.require_token", self.found(API_SECRET_TOKEN="0123456789abcdef0123")["access"])


class BenchTest(Case):
    def test_a_short_run_leaves_nothing_behind(self):
        scratch = self.folder / "scratch"
        scratch.mkdir()
        status, out, err = self.run_("bench", "--rate", "20", "--duration", "2", "--scratch", scratch)
        self.assertIn(status, (0, 3), err)  # 3: this machine is too busy
        self.assertRegex(out, r"(?m)^messages +\d+ in ")
        self.assertEqual(list(scratch.iterdir()), [])
        self.good("bench", "--dry-run")
        self.bad(1, "bench", "--scratch", self.folder / "nothing", says=["No such file"])


if __name__ == "__main__":
    unittest.main()
