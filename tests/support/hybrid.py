"""A gateway with the whole stack behind it."""

import contextlib
import json
import os
import pathlib
import re
import time

from gateway import Gateway
from stack import until


class HybridGateway(Gateway):
    """`run --profile hybrid` with the stack's addresses, and a webhook where one is given.

    `addresses`: TOML that stands in place of the stack's own (a proxy's ports, say).
    """

    def __init__(self, stack, *arguments, hook=None, more="", addresses=None, data_dir=None):
        super().__init__("run", "--profile", "hybrid", *arguments, data_dir=data_dir)
        self.stack = stack
        os.makedirs(self.data_dir, mode=0o700, exist_ok=True)
        self.config = pathlib.Path(self.data_dir).parent / "gateway.toml"
        secret = pathlib.Path(self.data_dir).parent / "hook.secret"
        secret.write_text("a secret of the test's own, long enough", encoding="utf-8")
        os.chmod(secret, 0o600)
        # What tests import is older than what is kept by default.
        text = (addresses or stack.config_toml).replace("[postgres]\n", "[postgres]\nkeep_days = 0\n") + "\n" + more
        if hook:
            text += (f'\n[[webhooks]]\nname = "test"\nurl = "{hook}"\nsecret_file = "{secret}"\nallow_private = true\n')
        self.config.write_text(text, encoding="utf-8")
        self.arguments += ["--config", str(self.config)]

    def delivered(self, *readers, patience=60):
        """Waits until these destinations have everything that is committed when it is called."""
        readers = readers or ("postgres", "redis", "rabbitmq", "webhook:test")

        def all_there():
            return all(self.behind(reader)["behindEvents"] == 0 for reader in readers)

        return until(all_there, patience, f"{readers} to have everything")

    def caught_up(self, *readers, since=None, patience=60):
        """Waits until these are reached and have all but what is newer than a few seconds, or than `since` (of
        time.monotonic()), while more comes. (Cursors are told once a second.)"""

        def is_near(reader, seconds):
            return self.metric("destination_up", reader=reader) == 1 and self.behind(reader)["behindSeconds"] < seconds

        def all_near():
            near = 3 if since is None else time.monotonic() - since
            return all(is_near(reader, near) for reader in readers)

        return until(all_near, patience, f"{readers} to catch up")

    def behind(self, reader):
        status, answer = self.get("/api/telegram-gateway/destinations")
        assert status == 200, answer
        return next(d for d in answer["data"] if d["name"] == reader)

    def messages(self):
        """Every stored message by its API id, as GET /api/messages shows it."""
        found, cursor = {}, ""
        while True:
            path = "/api/messages?limit=1000&includeDeleted=true&sort=oldest" + (f"&cursor={cursor}" if cursor else "")
            status, page = self.get(path)
            assert status == 200, page
            found.update({message["id"]: message for message in page["data"]})
            cursor = page["pagination"].get("nextCursor")
            if not cursor:
                return found


def table(connection):
    """What PostgreSQL holds: API id → (text, deleted). Fails where a message stands in two rows."""
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(
            "SELECT channel_id || ':' || message_id || CASE WHEN scope <> 0 THEN ':' || scope ELSE '' END, "
            "coalesce(nullif(text, ''), caption, ''), deleted_at IS NOT NULL FROM telegram_gateway.messages")
        rows = cursor.fetchall()
    known = {row[0]: (row[1], row[2]) for row in rows}
    assert len(known) == len(rows), "a message has two rows"
    return known


def cached(client):
    """What Redis holds: API id → (text, deleted)."""
    known = {}
    keys = list(client.scan_iter("telegram:msg:*", count=1000))
    for at in range(0, len(keys), 500):
        part = keys[at:at + 500]
        for key, value in zip(part, client.mget(part)):
            if value is None:
                continue
            event = json.loads(value)
            known[key.removeprefix("telegram:msg:")] = (event.get("message", {}).get("text", ""),
                                                        event["kind"] == "deleted")
    return known
