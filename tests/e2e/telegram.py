#!/usr/bin/env python3
"""For accounts.test.mjs: the Telegram of tests/support/telegram and a gateway that signs in to it.

Prints one line of JSON, {"gateway": url, "control": url}, and ends with its standard input. POST / of the control takes
{"do": NAME, ...} and answers with JSON; NAME is a method of Control. The argument, where there is one, is JSON: settings
of [telegram].
"""

import http.server
import json
import pathlib
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from telegram.capture import Capturing  # noqa: E402
from telegram.crypto import Password  # noqa: E402
from telegram.server import Server  # noqa: E402


class Control:
    def __init__(self, server, gateway):
        self.server, self.gateway = server, gateway
        self.ada = server.world.person("Ada", phone="9996611234")
        server.world.person("Helper", bot_token="7:abc")
        self.news = server.world.channel("Harbour News", self.ada, username="harbournews")

    def code(self):
        return getattr(self.ada, "code", None)

    def password(self, value, hint):
        self.ada.password = Password(value, hint) if value else None

    def qr_lifetime(self, seconds):
        self.server.qr_lifetime_s = seconds

    def approve(self):
        return self.server.approve_login(self.ada)

    def flood(self, method, seconds):
        self.server.fail(method, (420, f"FLOOD_WAIT_{seconds}"))

    def channel(self):
        then = int(time.time()) - 3_600  # settled: what is younger than a minute may still be on its way
        for n in range(3):
            self.server.do(lambda world, n=n: world.post(self.news, f"News {n}", True, when=then + n))
        return str(self.news.chat_id)

    def history(self, posts):
        """As channel(), with so many posts before it that the client is told nothing of."""
        then = int(time.time()) - 86_400
        self.server.do(lambda world: [world.post(self.news, f"Old {n}", told=False, when=then + n) for n in range(posts)])
        self.news.log.clear()
        return self.channel()

    def revoke(self):
        self.server.revoke(self.ada)


def serve(control):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps(getattr(control, asked.pop("do"))(**asked)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{listener.server_port}/"


def main():
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        settings = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
        gateway = Capturing(server, folder, **settings).start()
        try:
            print(json.dumps({"gateway": gateway.url, "control": serve(Control(server, gateway))}), flush=True)
            sys.stdin.read()
        finally:
            gateway.stop()


if __name__ == "__main__":
    main()
