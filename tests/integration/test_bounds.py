"""Callers that behave badly: the gateway stays within its bounds, and others are served as before.

TG_BINARY names the program. Needs nothing but Python's standard library.
"""

import pathlib
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import Gateway  # noqa: E402

STREAMS = 1_000
PER_ADDRESS = 1_100
PATIENCE_S = 60
CONFIG = f"""
[server]
max_connections_per_address = {PER_ADDRESS}
request_timeout_s = 3
stream_timeout_s = 3
"""


class BoundsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        config = pathlib.Path(cls.folder.name) / "bounds.toml"
        config.write_text(CONFIG, encoding="utf-8")
        cls.gateway = Gateway("--config", config, "demo", "--rate", "50", "--history", "2000", "--channels", "3",
                              data_dir=pathlib.Path(cls.folder.name) / "data")
        cls.gateway.start()
        cls.gateway.until(lambda: len(cls.gateway.get("/api/messages?limit=100")[1]["data"]) == 100, PATIENCE_S,
                          "messages")

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.folder.cleanup()

    def setUp(self):
        self.sockets = []

    def tearDown(self):
        for one in self.sockets:
            one.close()
        self.gateway.until(lambda: self.metric("telegram_gateway_http_connections") < 10, PATIENCE_S,
                           "the connections to be gone")

    def connect(self):
        one = socket.create_connection(("127.0.0.1", self.gateway.port), timeout=PATIENCE_S)
        self.sockets.append(one)
        return one

    def metric(self, name):
        _, text = self.gateway.get("/metrics", raw=True)
        return sum(float(line.rsplit(b" ", 1)[1]) for line in text.splitlines() if line.startswith(name.encode()))

    def resident(self):
        """Bytes of memory the gateway holds."""
        with open(f"/proc/{self.gateway.process.pid}/statm", encoding="ascii") as figures:
            return int(figures.read().split()[1]) * 4096

    def others_are_served(self):
        status, _ = self.gateway.get("/api/messages?limit=10")  # it gives up after a while
        self.assertEqual(status, 200)

    def receive_until(self, one, wanted):
        received = b""
        while wanted not in received:
            part = one.recv(65_536)
            if not part:
                raise AssertionError(f"the connection ended before {wanted!r}: {received[-500:]!r}")
            received = received[-200:] + part
        return received

    def test_a_body_of_100_mb_is_refused_unread(self):
        before = self.resident()
        one = self.connect()
        one.sendall(b"POST /api/channels HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
        sent = 0
        try:
            while sent < 100_000_000:
                sent += one.send(b" " * 65_536)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the gateway has closed
        self.assertLess(sent, 50_000_000)
        self.assertLess(self.resident() - before, 16 << 20)

        other = self.connect()
        other.sendall(b"POST /api/channels HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n")
        self.assertIn(b" 413 ", other.recv(4_096))

    def test_connections_that_sent_a_large_body_hold_none_of_it_while_idle(self):
        before = self.resident()
        body = b" " * (1 << 20)
        for _ in range(100):
            one = self.connect()
            one.sendall(b"POST /api/channels HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body))
            one.sendall(body)
            self.assertIn(b" 400 ", one.recv(4_096))
        self.assertLess(self.resident() - before, 32 << 20)

    def test_idle_streams_cost_little_and_all_get_the_next_event(self):
        before = self.resident()
        request = b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for _ in range(STREAMS):
            self.connect().sendall(request)
        for one in self.sockets:
            self.receive_until(one, b"following")
        grown = self.resident() - before
        print(f"\n{STREAMS} streams: {grown / 1e6:.1f} MB, {grown / STREAMS / 1024:.1f} KiB each")

        self.assertLess(grown, 64 << 20)
        self.others_are_served()
        for one in self.sockets:
            self.receive_until(one, b"event: ")

    def test_a_reader_that_never_reads_is_cut(self):
        before, cut = self.resident(), self.metric("telegram_gateway_streams_cut_total")
        for _ in range(20):
            one = self.connect()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            one.sendall(b"GET /api/events?from=oldest&origins=all&kinds=all HTTP/1.1\r\nHost: localhost\r\n\r\n")

        self.gateway.until(lambda: self.metric("telegram_gateway_streams_cut_total") >= cut + 20, PATIENCE_S,
                           "the readers to be cut")
        self.assertLess(self.resident() - before, 64 << 20)
        self.others_are_served()

    def test_a_caller_that_sends_by_drops_is_cut_and_harms_nobody(self):
        slow = [self.connect() for _ in range(200)]
        for one in slow:
            one.sendall(b"GET /health HTTP/1.1\r\nHost: loc")
        deadline = time.monotonic() + PATIENCE_S
        open_ones = set(slow)
        while open_ones and time.monotonic() < deadline:
            for one in list(open_ones):
                try:
                    one.sendall(b"a")
                except OSError:
                    open_ones.discard(one)
            self.others_are_served()
            time.sleep(0.2)  # the drops
        self.assertFalse(open_ones)

    def test_one_address_has_only_so_many_connections(self):
        for _ in range(PER_ADDRESS):
            self.connect()
        refused = self.connect()
        answer = refused.recv(4_096)
        self.assertTrue(b" 503 " in answer or answer == b"", answer)
        for one in self.sockets[:PER_ADDRESS // 2]:
            one.close()
        self.gateway.until(lambda: self.gateway.get("/health/live", raw=True)[0] == 200, PATIENCE_S, "room again")


if __name__ == "__main__":
    unittest.main()
