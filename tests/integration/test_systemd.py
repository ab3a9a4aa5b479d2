#!/usr/bin/env python3
"""What the program tells systemd: listened to as systemd does, at a socket of the test's own."""

import os
import pathlib
import signal
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.gateway import Gateway  # noqa: E402


class ServiceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(f"{folder.name}/notify")
        self.socket.settimeout(30)
        for name, value in (("NOTIFY_SOCKET", f"{folder.name}/notify"), ("WATCHDOG_USEC", "4000000")):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name)

    def word(self):
        return self.socket.recv(4096).decode()

    def until(self, wanted):
        """What was said up to that word, with it; silence ends the test."""
        said = []
        while wanted not in said:
            said.append(self.word())
        return said

    def test_ready_alive_stopping(self):
        with Gateway() as gateway:
            self.until("READY=1")
            self.until("WATCHDOG=1")
            began = time.monotonic()
            self.until("WATCHDOG=1")
            # Told at half of the four seconds: not at every look, which is each second.
            self.assertGreater(time.monotonic() - began, 1.5)

            gateway.process.send_signal(signal.SIGTERM)
            self.until("STOPPING=1")
            self.assertEqual(gateway.process.wait(20), 0)

    def test_its_status_is_the_verdict_of_health(self):
        with Gateway() as gateway:
            gateway.until(lambda: gateway.get("/health")[1]["status"] == "healthy", what="health")
            self.until("STATUS=healthy")


if __name__ == "__main__":
    unittest.main()
