"""A real gateway for tests: a private data folder, a free port on loopback, stopped by pid."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

BINARY = os.environ.get("TG_BINARY", os.path.join(os.path.dirname(__file__), "../../build/release/telegram-gateway"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program_for_everyone(folder):
    """A copy that another user may run: the tree may lie below a home that only its owner may enter."""
    copy = os.path.join(folder, "telegram-gateway")
    if not os.path.exists(copy):
        shutil.copy(BINARY, copy)
        os.chmod(copy, 0o755)
    return copy


def run(*arguments, data_dir=None, check=None, timeout=300):
    """One command to its end. `check`: the exit code that it must have."""
    command = [BINARY, *(["--data-dir", str(data_dir)] if data_dir else []), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    if check is not None and done.returncode != check:
        raise AssertionError(f"{command} gave {done.returncode}, not {check}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done


class Gateway:
    def __init__(self, *arguments, data_dir=None, port=None):
        self.arguments = list(map(str, arguments)) or ["demo", "--rate", "20", "--history", "20", "--channels", "6"]
        self.folder = None if data_dir else tempfile.TemporaryDirectory()
        self.data_dir = str(data_dir) if data_dir else os.path.join(self.folder.name, "data")
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self, patience=30):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_GATEWAY_")}
        self.log = open(self.data_dir.rstrip("/") + ".log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "--data-dir", self.data_dir, *self.arguments, "--port", str(self.port)],
            stdout=self.log, stderr=self.log, env=environment)
        self.until(lambda: self.get("/health/live", raw=True)[0] == 200, patience, "the gateway to answer")
        return self

    def until(self, condition, patience=30, what="a condition"):
        """Asks again until it holds; a gateway that is not there yet counts as no."""
        deadline = time.monotonic() + patience
        while True:
            if self.process and self.process.poll() is not None:
                raise AssertionError(f"the gateway ended with {self.process.returncode}:\n{self.tail()}")
            try:
                result = condition()
                if result:
                    return result
            except (OSError, http.client.HTTPException):
                pass
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {patience} s for {what}\n{self.tail()}")
            time.sleep(0.02)  # between two looks at the condition

    def tail(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()[-3000:]

    def whole_log(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def request(self, method, path, body=None, headers=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def get(self, path, raw=False, **more):
        status, _, body = self.request("GET", path, **more)
        return (status, body) if raw else (status, json.loads(body))

    def metric(self, name, **labels):
        """Its value, 0 where it is not there yet."""
        body = self.get("/metrics", raw=True)[1].decode()
        for line in body.splitlines():
            found = re.fullmatch(r"telegram_gateway_(\w+)(?:\{(.*)\})? (\S+)", line)
            if not found or found[1] != name:
                continue
            if dict(re.findall(r'(\w+)="([^"]*)"', found[2] or "")) == {k: str(v) for k, v in labels.items()}:
                return float(found[3])
        return 0.0

    def post(self, path, body=None, **more):
        status, _, answer = self.request("POST", path, {} if body is None else body, **more)
        return status, json.loads(answer)

    def cpu_s(self):
        """Time of processors that it took so far, in itself and in the kernel for it."""
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as stat:
            user, kernel = stat.read().rpartition(")")[2].split()[11:13]
        return (int(user) + int(kernel)) / os.sysconf("SC_CLK_TCK")

    def _end(self, how, patience=20):
        if not self.process:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(patience)
        self.process = None
        self.log.close()
        return code

    def stop(self):
        return self._end(signal.SIGTERM)

    def kill(self):
        return self._end(signal.SIGKILL)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        if self.folder:
            self.folder.cleanup()
