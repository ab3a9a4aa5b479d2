"""A command in a terminal of its own: what it shows, what is typed, and whether what is typed is shown."""

import errno
import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import time

from gateway import BINARY


class Terminal:
    def __init__(self, *arguments):
        self.master, slave = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_GATEWAY_")}
        self.process = subprocess.Popen(
            [BINARY, *map(str, arguments)], stdin=slave, stdout=slave, stderr=slave, env={**environment, "TERM": "xterm"},
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.shown, self.seen = "", 0

    def _read(self, patience):
        """Whether more may come."""
        if not select.select([self.master], [], [], patience)[0]:
            return True
        try:
            more = os.read(self.master, 65_536)
        except OSError as error:
            if error.errno != errno.EIO:  # what Linux says when the other side is gone
                raise
            more = b""
        self.shown += more.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(more)

    def expect(self, pattern, patience=30):
        """Waits until it is shown, behind what was expected before."""
        deadline = time.monotonic() + patience
        open_ = True
        while True:
            found = re.compile(pattern).search(self.shown, self.seen)
            if found:
                self.seen = found.end()
                return found
            if not open_ or time.monotonic() > deadline:
                raise AssertionError(f"waited for {pattern!r}, saw:\n{self.shown[self.seen:]}")
            open_ = self._read(0.1)

    def type(self, line):
        os.write(self.master, line.encode() + b"\n")

    def press(self, control):
        """press("c") is Ctrl-C."""
        os.write(self.master, bytes([ord(control) - 96]))

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def end(self, patience=30):
        """The exit code."""
        deadline = time.monotonic() + patience
        while self._read(0.1) and time.monotonic() < deadline:
            pass
        return self.process.wait(max(1, deadline - time.monotonic()))

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
