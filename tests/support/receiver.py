"""A webhook's receiver on loopback: keeps every request, checks its signature, and answers as the test says."""

import hashlib
import hmac
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "6f1d0c3b9a8e7d6c5b4a39281706f5e4"


class Request:
    def __init__(self, path, headers, body):
        self.path = path
        self.headers = headers
        self.body = body
        self.json = json.loads(body)

    @property
    def events(self):
        return self.json["events"]

    @property
    def seqs(self):
        return [event["seq"] for event in self.events] if "events" in self.json else [self.json["seq"]]

    def is_signed(self, secret=SECRET, tolerance_s=300):
        """As docs/webhooks.md tells a receiver to check it."""
        found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", self.headers.get("X-Telegram-Gateway-Signature", ""))
        if not found or abs(time.time() - int(found[1])) > tolerance_s:
            return False
        expected = hmac.new(secret.encode(), found[1].encode() + b"." + self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, found[2])


class Receiver:
    """`answers` maps a path to a function of the Request (and how many came before it there) that returns a status, or
    (status, headers); or one of the words hang, trickle, cut. A path without one gets 204. `tls`: an ssl.SSLContext."""

    def __init__(self, port=0, tls=None):
        self.lock = threading.Lock()
        self.answers = {}
        self.requests = {}  # path -> [Request], also what was not answered with 2xx
        self.taken = {}     # path -> [Request] that were
        self.over = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                receiver.handle(self)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 64

            def handle_error(self, *_):  # a gateway that was killed or stopped
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def handle(self, connection):
        request = Request(connection.path, connection.headers,
                          connection.rfile.read(int(connection.headers["Content-Length"])))
        with self.lock:
            before = self.requests.setdefault(request.path, [])
            count = len(before)
            before.append(request)
            decide = self.answers.get(request.path, lambda *_: 204)
        answer = decide(request, count)
        if answer == "hang":
            self.over.wait(60)
            answer = "cut"
        if answer == "trickle":
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000:
                if self.over.wait(0.2):
                    break
                connection.wfile.write(bytes([byte]))
            answer = "cut"
        if answer == "cut":
            connection.close_connection = True
            return
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        if 200 <= status < 300:
            with self.lock:
                self.taken.setdefault(request.path, []).append(request)
        connection.send_response(status)
        for name, value in headers.items():
            connection.send_header(name, value)
        if status != 204:
            connection.send_header("Content-Length", "0")
        connection.end_headers()

    def seqs(self, path):
        """Of what was taken, in the order in which it came."""
        with self.lock:
            return [seq for request in self.taken.get(path, []) for seq in request.seqs]

    def count(self, path):
        with self.lock:
            return len(self.requests.get(path, []))
