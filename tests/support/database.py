"""What tests of the database share: a schema made anew, a gateway that writes to it, and both sides of a comparison."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import psycopg2

from support.gateway import BINARY, Gateway

ROOT = pathlib.Path(__file__).resolve().parents[2]


class DatabaseCase(unittest.TestCase):
    """`stack` is set by the module that runs PostgreSQL and PgBouncer."""

    stack = None

    def setUp(self):
        self.db = self.stack.direct()
        self.addCleanup(self.db.close)
        self.sql("SET client_min_messages = error")
        self.sql("DROP SCHEMA IF EXISTS telegram_gateway CASCADE")
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.data = self.folder / "data"
        self.password = self.folder / "password"
        self.password.touch(0o600)
        self.password.write_text(self.stack.secret("postgres"), encoding="utf-8")
        self.config = self.folder / "gateway.toml"
        self.configure()

    def configure(self, **more):
        """Writes the configuration; `more`: further keys of [postgres]."""
        keys = {"enabled": True, "host": "127.0.0.1", "port": self.stack.port("pgbouncer"),
                "direct_port": self.stack.port("postgresql"), "password_file": str(self.password), "keep_days": 0,
                "chunk_days": 7, **more}
        lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
        self.config.write_text("[postgres]\n" + "\n".join(lines) + "\n", encoding="utf-8")

    # --- The database

    def sql(self, statement, *values):
        """All rows, none for a statement that gives none."""
        with self.db.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement, *values):
        return self.sql(statement, *values)[0][0]

    def reconnect(self):
        self.db.close()
        self.db = self.stack.direct()

    def ask(self, statement):
        """The first value; None where there is none, or no table, or no server."""
        try:
            rows = self.sql(statement)
        except psycopg2.Error:
            return None
        return rows[0][0] if rows else None

    def stored_to(self):
        return self.ask("SELECT seq FROM telegram_gateway.cursors WHERE name = 'postgres'") or 0

    # --- The gateway

    def run_(self, *arguments, code=0):
        """Standard output and standard error of one command."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_GATEWAY_")}
        done = subprocess.run([BINARY, "--config", self.config, "--data-dir", self.data, *map(str, arguments)],
                              capture_output=True, text=True, timeout=120, env=clean)
        self.assertEqual(done.returncode, code, done.stdout[-2000:] + done.stderr[-2000:])
        return done.stdout, done.stderr

    def gateway(self, *arguments):
        """Runs until the test ends."""
        gateway = Gateway("--config", str(self.config), *(arguments or ("run",)), data_dir=self.data)
        self.addCleanup(lambda: gateway.process and gateway.kill())
        return gateway.start()

    def head(self):
        return json.loads(self.run_("--json", "journal", "stats")[0])["head"]

    def wait_stored(self, gateway, patience=45):
        """Until the database has all that the journal has now."""
        head = self.head()
        gateway.until(lambda: self.stored_to() >= head, patience, f"{head} to be stored")

    def exported(self):
        """The gateway's own export: events by seq, in the form that the journal has."""
        lines = [json.loads(line) for line in self.run_("export", "--format", "ndjson")[0].splitlines()]
        return [line for line in lines if "message" in line]

    # --- Both sides

    def assert_equal_to(self, gateway):
        """Every message and every version, field by field, as the API has them."""
        self.wait_stored(gateway)
        expected = {message["id"]: message for message in self.messages(gateway)}
        rows = self.sql(
            "SELECT channel_id, message_id, scope, text, telegram_date, status, last_seq, arrival, versions, n, origin, "
            "source, message_type, sender, edit_date, received_at, created_at, updated_at, deleted_at, thread_id, "
            "metadata, media_type, caption FROM telegram_gateway.messages")
        actual = {}
        for row in rows:
            name = f"{row[0]}:{row[1]}" + (f":{row[2]}" if row[2] else "")
            self.assertNotIn(name, actual, "twice in the database")
            actual[name] = row
        self.assertEqual(actual.keys(), expected.keys())
        for name, row in actual.items():
            want = expected[name]
            got = {"text": row[3], "date": moment(row[4]), "status": row[5], "seq": row[6], "arrivalSeq": row[7],
                   "versions": row[8], "origin": ["", "live", "catchup", "backfill", "import"][row[10]],
                   "source": row[11], "messageType": row[12], "sender": row[13], "editDate": moment(row[14]),
                   "receivedAt": moment(row[15]), "createdAt": moment(row[16]), "updatedAt": moment(row[17]),
                   "deletedAt": moment(row[18]), "threadId": row[19], "mediaType": row[21], "caption": row[22],
                   "replyTo": row[20].get("replyTo")}  # as the predecessor has it
            self.assertEqual(got, {key: want.get(key) for key in got}, name)
            self.assertEqual([(e["type"], e.get("offset", 0), e["length"]) for e in row[20].get("entities", [])],
                             [(e["type"], e["offset"], e["length"]) for e in want.get("entities", [])], name)
        self.assert_versions_equal(gateway, expected)

    def assert_versions_equal(self, gateway, messages):
        names = [name for name, message in messages.items() if message["versions"] > 1][:200]
        self.assertEqual(self.one("SELECT count(*) FROM telegram_gateway.message_versions"),
                         sum(message["versions"] for message in messages.values()))
        for name in names:
            _, answer = gateway.get(f"/api/messages/{name}/versions")
            channel, message, *scope = name.split(":")
            rows = self.sql("SELECT seq, body, observed_at FROM telegram_gateway.message_versions WHERE scope = %s AND "
                            "channel_id = %s AND message_id = %s", scope[0] if scope else 0, channel, message)
            self.assertEqual(sorted((row[0], json.loads(row[1]).get("text", ""), moment(row[2])) for row in rows),
                             sorted((v["seq"], v["text"], v["observedAt"]) for v in answer["data"]), name)

    def messages(self, gateway):
        """All of the API, page by page."""
        cursor = ""
        while True:
            status, answer = gateway.get("/api/messages?includeDeleted=true&limit=1000" +
                                         (f"&cursor={cursor}" if cursor else ""))
            self.assertEqual(status, 200, answer)
            yield from answer["data"]
            cursor = answer["pagination"].get("nextCursor")
            if not cursor:
                return


def moment(value):
    """As the API writes it: UTC, milliseconds, cut off."""
    return value and value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def export_of(messages, channel=9000000900, name="Long Ago"):
    """A Telegram Desktop export: (id, unix time, text) each, or with an edit's unix time."""
    def entry(number, date, text, edited=None):
        made = {"id": number, "type": "message", "date": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(date)),
                "date_unixtime": str(date), "from": name, "from_id": f"channel{channel}", "text": text,
                "text_entities": [{"type": "plain", "text": text}]}
        if edited:
            made |= {"edited": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(edited)), "edited_unixtime": str(edited)}
        return made
    return json.dumps({"name": name, "type": "public_channel", "id": channel,
                       "messages": [entry(*message) for message in messages]})
