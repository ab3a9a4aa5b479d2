"""nginx on loopback, serving one file from a private folder; stopped by its own pid."""

import os
import shutil
import subprocess
import time

from gateway import free_port

CONFIG = """
daemon off;
{user}
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_requests 100000000;
  open_file_cache max=16;
  default_type application/json;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
    location / {{ {padding} }}
  }}
}}
"""


class Nginx:
    def __init__(self, folder, body, padding=""):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "files").mkdir(parents=True)
        (folder / "files/page").write_bytes(body)
        self.port = free_port()
        self.folder = folder
        (folder / "nginx.conf").write_text(CONFIG.format(
            folder=folder, port=self.port, workers=os.cpu_count(),
            user="user root;" if os.getuid() == 0 else "",
            padding=f"add_header X-Padding {padding};" if padding else ""))

    def __enter__(self):
        command = ["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def wait(self, ask, patience=10):
        deadline = time.monotonic() + patience
        while True:
            try:
                return ask()
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit(f"nginx did not start: {(self.folder / 'error.log').read_text()[-500:]}") from None
                time.sleep(0.02)
