"""A gateway that is measured: started on stored messages, its start timed, its memory read."""

import os
import re
import socket
import subprocess
import time

from gateway import Gateway

CONFIG = "[server]\nrate_limit_per_minute = 0\n\n[log]\nlevel = \"warn\"\n"


def raw_get(port, target, timeout=30):
    """Status, head and body as they came over the wire."""
    with socket.create_connection(("127.0.0.1", port), timeout) as s:
        s.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            got = s.recv(1 << 16)
            if not got:
                raise OSError("closed")
            data += got
        head, _, body = data.partition(b"\r\n\r\n")
        size = int(re.search(rb"Content-Length: (\d+)", head).group(1))
        while len(body) < size:
            body += s.recv(1 << 20)
        return int(head.split()[1]), head + b"\r\n\r\n", body


class Served(Gateway):
    def __init__(self, bench, data_dir):
        config = bench.folder / "bench.toml"
        config.write_text(CONFIG)
        super().__init__("--config", config, "run", data_dir=data_dir)
        self.program = bench.program
        self.bench = bench

    def start(self, patience=60):
        """Seconds from exec to the first 200 on /health/ready stand in start_s."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_GATEWAY_")}
        self.log = open(self.data_dir + ".log", "ab")
        command = [self.program, "--data-dir", self.data_dir, *self.arguments, "--port", str(self.port)]
        began = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=environment)
        while True:
            try:
                if raw_get(self.port, "/health/ready")[0] == 200:
                    break
            except OSError:
                pass
            if self.process.poll() is not None or time.perf_counter() - began > patience:
                raise SystemExit(f"the gateway did not get ready:\n{self.tail()}")
            time.sleep(0.001)  # between two looks
        self.start_s = time.perf_counter() - began
        return self

    def __exit__(self, *_):
        self.stop()

    def memory_mib(self):
        """Resident: all of it, and without the pages of files that the kernel may take back."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            sizes = dict(re.findall(r"(VmRSS|RssAnon):\s+(\d+) kB", status.read()))
        return int(sizes["VmRSS"]) / 1024, int(sizes["RssAnon"]) / 1024

    def wait_for_search(self, patience=1800):
        """Until the search index has stood at the newest event for a while."""
        deadline = time.monotonic() + patience
        still = 0
        while still < 5:
            text = raw_get(self.port, "/metrics")[2].decode()
            lag = re.search(r'reader_lag_events\{reader="search"\} (\S+)', text)
            still = still + 1 if lag and float(lag.group(1)) == 0 else 0
            if time.monotonic() > deadline:
                raise SystemExit("the search index does not catch up")
            time.sleep(0.3)  # between two looks

    def channels(self):
        """ID:COUNT of each channel; ids of the corpus are dense enough to take the count for the newest."""
        rows = self.get("/api/channels?limit=100")[1]["data"]
        return [f"{row['channelId']}:{row['messageCount']}" for row in rows]

    def load(self, mix, rate=0, target=""):
        seconds = self.bench.paced_s if rate else self.bench.closed_s
        arguments = ["load", "--port", self.port, "--mix", mix, "--seconds", seconds, "--rate", rate,
                     "--run", self.bench.next_load()]
        if target:
            arguments += ["--target", target]
        for channel in self.channels():
            arguments.append(f"--channel={channel}")
        return self.bench.tool(*arguments)
