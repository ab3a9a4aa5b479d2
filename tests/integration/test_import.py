#!/usr/bin/env python3
"""Imports and exports through the real program, checked against an independent reading of the same files.

TG_BINARY names the program (default: build/release/telegram-gateway). TG_SAMPLE may name one more Telegram Desktop
export of a single public channel. Needs nothing but Python's standard library.
"""

import csv
import io
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("TG_BINARY", str(ROOT / "build/release/telegram-gateway"))
DATA = ROOT / "tests/data"


def plain(value):
    """Text of an export: a string, or a list of strings and objects with a text."""
    if isinstance(value, str):
        return value
    return "".join(part if isinstance(part, str) else part["text"] for part in value)


def independent(path):
    """id -> (text, date, edit date) of a one-channel export."""
    export = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    return {
        m["id"]: (plain(m["text"]), int(m["date_unixtime"]), int(m.get("edited_unixtime", 0)))
        for m in export["messages"]
    }


class Gateway:
    def __init__(self, folder):
        self.folder = folder

    def run(self, *arguments):
        command = [BINARY, *arguments, "--data-dir", str(self.folder)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_GATEWAY_")}
        return subprocess.run(command, capture_output=True, timeout=300, env=environment)

    def import_(self, path, *more):
        done = self.run("import", str(path), "--json", *more)
        try:
            report = json.loads(done.stdout)["imports"][0]
        except (ValueError, KeyError, IndexError):
            report = None
        return done, report

    def events(self):
        done = self.run("export", "--format", "ndjson")
        assert done.returncode == 0, done.stderr.decode()
        lines = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
        assert lines[0]["type"] == "export" and lines[-1]["type"] == "end"
        return [line for line in lines if line["type"] == "event"]

    def heads(self):
        """The journal's own tables: how each message stands, and its versions; without positions and origins."""
        journal = sqlite3.connect(f"file:{self.folder / 'journal.db'}?mode=ro", uri=True)
        try:
            heads = journal.execute(
                "SELECT h.peer, h.message, h.scope, h.date, h.edit_date, h.observed_at, h.hash, h.n, h.versions, "
                "h.flags & ~1, h.source, h.deleted_at, h.counters, h.counters_at, e.body "
                "FROM heads h LEFT JOIN events e ON e.seq = h.seq ORDER BY 1, 2, 3").fetchall()
            versions = journal.execute(
                "SELECT v.peer, v.message, v.scope, v.edit_date, v.hash, v.source_rank, v.n, v.observed_at, v.flags, "
                "e.body FROM versions v JOIN events e ON e.seq = v.seq ORDER BY 1, 2, 3, 4, 5").fetchall()
            chats = journal.execute(
                "SELECT peer, scope, title, username, kind, total, deleted, media FROM chats ORDER BY 1, 2").fetchall()
        finally:
            journal.close()
        return heads, versions, chats

    def rows(self):
        done = self.run("export", "--format", "json")
        assert done.returncode == 0, done.stderr.decode()
        return {row["id"]: row for row in json.loads(done.stdout)}


class Case(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.gateway = Gateway(self.folder / "data")

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


class ImportTest(Case):
    def samples(self):
        yield DATA / "channel.json"
        if os.environ.get("TG_SAMPLE"):
            yield pathlib.Path(os.environ["TG_SAMPLE"])

    def test_every_message_once_with_the_same_text(self):
        for sample in self.samples():
            with self.subTest(sample.name), tempfile.TemporaryDirectory() as folder:
                gateway = Gateway(pathlib.Path(folder) / "data")
                done, report = gateway.import_(sample)
                self.assertEqual(done.returncode, 0, done.stderr.decode())

                wanted = independent(sample)
                got = {}
                for event in gateway.events():
                    message = event["message"]
                    self.assertNotIn(message["id"], got, "twice")
                    got[message["id"]] = (
                        message.get("text", ""), message["date_us"] // 1_000_000, message.get("edit_date", 0))
                self.assertEqual(got, wanted)
                self.assertEqual(report["new"], len(wanted))

                done, again = gateway.import_(sample)
                self.assertEqual(done.returncode, 0)
                self.assertEqual((again["new"], again["versions"], again["filled"]), (0, 0, 0))
                self.assertEqual(again["known"], len(wanted))

    def test_a_later_export_adds_versions_and_no_doubles(self):
        self.gateway.import_(DATA / "channel.json")
        done, report = self.gateway.import_(DATA / "channel-later.json")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual((report["new"], report["versions"]), (1, 1))

        rows = self.gateway.rows()
        wanted = independent(DATA / "channel-later.json")
        self.assertEqual({row["messageId"]: row["text"] for row in rows.values()},
                         {id_: text for id_, (text, _, _) in wanted.items()})
        self.assertEqual({row["messageId"]: row["versions"] for row in rows.values() if row["versions"] > 1}, {2: 2})

    def test_entities_mark_the_same_words(self):
        self.gateway.import_(DATA / "channel.json")
        row = next(row for row in self.gateway.rows().values() if row["messageId"] == 3)
        units = row["text"].encode("utf-16-le")
        marked = [(e["type"], units[2 * e["offset"]: 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
                  for e in row["entities"]]
        export = json.loads((DATA / "channel.json").read_text(encoding="utf-8"))
        source = next(m for m in export["messages"] if m["id"] == 3)
        self.assertEqual(marked, [(e["type"], e["text"]) for e in source["text_entities"] if e["type"] != "plain"])

    def test_a_whole_account(self):
        done, report = self.gateway.import_(DATA / "account.json")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(report["refused"], 0)
        self.assertEqual(len(report["chats"]), 7)

    def test_ndjson_imports_back_to_the_same_state(self):
        self.gateway.import_(DATA / "account.json")
        self.gateway.import_(DATA / "channel-later.json")
        exported = self.folder / "all.ndjson"
        done = self.gateway.run("export", "--format", "ndjson", "-o", str(exported))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        other = Gateway(self.folder / "other")
        done, report = other.import_(exported)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

        def state(rows):
            ours = ("receivedAt", "updatedAt")  # when this gateway took it
            return {id_: {k: v for k, v in row.items() if k not in ours} for id_, row in rows.items()}

        self.assertEqual(state(other.rows()), state(self.gateway.rows()))

    def test_an_ndjson_that_lacks_a_line_is_not_taken_for_whole(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            whole = Gateway(folder / "whole")
            whole.import_(DATA / "channel.json")
            lines = whole.run("export", "--format", "ndjson").stdout.splitlines(keepends=True)
            (folder / "gap.ndjson").write_bytes(b"".join(lines[:5] + lines[6:]))

            done, _ = Gateway(folder / "other").import_(folder / "gap.ndjson")

        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr.decode(), r"the file says that it has \d+ events, and has \d+")

    def test_csv_reads_back(self):
        self.gateway.import_(DATA / "channel.json")
        done = self.gateway.run("export", "--format", "csv")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8"), newline="")))
        self.assertEqual({int(row["messageId"]): row["text"] for row in rows},
                         {id_: text for id_, (text, _, _) in independent(DATA / "channel.json").items()})

    def test_exports_never_replace_without_force(self):
        self.gateway.import_(DATA / "channel.json")
        mine = self.write("mine.json", "mine")
        self.assertEqual(self.gateway.run("export", "--format", "json", "-o", str(mine)).returncode, 1)
        self.assertEqual(mine.read_text(), "mine")
        site = self.folder / "site"
        self.assertEqual(self.gateway.run("export", "--format", "html", "-o", str(site)).returncode, 0)
        self.assertTrue((site / "index.html").exists())


class History:
    """Made-up messages and what a server, a second account and an export saw of them, in a random order."""

    PEER = -1_009_000_000_777
    POSTED = 1_700_000_000

    def __init__(self, seed, messages):
        self.random = random.Random(seed)
        self.clock = self.POSTED + 1_000_000
        waiting = [self.sights_of(id_) for id_ in range(1, messages + 1)]
        self.lines = [self.line("chat", title="Quiet Harbour", username="quietharbour", kind="channel", updated_us=1)]
        while waiting:
            sights = self.random.choice(waiting)
            self.lines.append(next(sights, None) or waiting.remove(sights))
        self.lines = [line for line in self.lines if line]

    def file(self):
        begin = {"v": 1, "type": "export", "program": "telegram-gateway"}
        lines = [begin, *self.lines, {"v": 1, "type": "end"}]
        return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)

    def line(self, type_, **fields):
        return {"v": 1, "type": type_, "peer": self.PEER, "scope": 0, **fields}

    def event(self, id_, kind, source="tdlib", **fields):
        self.clock += self.random.randint(1, 500)
        return self.line("event", id=id_, kind=kind, source=source, origin="live", key="k", account=5,
                         observed_us=self.clock * 1_000_000 + self.random.randint(0, 999_999), **fields)

    def sights_of(self, id_):
        r = self.random
        body = {"peer": self.PEER, "id": id_, "date_us": (self.POSTED + id_) * 1_000_000, "text": f"text {id_} \u00e7\U0001f3af"}
        photo, raw = r.random() < 0.3, r.random() < 0.2
        deleted = erased = False
        for step in range(r.randint(1, 9)):
            sight = r.choice(("edit", "hidden", "page", "export", "delete", "counters", "update"))
            fields = {}
            if sight == "delete":
                if not deleted:  # another word on the same deletion is a sighting, and no event
                    deleted, erased = True, r.random() < 0.2
                    yield self.event(id_, "deleted", **({"erased": True} if erased else {}))
                continue
            if sight == "counters":
                yield self.event(id_, "counters", message={"counters": {"views": 10 * step + 1}})
                continue
            if sight in ("edit", "hidden"):
                body = {**body, "text": f"text {id_}, {step}"}
                body.pop("edit_date", None)
                if sight == "edit":
                    body["edit_date"] = self.clock
                else:
                    fields["hidden_edit"] = True
            message = dict(body)
            source = "tdlib"
            if sight == "export":  # knows no file ids, but who signed the post
                source, fields["cached"], message["signature"] = "export_file", True, "Ana"
            if sight == "page":
                fields["from_page"], deleted = True, erased
            if raw:
                fields["raw"] = json.dumps({"latitude": 53.5, "id": id_})
            if photo:
                message["media"] = {"type": "photo"} if source == "export_file" else {
                    "type": "photo", "unique_id": f"p{id_}"}
            yield self.event(id_, "new" if step == 0 else "edited", source, message=message, **fields)


class RoundTripTest(Case):
    """Whatever the sources said and in whatever order: ndjson out, ndjson in, equal heads."""

    def test_any_history_comes_back_equal(self):
        for seed in range(int(os.environ.get("TG_HISTORIES", "6"))):
            with self.subTest(seed=seed), tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                one, two = Gateway(folder / "one"), Gateway(folder / "two")
                first, exported = folder / "first.ndjson", folder / "exported.ndjson"
                first.write_text(History(seed, messages=150).file(), encoding="utf-8")
                done, report = one.import_(first)
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                self.assertGreater(report["new"], 100)
                done = one.run("export", "--format", "ndjson", "-o", str(exported))
                self.assertEqual(done.returncode, 0, done.stderr.decode())

                done, report = two.import_(exported)
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                self.equal(two.heads(), one.heads())
                for gateway in (one, two):
                    self.assertEqual(gateway.run("journal", "verify").returncode, 0)

                done, again = two.import_(exported)
                self.assertEqual((again["new"], again["versions"]), (0, 0))
                self.equal(two.heads(), one.heads())

    def equal(self, got, wanted):
        for ours, theirs in zip(got, wanted):
            for our, their in zip(ours, theirs):
                self.assertEqual(our, their)
            self.assertEqual(len(ours), len(theirs))


class BadInputTest(Case):
    """Each fault: its exit code, its place in the message, and everything before it kept."""

    GOOD = ('{"id":%d,"type":"message","date":"2024-03-01T10:00:00","date_unixtime":"1709287200","from":"x",'
            '"text":"%s","text_entities":[{"type":"plain","text":"%s"}]}')

    def channel(self, *messages):
        return '{"name":"Quiet","type":"public_channel","id":9000000501,"messages":[' + ",".join(messages) + "]}"

    def good(self, id_, text="kept"):
        return self.GOOD % (id_, text, text)

    def expect(self, content, code, *words):
        path = self.write("result.json", content)
        done, _ = self.gateway.import_(path)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        said = done.stderr.decode() + done.stdout.decode()
        for word in words:
            self.assertIn(word, said)

    def kept(self):
        return {row["messageId"]: row["text"] for row in self.gateway.rows().values()}

    def test_truncated(self):
        whole = self.channel(self.good(1), self.good(2))
        self.expect(whole[:-30], 1, "ends in the middle", "message 1")
        self.assertEqual(self.kept(), {1: "kept"})

    def test_not_an_export(self):
        self.expect('{"hello": 1}', 1, "not a Telegram Desktop export")
        self.expect("<html>", 1, "machine-readable JSON")

    def test_a_huge_string(self):
        self.expect(self.channel(self.good(1), self.good(2, "x" * (8 << 20))), 1, "longer than 4 MiB")
        self.assertEqual(self.kept(), {1: "kept"})

    def test_invalid_utf8(self):
        content = self.channel(self.good(1), self.good(2, "HERE")).encode().replace(b"HERE", b"\xff\xfe")
        self.expect(content, 1, "invalid UTF-8 at byte")
        self.assertEqual(self.kept(), {1: "kept"})

    def test_nul(self):
        self.expect(self.channel(self.good(1, "a\\u0000b")), 0)
        self.assertEqual(self.kept(), {1: "ab"})

    def test_deep_nesting(self):
        self.expect(self.channel(self.good(1), '{"id":2,"text":' + "[" * 90_000), 1, "nested deeper than 64")
        self.assertEqual(self.kept(), {1: "kept"})

    def test_messages_that_cannot_be_read_are_set_aside(self):
        self.expect(self.channel(
            '{"id":1,"type":"message","text":"no date"}',
            '{"id":2,"type":"message","date":"2024-03-01T10:00:00","text":"no zone"}',
            '{"id":-3,"type":"message","date_unixtime":"1709287200","text":"negative"}',
            self.good(4), self.good(4), self.good(4, "other")), 3, "--time-zone", "message -3", "with other content")
        self.assertEqual(self.kept(), {4: "kept"})

    def test_a_folder_and_a_missing_file(self):
        for path in (self.folder, self.folder / "nothing.json"):
            done, _ = self.gateway.import_(path)
            self.assertEqual(done.returncode, 1)
            self.assertIn("result.json", done.stderr.decode())
        self.assertFalse(self.gateway.folder.exists(), "an empty journal was left behind")

    def test_one_of_two_files_is_missing(self):
        done, report = self.gateway.import_(self.folder / "nothing.json", str(DATA / "channel.json"))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(report["new"], 14)

    def test_usage(self):
        self.assertEqual(self.gateway.run("import").returncode, 2)
        done, _ = self.gateway.import_(DATA / "channel.json", "--no-such-flag")
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
