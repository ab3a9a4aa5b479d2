"""consumer/tests/probe.cpp as a process: what its handler was called with, its counters, and its end."""

import collections
import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import threading

from gateway import BINARY
from stack import until

PROBE = os.environ.get("TG_CONSUMER_PROBE", os.path.join(os.path.dirname(BINARY), "consumer-probe"))


class Probe:
    """`journal` (a list) goes on over several runs, so that a message which two of them handle is seen."""

    def __init__(self, gateway_url, name, channels, *options, journal=None):
        self._folder = tempfile.TemporaryDirectory()
        self.counters_file = pathlib.Path(self._folder.name, "counters")
        self.log_file = pathlib.Path(self._folder.name, "log")
        command = [PROBE, "--gateway", gateway_url, "--name", name, "--counters", str(self.counters_file)]
        for channel in channels:
            command += ["--channel", str(channel)]
        self.journal = [] if journal is None else journal
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen([*command, *map(str, options)], stdout=subprocess.PIPE, stderr=log, text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            what, identity, kind, tries = line.split()
            self.journal.append((what, identity, kind, int(tries)))

    # --- What it did

    def called(self, what="done"):
        """Message → how often its handler said begin, done or refuse."""
        return collections.Counter(identity for word, identity, _, _ in list(self.journal) if word == what)

    def done(self):
        return set(self.called())

    def counter(self, name):
        """-1 while there is none yet."""
        if not self.counters_file.exists():
            return -1
        for line in self.counters_file.read_text(encoding="utf-8").splitlines():
            if line.startswith(f"telegram_gateway_consumer_{name}{{"):
                return float(line.rpartition(" ")[2])
        return -1

    def adds_up(self):
        """Every copy that came in ended as one of these."""
        rest = sum(self.counter(name) for name in
                   ("delivered_total", "failed_total", "duplicates_total", "skipped_total", "returned_total", "in_hand"))
        return self.counter("received_total") == rest

    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    @contextlib.contextmanager
    def paused(self):
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    # --- Its end

    def _end(self, how, patience):
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(patience)
        self._reader.join()
        self.process.stdout.close()
        return code

    def stop(self, patience=40):
        until(lambda: self.counters_file.exists() or self.process.poll() is not None, what="it to listen to signals")
        return self._end(signal.SIGTERM, patience)

    def kill(self):
        return self._end(signal.SIGKILL, 10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.kill()
        self._folder.cleanup()


def offered(gateway, channel, auditor="auditor"):
    """What is offered to consumers of the channel now, as one sees it that never marks anything."""
    status, answer = gateway.get(f"/api/messages/unprocessed?channel={channel}&excludeProcessedBy={auditor}&limit=10000")
    assert status == 200, answer
    return {message["id"] for message in answer["data"]}


def marked(gateway, identity, name):
    status, answer = gateway.get(f"/api/messages/{identity}")
    return status == 200 and name in answer["data"].get("processedBy", [])
