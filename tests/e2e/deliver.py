#!/usr/bin/env python3
"""For deliver.test.mjs: a gateway with a demo and a webhook on loopback that answers what the test says.

Prints one line of JSON, {"gateway": url, "control": url}, and ends with its standard input. POST / of the control takes
{"status": N}: what the webhook answers from now on, also to what it gets again.
"""

import http.server
import json
import os
import pathlib
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import Gateway  # noqa: E402
from receiver import SECRET, Receiver  # noqa: E402


def serve(receiver):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            status = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["status"]
            receiver.answers["/desk"] = lambda *_: status
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{listener.server_port}/"


def main():
    with tempfile.TemporaryDirectory() as folder:
        receiver = Receiver()
        secret = pathlib.Path(folder, "secret")
        secret.write_text(SECRET, encoding="utf-8")
        secret.chmod(0o600)
        config = pathlib.Path(folder, "gateway.toml")
        config.write_text(f'[[webhooks]]\nname = "risk-desk"\nurl = "{receiver.url}/desk"\nsecret_file = "{secret}"\n'
                          "allow_private = true\n", encoding="utf-8")
        os.chmod(config, 0o600)
        gateway = Gateway("demo", "--config", config, "--rate", 1, "--channels", 6, "--history", 200,
                          data_dir=pathlib.Path(folder, "data")).start()
        try:
            print(json.dumps({"gateway": gateway.url, "control": serve(receiver)}), flush=True)
            sys.stdin.read()
        finally:
            gateway.stop()
            receiver.close()


if __name__ == "__main__":
    main()
