#!/usr/bin/env python3
"""Calls every route of a running demo and checks the answers against the document that the program serves.

TG_BINARY names the program. Needs nothing but Python's standard library.
"""

import csv
import io
import json
import pathlib
import re
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import Gateway, run  # noqa: E402

PATIENCE_S = 60
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Keep(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(Keep)


def call(url, method="GET", body=None, headers=None):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if data is not body:
        request.add_header("Content-Type", "application/json")
    try:
        with OPENER.open(request, timeout=PATIENCE_S) as response:
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def problems(schema, value, document, path="$"):
    """What of the value the schema does not allow: the part of JSON Schema that the document uses."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return problems(document["components"]["schemas"][name], value, document, path)
    found = []
    for part in schema.get("allOf", []):
        found += problems(part, value, document, path)
    choices = [problems(part, value, document, path) for part in schema.get("anyOf", [])]
    found += min(choices, key=len) if choices else []
    if "const" in schema and value != schema["const"]:
        found.append(f"{path}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} is none of {schema['enum']}")
    types = schema.get("type")
    if types:
        kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
        names = types if isinstance(types, list) else [types]
        fits = False
        for name in names:
            if name in ("integer", "number"):
                fits |= isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
            else:
                fits |= isinstance(value, kinds[name])
        if not fits:
            return found + [f"{path}: {value!r} is no {types}"]
    if isinstance(value, dict):
        for name in schema.get("required", []):
            if name not in value:
                found.append(f"{path}.{name} is missing")
        for name, part in schema.get("properties", {}).items():
            if name in value:
                found += problems(part, value[name], document, f"{path}.{name}")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{path}: fewer than {schema['minItems']} items")
        for number, item in enumerate(value[:50]):
            found += problems(schema.get("items", {}), item, document, f"{path}[{number}]")
    return found


class ApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("demo").start()
        cls.url = cls.gateway.url
        cls.document = call(cls.url + "/api/openapi.json").json()
        deadline = time.monotonic() + PATIENCE_S
        while True:  # the demo's history arrives
            page = call(cls.url + "/api/messages?limit=5").json()
            if len(page.get("data", [])) == 5:
                break
            if time.monotonic() > deadline:
                raise AssertionError("the demo shows no messages")
            time.sleep(0.1)
        cls.message = page["data"][0]
        cls.channel = cls.message["channelId"]
        cls.covered = set()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.gateway.folder.cleanup()

    def check(self, method, template, expected, path=None, body=None, query="", headers=None):
        """Calls a route of the document, and holds the answer against it."""
        operation = self.document["paths"][template][method.lower()]
        self.covered.add((method.lower(), template))
        answer = call(self.url + (path or template) + query, method, body, headers)
        self.assertEqual(answer.status, expected, f"{method} {path or template}: {answer.body[:500]!r}")
        self.assertIn("X-Gateway-Now", answer.headers)
        described = operation["responses"].get(str(expected), operation["responses"]["default"])
        if "$ref" in described:
            described = self.document["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        media = described.get("content", {}).get("application/json")
        if media and answer.status != 304:
            wrong = problems(media["schema"], answer.json(), self.document)
            self.assertEqual(wrong[:5], [], f"{method} {template}")
        return answer

    def test_reading(self):
        message = urllib.parse.quote(self.message["id"], safe=":")
        base = "/api/messages/{id}"
        first = self.check("GET", "/api/messages", 200, query="?limit=3&channelId=" + self.channel)
        self.assertEqual(len(first.json()["data"]), 3)
        self.check("GET", "/api/messages", 400, query="?limit=invalid")
        self.check("GET", "/api/messages", 400, query="?topicId=news")
        topics = self.check("GET", "/api/messages", 200, query="?limit=1000").json()["data"]
        topic = next((one["topicId"] for one in topics if "topicId" in one), None)
        if topic:
            of_topic = self.check("GET", "/api/messages", 200, query=f"?topicId={topic}&limit=1000").json()["data"]
            self.assertEqual({one["topicId"] for one in of_topic}, {topic})
        self.check("GET", base, 200, "/api/messages/" + message)
        self.check("GET", base, 200, "/api/messages/" + message.replace(":", "%3A"))
        self.check("GET", base, 404, "/api/messages/" + self.channel + ":2000000000")
        self.check("GET", base + "/versions", 200, f"/api/messages/{message}/versions")
        self.check("GET", base + "/delivery", 200, f"/api/messages/{message}/delivery")
        around = self.check("GET", "/api/messages", 200, query=f"?around={message}&limit=5&channelId={self.channel}")
        self.assertIn(self.message["id"], [one["id"] for one in around.json()["data"]])

    def test_pages_hold_every_message_once(self):
        seen, cursor = [], ""
        while True:
            query = f"?limit=40&sort=oldest&to={self.message['date']}&channelId={self.channel}"
            page = self.check("GET", "/api/messages", 200, query=query + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else "")).json()
            seen += [one["id"] for one in page["data"]]
            cursor = page["pagination"]["nextCursor"]
            if not cursor or not page["pagination"]["hasMore"]:
                break
        self.assertEqual(len(seen), len(set(seen)))
        self.assertGreater(len(seen), 40)

    def test_an_export_holds_what_the_pages_hold(self):
        only = f"channelId={self.channel}&sort=oldest&to={self.message['date']}"

        def pages():
            return [one["id"] for one in self.check("GET", "/api/messages", 200, query=f"?{only}&limit=10000").json()["data"]]

        def export(form):
            return self.check("GET", "/api/messages/export", 200, query=f"?format={form}&{only}").body.decode()

        deadline, before = time.monotonic() + PATIENCE_S, []
        while True:  # until no history arrives meanwhile
            lines, table = export("ndjson").splitlines(), list(csv.reader(io.StringIO(export("csv"))))
            after = pages()
            if before == after:
                break
            self.assertLess(time.monotonic(), deadline, "the demo's history does not end")
            before = after
        self.assertEqual([json.loads(line)["id"] for line in lines], after)
        self.assertEqual([row[0] for row in table[1:]], after)
        self.check("GET", "/api/messages/export", 400, query="?format=xls")

    def test_a_search_says_where_it_found_it(self):
        texts = [one["text"] for one in self.check("GET", "/api/messages", 200, query="?limit=100").json()["data"]]
        word = max(re.findall(r"\b[A-Za-z]+\b", " ".join(texts)), key=len)
        for one in self.check("GET", "/api/messages", 200, query="?limit=20&search=" + urllib.parse.quote(word)).json()["data"]:
            units = one["text"].encode("utf-16-le")
            for mark in one["matches"]:
                found = units[2 * mark["offset"]:2 * (mark["offset"] + mark["length"])].decode("utf-16-le")
                self.assertEqual(found.casefold(), word.casefold())

    def test_channels(self):
        one = "/api/channels/{id}"
        path = "/api/channels/" + self.channel
        self.check("GET", "/api/channels", 200)
        self.check("GET", one, 200, path)
        self.check("GET", one, 404, "/api/channels/-1009999999999")
        self.check("GET", one + "/stats", 200, path + "/stats")
        coverage = self.check("GET", one + "/coverage", 200, path + "/coverage", query="?px=50&limit=2").json()
        self.assertLessEqual(len(coverage["data"]["bar"]), 50)
        by_time = self.check("GET", one + "/coverage", 200, path + "/coverage", query="?by=time&px=50").json()["data"]["time"]
        self.assertEqual(by_time["bar"][0]["from"], by_time["from"])
        self.check("GET", one + "/coverage", 400, path + "/coverage", query="?by=size")
        self.check("POST", one + "/losses", 409, path + "/losses", body={"from": 2_000_000_000, "to": 2_000_000_001})
        self.check("GET", "/api/telegram-gateway/channels", 200, query="?px=100")
        for kind in ("rss", "atom", "json"):
            feed = self.check("GET", one + "/feed." + kind, 200, f"{path}/feed.{kind}")
            self.assertIn(kind if kind != "json" else "feed+json", feed.headers["Content-Type"])

    def test_registry(self):
        new = {"channelId": "-1002222222222", "label": "Trial"}
        self.check("POST", "/api/channels", 201, body=new)
        self.check("POST", "/api/channels", 409, body=new)
        self.check("POST", "/api/channels", 400, body={"channelId": "x"})
        self.check("PUT", "/api/channels/{id}", 200, "/api/channels/-1002222222222", body={"label": "Other", "isActive": False})
        self.check("PUT", "/api/channels/{id}", 400, "/api/channels/-1002222222222", body={})
        self.check("DELETE", "/api/channels/{id}", 200, "/api/channels/-1002222222222")

    def test_polling_consumer(self):
        self.check("GET", "/api/messages/unprocessed", 400)
        self.check("POST", "/api/messages/mark-processed", 400, body={"messageIds": [], "processedBy": "worker"})
        channels = [one["channelId"] for one in call(self.url + "/api/channels").json()["data"]]
        deadline, ids, query = time.monotonic() + PATIENCE_S, [], ""
        while not ids:  # until the demo posts something new somewhere
            self.assertLess(time.monotonic(), deadline, "nothing was offered")
            for channel in channels:
                query = f"?channel={channel}&excludeProcessedBy=worker&limit=3"
                served = self.check("GET", "/api/messages/unprocessed", 200, query=query).json()
                ids = [one["id"] for one in served["data"]]
                if ids:
                    break
            else:
                time.sleep(0.1)
        marked = self.check("POST", "/api/messages/mark-processed", 200, body={"messageIds": ids + ["-1:1"], "processedBy": "worker"})
        self.assertEqual(marked.json()["data"]["updated"], len(ids))
        again = self.check("GET", "/api/messages/unprocessed", 200, query=query).json()
        self.assertFalse(set(ids) & {one["id"] for one in again["data"]})

    def test_streaming_consumer(self):
        self.check("POST", "/api/consumers", 201, body={"name": "reader", "from": "oldest"})
        self.check("GET", "/api/consumers", 200)
        page = self.check("GET", "/api/events/poll", 200, query="?consumer=reader&origins=all&wait=30&limit=10").json()
        self.assertGreater(len(page["data"]), 0)
        self.check("POST", "/api/consumers/{name}/ack", 200, "/api/consumers/reader/ack", body={"seq": page["next"]})
        self.check("POST", "/api/consumers/{name}/ack", 400, "/api/consumers/reader/ack", body={"seq": page["head"] + 10**9})
        self.check("POST", "/api/consumers/{name}/ack", 404, "/api/consumers/nobody/ack", body={"seq": 1})
        self.check("DELETE", "/api/consumers/{name}", 200, "/api/consumers/reader")

    def destination(self, name):
        rows = self.check("GET", "/api/telegram-gateway/destinations", 200).json()["data"]
        return next((row for row in rows if row["name"] == name), None)

    def until_destination(self, name, wanted):
        deadline = time.monotonic() + PATIENCE_S
        while not ((row := self.destination(name)) and wanted(row)):
            self.assertLess(time.monotonic(), deadline, row)
            time.sleep(0.1)

    def test_how_far_consumers_are(self):
        for name in ("streams", "polls"):
            self.check("POST", "/api/consumers", 201, body={"name": name, "from": "oldest"})
        self.until_destination("streams", lambda row: row["state"] == "off" and row["behindEvents"] > 0)
        first = call(self.url + "/api/events/poll?after=0&origins=all&limit=1").json()["data"][0]["seq"]
        call(self.url + "/api/consumers/streams/ack", "POST", {"seq": first})
        self.until_destination("streams", lambda row: row["state"] != "off" and row["behindEvents"] > 0)
        call(self.url + "/api/messages/mark-processed", "POST", {"messageIds": [self.message["id"]], "processedBy": "polls"})
        self.until_destination("polls", lambda row: row["state"] == "ok" and row["behindEvents"] == 0)
        for name in ("streams", "polls"):
            self.check("DELETE", "/api/consumers/{name}", 200, f"/api/consumers/{name}")

    def read_stream(self, template, query, wanted):
        self.covered.add(("get", template))
        with OPENER.open(self.url + template + query, timeout=PATIENCE_S) as stream:
            self.assertTrue(stream.headers["Content-Type"].startswith("text/event-stream"))
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline:
                line = stream.readline().decode().rstrip("\n")
                if line == f"event: {wanted}":
                    return json.loads(stream.readline().decode()[len("data: "):])
        raise AssertionError(f"{template} showed no {wanted}")

    def test_streams(self):
        event = self.read_stream("/api/events", "?from=oldest&origins=all", "new")
        self.assertEqual(event["v"], 1)
        overview = self.read_stream("/api/stream", "?topics=overview", "overview")
        self.assertIn("verdict", overview)
        message = self.read_stream("/api/stream", "?topics=channel:*", "message")
        wrong = problems({"$ref": "#/components/schemas/Message"}, message["message"], self.document)
        self.assertEqual(wrong, [])
        self.check("GET", "/api/stream", 400)
        self.check("GET", "/api/events", 404, query="?consumer=nobody")

    def test_operator_routes(self):
        for name in ("overview", "status", "metrics", "session", "queue", "messages/summary", "health", "settings", "config",
                     "destinations", "jobs", "logs", "failures", "timeseries"):
            self.check("GET", "/api/telegram-gateway/" + name, 200)
        self.check("GET", "/api/telegram-gateway/jobs/{id}", 404, "/api/telegram-gateway/jobs/none")
        self.check("POST", "/api/telegram-gateway/jobs/{id}/cancel", 404, "/api/telegram-gateway/jobs/none/cancel", body={})
        for act in ("pause", "resume"):
            self.check("POST", f"/api/telegram-gateway/jobs/{{id}}/{act}", 404, f"/api/telegram-gateway/jobs/none/{act}", body={})
        for action in ("retry", "drop"):
            self.check("POST", f"/api/telegram-gateway/failures/{action}", 400, body={})
            self.check("POST", f"/api/telegram-gateway/failures/{action}", 200, body={"ids": ["1"], "dryRun": True})
        self.check("POST", "/api/telegram-gateway/failures/drop", 409, body={"ids": ["1"], "expect": 1})
        reload = call(self.url + "/api/telegram-gateway/actions/reload", "POST", {})
        self.assertIn(reload.status, (200, 503))
        self.check("POST", "/api/telegram-gateway/actions/reload", reload.status, body={})

    def test_imports(self):
        base, one = "/api/telegram-gateway/imports", "/api/telegram-gateway/imports/{id}"
        export = (ROOT / "tests/data/channel.json").read_bytes()
        facts = {"name": "../result.json", "size": len(export), "modified": "2024-05-01T10:00:00Z"}

        def upload(content, **more):
            begun = self.check("POST", base, 201, body={**facts, "size": len(content), **more}).json()["data"]
            for at in range(0, len(content), 1_000):
                part = self.check("PUT", one + "/parts", 200, f"{base}/{begun['id']}/parts",
                                  content[at:at + 1_000], f"?offset={at}").json()["data"]
            self.assertEqual(part["received"], len(content))
            deadline = time.monotonic() + PATIENCE_S
            while True:
                over = self.check("GET", one, 200, f"{base}/{begun['id']}").json()["data"]
                if "finishedAt" in over:
                    return over
                self.assertLess(time.monotonic(), deadline, over)
                time.sleep(0.05)

        first = upload(export)
        self.assertEqual((first["state"], first["name"], first["progress"]), ("done", "_result.json", 1))
        self.assertEqual((first["imported"]["new"], first["imported"]["known"]), (14, 0))
        again = upload(export)
        self.assertEqual((again["imported"]["new"], again["imported"]["known"]), (0, 14))
        stored = self.check("GET", "/api/messages", 200, query="?channelId=-1009000000501").json()["pagination"]
        self.assertEqual(stored["total"], 14)
        jobs = {job["id"]: job for job in call(self.url + "/api/telegram-gateway/jobs").json()["data"]}
        self.assertEqual((jobs[first["id"]]["kind"], jobs[first["id"]]["state"]), ("import", "done"))

        broken = upload(export[:-100])
        self.assertEqual(broken["state"], "failed")
        self.assertRegex(broken["error"], r"^_result.json: the file ends in the middle, at byte \d+; the last good one was")
        for other in (b"PK\x03\x04" + bytes(5_000), b"<html><body>Exported</body></html>", b'{"v":1,"type":"export"}\n'):
            self.assertEqual(upload(other)["state"], "failed", other[:20])

        begun = self.check("POST", base, 201, body=facts).json()["data"]
        where = f"{base}/{begun['id']}"
        self.assertEqual(self.check("POST", base, 200, body=facts).json()["data"]["id"], begun["id"])
        self.check("PUT", one + "/parts", 200, where + "/parts", export[:1_000])
        self.assertEqual(self.check("POST", base, 200, body=facts).json()["data"]["received"], 1_000)
        self.check("POST", base, 409, body={**facts, "size": 5})
        refused = self.check("PUT", one + "/parts", 409, where + "/parts", export[:9], "?offset=5000")
        self.assertEqual(refused.json()["received"], 1_000)
        self.check("PUT", one + "/parts", 413, where + "/parts", bytes(2 << 20), "?offset=1000")
        folder = pathlib.Path(self.gateway.data_dir) / "uploads"
        self.assertEqual(sorted(file.suffix for file in folder.iterdir()), [".data", ".json"])
        self.check("DELETE", one, 202, where)
        self.check("DELETE", one, 409, where)
        self.assertNotIn("received", self.check("PUT", one + "/parts", 410, where + "/parts", export, "?offset=0").json())
        self.assertEqual(list(folder.iterdir()), [])
        self.check("POST", base, 413, body={"size": 3 << 30})
        for method, path in (("GET", ""), ("DELETE", ""), ("PUT", "/parts")):
            self.check(method, one + path, 404, f"{base}/..%2Fjournal.db{path}", b"x" if method == "PUT" else None)

    def test_rules(self):
        rules, one = "/api/telegram-gateway/rules", "/api/telegram-gateway/rules/{id}"
        body = {"name": "files", "conditions": {"hasMedia": True, "regex": "[0-9]"}, "actions": {"tag": ["file"]}}
        number = self.check("POST", rules, 201, body=body).json()["data"]["id"]
        self.check("POST", rules, 400, body={"conditions": {"regex": "("}})
        self.check("GET", rules, 200)
        self.check("GET", one, 200, f"{rules}/{number}")
        self.check("PUT", one, 200, f"{rules}/{number}", body={**body, "enabled": False})
        self.check("POST", rules + "/test", 200, body={"rule": body, "limit": 3})
        self.check("POST", rules + "/test", 400, body={})
        self.check("DELETE", one, 200, f"{rules}/{number}")
        self.check("GET", one, 404, f"{rules}/{number}")

    def test_destinations_one_by_one(self):
        base = "/api/telegram-gateway/destinations"
        self.check("GET", base + "/{name}", 200, base + "/search")
        self.check("GET", base + "/{name}", 404, base + "/nobody")
        self.check("GET", base + "/{name}/lag", 200, base + "/search/lag")
        for act in ("try-now", "park", "resume", "accept-missed"):
            self.check("POST", base + "/{name}/" + act, 404, f"{base}/nobody/{act}")
        self.check("POST", base + "/{name}/resend", 404, base + "/nobody/resend",
                   body={"since": "2026-01-01T00:00:00Z", "dryRun": True})
        self.check("GET", "/api/telegram-gateway/failures/{id}", 404, "/api/telegram-gateway/failures/1000000")

    def test_tokens_and_system(self):
        tokens = "/api/telegram-gateway/tokens"
        made = self.check("POST", tokens, 201, body={"name": "desk", "scopes": ["read"]}).json()["data"]
        self.assertNotIn(made["secret"].encode(), self.check("GET", tokens, 200).body)
        self.check("DELETE", tokens + "/{id}", 200, f"{tokens}/{made['id']}")
        self.check("DELETE", tokens + "/{id}", 404, f"{tokens}/{made['id']}")
        self.check("GET", "/api/telegram-gateway/system", 200)

    def test_telegram_routes(self):
        self.check("GET", "/api/telegram-gateway/auth/status", 200)
        self.check("GET", "/api/telegram-gateway/auth/qr.svg", 404)
        self.check("POST", "/api/telegram-gateway/auth/start", 503, body={})
        self.check("POST", "/api/telegram-gateway/auth/input", 400, body={})
        self.check("POST", "/api/telegram-gateway/auth/input", 409, body={"value": "12345"})
        self.check("POST", "/api/telegram-gateway/auth/resend", 409, body={})
        self.check("POST", "/api/telegram-gateway/auth/cancel", 409)
        self.check("POST", "/api/telegram-gateway/auth/logout", 409, body={})
        self.check("GET", "/api/telegram-gateway/folders", 503)
        self.check("POST", "/api/channels/preview", 503, body={"channels": ["@durov"]})
        self.check("POST", "/api/channels/{id}/history", 503, "/api/channels/-1001/history", body={"from": "2025-01-31"})
        self.check("POST", "/api/channels", 503, body={"channels": ["@durov"]})
        self.check("POST", "/api/channels", 503, body={"channelId": "@durov"})
        self.check("GET", "/api/telegram-gateway/photos/{channelId}/{messageId}", 404,
                   f"/api/telegram-gateway/photos/{self.channel}/2000000000")
        self.check("GET", "/api/telegram-gateway/photos/{channelId}/{messageId}", 400, "/api/telegram-gateway/photos/x/y")
        self.check("GET", "/api/telegram-gateway/media/{id}", 404, f"/api/telegram-gateway/media/{self.channel}:2000000000")
        for what in ("fetch", "link"):
            self.check("POST", f"/api/telegram-gateway/media/{{id}}/{what}", 404,
                       f"/api/telegram-gateway/media/{self.channel}:2000000000/{what}")
        synced = call(self.url + "/api/telegram-gateway/sync-messages", "POST", {"wait": 5})
        self.assertIn(synced.status, (200, 503))
        self.check("POST", "/api/telegram-gateway/sync-messages", synced.status, body={"wait": 1})

    def test_health(self):
        for path in ("/health", "/health/live", "/health/ready", "/health/capture"):
            self.check("GET", path, 200)
        metrics = self.check("GET", "/metrics", 200)
        self.assertIn(b"telegram_gateway_events_total", metrics.body)

    def test_dashboard(self):
        self.check("GET", "/", 200)
        browser = self.check("GET", "/", 302, headers={"Accept": "text/html"})
        self.assertEqual(browser.headers["Location"], "ui/")
        page = self.check("GET", "/ui/{path}", 200, "/ui/c/" + self.channel)
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.check("GET", "/api/openapi.json", 200)

    def test_session(self):
        self.assertFalse(self.check("GET", "/api/session", 200).json()["data"]["required"])
        self.check("POST", "/api/session", 200, body={"token": "any"})
        self.check("DELETE", "/api/session", 200)

    def test_unchanged_answers_are_304(self):
        first = self.check("GET", "/api/openapi.json", 200)
        again = self.check("GET", "/api/openapi.json", 304, headers={"If-None-Match": first.headers["ETag"]})
        self.assertEqual(again.body, b"")

    def test_other_host_names_are_refused(self):
        self.assertEqual(call(self.url + "/api/messages", headers={"Host": "rebound.example"}).status, 421)

    def test_removal_and_reprocessing(self):
        page = call(self.url + f"/api/messages?channelId={self.channel}&sort=oldest&limit=2").json()
        first, second = (one["id"] for one in page["data"])
        removed = self.check("DELETE", "/api/messages/{id}", 200, "/api/messages/" + first, body={"reason": "trial"})
        self.assertEqual(removed.json()["data"]["status"], "deleted")
        self.check("POST", "/api/messages/{id}/reprocess", 200, f"/api/messages/{second}/reprocess", body={"requestedBy": "trial"})

    def test_zz_every_route_was_called(self):
        """Runs last by its name."""
        described = {(method, path) for path, methods in self.document["paths"].items() for method in methods}
        self.assertEqual(described - self.covered, set())


class ArchiveTest(unittest.TestCase):
    def test_what_was_only_imported_is_an_archive(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / "data"
            run("import", ROOT / "tests/data/channel.json", data_dir=data, check=0)
            with Gateway("run", "--host", "127.0.0.1", data_dir=data) as gateway:
                overview = gateway.get("/api/telegram-gateway/overview")[1]["data"]
                channels = gateway.get("/api/telegram-gateway/channels")[1]["data"]
                stored = gateway.get("/api/messages")[1]["pagination"]["total"]
                coverage = gateway.get(f"/api/channels/{channels[0]['channelId']}/coverage")[1]["data"]
                gateway.post("/api/consumers", {"name": "fresh", "from": "now"})
                message = gateway.get("/api/messages?limit=1")[1]["data"][0]["id"]
                steps = gateway.get(f"/api/messages/{message}/delivery")[1]["data"]["steps"]

        self.assertEqual(overview["verdict"]["code"], "archive")
        self.assertEqual(overview["completeness"]["archived"], {"channels": 1, "messages": stored})
        self.assertGreater(stored, 10)
        self.assertEqual([one["state"]["code"] for one in channels], ["imported"])
        self.assertEqual((coverage["promised"], coverage["storedMessages"], coverage["expected"]), (False, stored, 0))
        self.assertLess(coverage["storedFrom"], coverage["storedTo"])
        self.assertEqual([step["state"] for step in steps if step["name"] == "fresh"], ["none"], "it never got this one")


if __name__ == "__main__":
    unittest.main()
