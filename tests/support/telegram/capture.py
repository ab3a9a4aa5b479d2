"""A gateway that captures from the Telegram of a test: configuration, sign-in, and what it stored."""

import datetime
import os
import pathlib
import stat
import time

from gateway import Gateway

from .library import altered
from .tdlib import NPM


class Capturing(Gateway):
    """A gateway whose TDLib is a copy that trusts `server`. Its data folder outlives a kill() and a start()."""

    def __init__(self, server, folder, sections=None, **settings):
        folder = pathlib.Path(folder)
        library = folder / "libtdjson.so"
        if not library.exists():
            altered(NPM, server.key.pem, library)
        self._write(folder / "api_hash", "0" * 32)
        lines = {"library": str(library), "api_id": 1, "api_hash_file": str(folder / "api_hash"), "test_dc": True,
                 "proxy": f"socks5://127.0.0.1:{server.port}", "request_every_ms": 0, **settings}
        text = "[telegram]\n" + "".join(f"{key} = {self._toml(value)}\n" for key, value in lines.items())
        for name, values in (sections or {}).items():
            text += f"\n[{name}]\n" + "".join(f"{key} = {self._toml(value)}\n" for key, value in values.items())
        self._write(folder / "gateway.toml", text)
        super().__init__("run", "--host", "127.0.0.1", "--config", folder / "gateway.toml", data_dir=folder / "data")
        self.server = server

    @classmethod
    def _toml(cls, value):
        if isinstance(value, (list, tuple)):
            return "[" + ", ".join(map(cls._toml, value)) + "]"
        return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)

    @staticmethod
    def _write(path, text):
        path.write_text(text, encoding="utf-8")
        os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)

    def auth(self):
        return self.get("/api/telegram-gateway/auth/status")[1]["data"]

    def account(self, name="main"):
        return next((one for one in self.auth()["accounts"] if one["name"] == name), None)

    def stage(self, stage, name="main", patience=30):
        def there():
            account = self.account(name)
            return account and account["stage"] == stage and account
        return self.until(there, patience, f"the account {name} to be at {stage}")

    def sign_in(self, person, name="main"):
        code, answer = self.post("/api/telegram-gateway/auth/start", {"account": name, "phone": person.phone})
        assert code == 200, answer
        self.stage("code", name)
        code, answer = self.post("/api/telegram-gateway/auth/input", {"account": name, "value": person.code})
        assert code == 200, answer
        self.stage("ready", name)

    def seconds_until(self, moment):
        return datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() - time.time()

    def add(self, channel):
        code, answer = self.post("/api/channels", {"channelId": str(channel.chat_id)})
        assert code in (200, 201), answer

    def coverage(self, channel):
        code, answer = self.get(f"/api/channels/{channel.chat_id}/coverage")
        return answer["data"] if code == 200 else None

    def media(self, channel, number):
        """What is told of a message's file; empty where there is no such message yet."""
        page = self.get(f"/api/messages?channelId={channel.chat_id}&limit=1000")[1]
        return next((one.get("media", {}) for one in page["data"] if one["messageId"] == number), {})

    def messages(self, channel):
        """id → (text, versions, deleted) of every stored message."""
        found, cursor = {}, ""
        while True:
            page = self.get(f"/api/messages?channelId={channel.chat_id}&includeDeleted=true&limit=1000&cursor={cursor}")[1]
            for one in page["data"]:
                found[one["messageId"]] = (one["text"], one["versions"], "deletedAt" in one)
            cursor = page["pagination"].get("nextCursor")
            if not page["pagination"]["hasMore"] or not cursor:
                return found
