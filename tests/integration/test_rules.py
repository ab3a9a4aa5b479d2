#!/usr/bin/env python3
"""Rules end to end, with the demo: tried on what is stored, dropping, redacting and tagging where messages come in, and
telling web hooks and people by mail. TG_BINARY names the program."""

import hashlib
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from gateway import Gateway, run  # noqa: E402
from mail_receiver import MailReceiver  # noqa: E402
from receiver import SECRET, Receiver  # noqa: E402

RULES = "/api/telegram-gateway/rules"


class Hook:
    """Takes POSTs; answers what `status` says."""

    def __init__(self):
        self.bodies, self.status = [], 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if hook.status == 200:
                    hook.bodies.append(body)
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/alerts"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def events(self):
        return [event for body in self.bodies for event in body["events"]]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class RuleCase(unittest.TestCase):
    configuration = ""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def start(self, configuration="", rate=30, headers=None):
        config = self.path / "gateway.toml"
        config.write_text(configuration, encoding="utf-8")
        os.chmod(config, stat.S_IRUSR | stat.S_IWUSR)
        self.gateway = Gateway("demo", "--config", config, "--rate", rate, "--history", 20, "--channels", 4,
                               data_dir=self.path / "data").start()
        self.addCleanup(self.gateway.kill)
        self.headers = headers
        self.gateway.until(lambda: len(self.messages(limit=50)) == 50, what="the demo's history")
        return self.gateway

    def messages(self, **query):
        return self.gateway.get(f"/api/messages?{urllib.parse.urlencode(query)}", headers=self.headers)[1].get("data", [])

    def add(self, conditions, actions, **more):
        code, answer = self.gateway.post(RULES, {"name": "test", "conditions": conditions, "actions": actions, **more},
                                         headers=self.headers)
        self.assertEqual(code, 201, answer)
        return answer["data"]["id"]

    def rule(self, number):
        return self.gateway.get(f"{RULES}/{number}")[1]["data"]

    def matched(self, number, count=5):
        return self.gateway.until(lambda: self.rule(number)["matched"] >= count, what="the rule to match")


class KeepingTest(RuleCase):
    def setUp(self):
        super().setUp()
        self.start()

    def test_rules_are_kept_changed_and_removed(self):
        number = self.add({"hasMedia": True}, {"tag": ["file"]}, position=2)
        first = self.add({"reply": True}, {"tag": ["answer"]}, position=1)
        self.assertEqual([one["id"] for one in self.gateway.get(RULES)[1]["data"]], [first, number])

        self.gateway.kill()
        self.gateway.start()

        rule = self.rule(number)
        self.assertEqual((rule["conditions"], rule["actions"]), ({"hasMedia": True}, {"tag": ["file"]}))
        rule["enabled"] = False
        self.assertEqual(self.gateway.request("PUT", f"{RULES}/{number}", rule)[0], 200)
        self.assertFalse(self.rule(number)["enabled"])
        self.assertEqual(self.gateway.request("DELETE", f"{RULES}/{number}")[0], 200)
        self.assertEqual(self.gateway.request("GET", f"{RULES}/{number}")[0], 404)
        self.assertEqual(self.gateway.request("DELETE", f"{RULES}/{number}")[0], 404)

    def test_all_that_is_wrong_is_said_with_its_place(self):
        code, answer = self.gateway.post(RULES, {"conditions": {"regex": "a(b", "hasMeda": True}, "actions": {
            "route": ["webhook:none"], "forward": [{"account": "main", "to": "-1001"}],
            "alert": [{"email": "a@b.example"}, {"webhook": "http://127.0.0.1/x"}]}})
        problems = {one["field"]: one for one in answer["problems"]}
        self.assertEqual(code, 400)
        self.assertIn("missing )", problems["conditions.regex"]["message"])
        self.assertIn("is hasMedia meant?", problems["conditions.hasMeda"]["message"])
        self.assertIn("is missing", problems["name"]["message"])
        self.assertIn("is no destination", problems["actions.route"]["message"])
        self.assertIn("telegram.may_write", problems["actions.forward[0].account"]["message"])
        self.assertIn("smtp.host", problems["actions.alert[0].email"]["message"])
        self.assertIn("private address", problems["actions.alert[1].webhook"]["message"])
        self.assertEqual(self.gateway.get(RULES)[1]["data"], [])
        code, answer = self.gateway.post(RULES, {"name": "x", "conditions": {"regex": "a"}, "actions": {
            "redact": "x", "alert": [{"webhook": "https://desk.example/x"}]}})
        self.assertEqual((code, [one["field"] for one in answer["problems"]]), (400, ["actions.redact"]))

    def test_a_rule_is_tried_on_what_is_stored(self):
        channel = self.messages(limit=1)[0]["channelId"]
        rule = {"conditions": {"channels": [channel], "regex": "[0-9]", "hasMedia": False}}
        code, answer = self.gateway.post(f"{RULES}/test", {"rule": rule, "limit": 5})
        self.assertEqual(code, 200, answer)
        trial = answer["data"]
        self.assertGreater(trial["matched"], 0)
        self.assertFalse(trial["truncated"])
        self.assertEqual(sum(day["count"] for day in trial["histogram"]), trial["matched"])
        dates = [one["message"]["date"] for one in trial["matches"]]
        self.assertEqual(dates, sorted(dates, reverse=True))
        for one in trial["matches"]:
            self.assertEqual(one["message"]["channelId"], channel)
            self.assertFalse(one["message"]["hasMedia"])
            text = one["message"]["text"].encode("utf-16-le")
            for span in one["spans"]:
                part = text[2 * span["offset"]:2 * (span["offset"] + span["length"])].decode("utf-16-le")
                self.assertRegex(part, "^[0-9]$")
        for one in trial["nearMisses"]:
            self.assertIn(one["failed"], ("regex", "hasMedia"))
            self.assertEqual(one["failed"] == "hasMedia", one["message"]["hasMedia"])
        self.assertEqual(self.gateway.get(RULES)[1]["data"], [])

    def test_an_expensive_expression_is_bounded(self):
        rule = {"conditions": {"regex": "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^ -~]{40}(a|b|ab)*c$"}}
        code, answer = self.gateway.post(f"{RULES}/test", {"rule": rule}, timeout=15)
        self.assertEqual(code, 200)
        self.assertLess(answer["data"]["tookMs"], 10_000)


class SecretTest(RuleCase):
    def test_where_a_web_hook_leads_is_shown_to_administrators_alone(self):
        tokens = "".join(f'[[auth.tokens]]\nname = "{scope}"\nscopes = ["{scope}"]\n'
                         f'sha256 = "{hashlib.sha256(scope.encode()).hexdigest()}"\n' for scope in ("read", "admin"))
        self.start("[auth]\nrequire_token = true\n" + tokens, headers={"Authorization": "Bearer admin"})
        number = self.add({"reply": True}, {"alert": [{"webhook": "https://user:pass@desk.example:8443?key=SECRET"}]})

        def seen_by(scope):
            return self.gateway.get(f"{RULES}/{number}", headers={"Authorization": f"Bearer {scope}"})[1]["data"]
        rule = seen_by("read")
        self.assertEqual(rule["actions"]["alert"], [{"webhook": "https://desk.example:8443/…"}])
        code, _, answer = self.gateway.request("PUT", f"{RULES}/{number}", rule,
                                               headers={"Authorization": "Bearer admin"})
        self.assertEqual((code, b"whole URL" in answer), (400, True), answer)
        self.assertIn("SECRET", str(seen_by("admin")["actions"]))


class IngestTest(RuleCase):
    def setUp(self):
        super().setUp()
        self.start()

    def newer_than(self, seq, count):
        def there():
            found = [one for one in self.messages(limit=200) if one["arrivalSeq"] > seq]
            return len(found) >= count and found
        return self.gateway.until(there, what="newer messages")

    def newest(self):
        return max(one["seq"] for one in self.messages(limit=50))

    def test_what_is_redacted_is_seen_nowhere(self):
        number = self.add({"regex": "[0-9]+"}, {"redact": "▮", "tag": ["numbers"]})
        self.matched(number)
        before = self.newest()
        stream = self.gateway.post("/api/telegram-gateway/rules/test", {"rule": {"conditions": {"tags": ["numbers"]}}})
        self.assertGreater(stream[1]["data"]["matched"], 0)
        for one in self.newer_than(before, 20):
            self.assertNotRegex(one["text"], "[0-9]")
            if "▮" in one["text"]:
                self.assertEqual((one["tags"], one["redacted"]), (["numbers"], True))
            units = len(one["text"].encode("utf-16-le")) // 2
            for entity in one.get("entities", []):
                self.assertLessEqual(entity["offset"] + entity["length"], units)

    def test_what_is_redacted_is_redacted_in_the_stream(self):
        import http.client
        self.add({"regex": "[0-9]+"}, {"redact": "▮"})
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", "/api/stream?topics=channel:*")
        answer, seen = connection.getresponse(), 0
        while seen < 5:
            line = answer.fp.readline().decode()
            if not line.startswith("data:") or '"message"' not in line:
                continue
            message = json.loads(line[5:]).get("message") or {}
            if "▮" in message.get("text", ""):
                seen += 1
                self.assertNotRegex(message["text"], "[0-9]")

    def test_what_is_dropped_is_not_stored_but_counted(self):
        channel = self.messages(limit=1)[0]["channelId"]
        number = self.add({"channels": [channel]}, {"drop": True})
        def count():
            return self.gateway.get(f"/api/channels/{channel}")[1]["data"]["totalMessages"]
        self.matched(number, 1)
        stored = count()
        self.matched(number)
        self.assertEqual(count(), stored)
        metrics = self.gateway.get("/metrics", raw=True)[1].decode()
        self.assertRegex(metrics, r'telegram_gateway_rule_actions_total\{action="drop"\} [1-9]')
        self.assertIn("lastMatchAt", self.rule(number))


class ImportTest(RuleCase):
    """Rules hold for imports too, and a file that comes again under other rules makes no edit."""

    def export(self, texts, **more):
        messages = [{"id": n, "type": "message", "date": "2026-01-02T03:04:05", "date_unixtime": "1767323045",
                     "from": "Desk", "from_id": "channel1000000077", "text": text, "text_entities": [
                         {"type": "plain", "text": text}], **more} for n, text in enumerate(texts, 1)]
        path = self.path / "result.json"
        path.write_text(json.dumps({"name": "Desk", "type": "public_channel", "id": 1000000077, "messages": messages}),
                        encoding="utf-8")
        return path

    def test_an_import_is_under_the_rules_and_makes_no_edit(self):
        self.start(rate=1)
        self.add({"regex": "[0-9]{4}"}, {"redact": "****"})
        self.add({"keywords": {"anyOf": ["publicidade"]}}, {"drop": True})
        data = self.gateway.data_dir
        self.assertEqual(self.gateway.stop(), 0)
        path = self.export(["pin 1234", "PUBLICIDADE paga", "nothing"])

        first = json.loads(run("--json", "import", path, data_dir=data, check=0).stdout)["imports"][0]
        again = json.loads(run("--json", "import", path, data_dir=data, check=0).stdout)["imports"][0]
        stored = json.loads(run("--json", "messages", "--channel", "-1001000000077", data_dir=data, check=0).stdout)

        self.assertEqual((first["new"], again["new"], again["versions"]), (2, 0, 0))
        self.assertEqual(sorted(one["text"] for one in stored["messages"]), ["nothing", "pin ****"])

    def test_what_is_redacted_is_in_no_file_search_or_export(self):
        self.start(rate=1)
        self.add({"regex": "TOP-[A-Z]+"}, {"redact": "▮"})
        data = pathlib.Path(self.gateway.data_dir)
        self.assertEqual(self.gateway.stop(), 0)
        contact = {"phone_number": "TOP-KRAKATAU", "first_name": "a", "last_name": "b"}
        run("--json", "import", self.export(["before TOP-KRAKATAU after"]), data_dir=data, check=0)
        path = self.export(["a contact"], contact_information=contact)
        path.write_text(path.read_text().replace('"id": 1,', '"id": 2,'))
        run("--json", "import", path, data_dir=data, check=0)

        for file in data.rglob("*"):
            if file.is_file():
                self.assertNotIn(b"KRAKATAU", file.read_bytes(), file)
        self.gateway.start()
        self.assertEqual(len(self.messages(channelId="-1001000000077")), 2)
        self.gateway.until(lambda: len(self.messages(search="before ▮ after")) == 1, what="the index to have it")
        self.assertEqual(self.messages(search="KRAKATAU"), [])
        # An export has the source's own JSON too, which the journal keeps compressed.
        exported = run("export", "--format", "ndjson", "--channel", "-1001000000077", data_dir=data)
        self.assertIn("before ▮ after", exported.stdout, exported.stderr)
        self.assertNotIn("KRAKATAU", exported.stdout)


class AlertTest(RuleCase):
    def setUp(self):
        super().setUp()
        self.hook, self.mail = Hook(), MailReceiver()
        self.addCleanup(self.hook.close)
        self.addCleanup(self.mail.close)

    def smtp(self, every=1, **more):
        lines = {"host": "127.0.0.1", "port": self.mail.port, "from": "gateway@desk.example", "tls": "none", **more}
        return "[alerts]\nallow_private = true\n" + f"every_s = {every}\n[smtp]\n" + "".join(
            f"{key} = {json.dumps(value)}\n" for key, value in lines.items())

    def test_a_web_hook_gets_every_match_once_over_trouble_and_a_kill(self):
        self.start(self.smtp())
        self.hook.status = 503
        number = self.add({"regex": "[0-9]"}, {"alert": [{"webhook": self.hook.url}]})
        self.gateway.until(lambda: "503" in json.dumps(self.gateway.get("/api/telegram-gateway/destinations")[1]),
                           what="the trouble to be told")
        self.hook.status = 200
        self.gateway.until(lambda: len(self.hook.events) >= 10, what="alerts")
        self.gateway.kill()
        self.gateway.start()
        known = len(self.hook.events)
        self.gateway.until(lambda: len(self.hook.events) >= known + 10, what="more alerts")
        body = self.hook.bodies[0]
        self.assertEqual(body["rule"], {"id": number, "name": "test"})
        events = {event["key"]: event for event in self.hook.events}
        self.assertTrue(all(re.search("[0-9]", event["message"]["text"]) for event in events.values()))
        self.assertTrue(all(event["kind"] == "new" for event in events.values()))
        # All that is stored and matches was told: from the first that was told to the last.
        first, last = (edge(event["seq"] for event in events.values()) for edge in (min, max))
        stored = self.messages(limit=1000)
        self.assertTrue(stored)
        for one in stored:
            if first <= one["arrivalSeq"] <= last and one["origin"] == "live" and re.search("[0-9]", one["text"]) \
                    and one["versions"] == 1:
                self.assertIn(one["key"], events)

    def down(self):
        """Readers of rules that health does not call ok."""
        dependencies = self.gateway.get("/health")[1]["dependencies"]
        return {name: one["detail"] for name, one in dependencies.items()
                if name.startswith(("alert:", "mail:", "forward:")) and one["state"] != "ok"}

    def test_one_target_that_is_down_holds_up_no_other(self):
        other = Hook()
        self.addCleanup(other.close)
        other.status = 503
        self.start(self.smtp())
        self.add({"regex": "[0-9]"}, {"alert": [{"webhook": other.url}, {"webhook": self.hook.url}]})
        self.gateway.until(lambda: len(self.hook.events) >= 20, what="alerts")
        self.assertEqual(other.events, [])
        self.assertEqual(len(self.down()), 1)
        other.status = 200
        keys = {event["key"] for event in self.hook.events}
        self.gateway.until(lambda: {event["key"] for event in other.events} >= keys, what="the other to have them too")
        self.assertEqual(len(self.hook.events), len({event["key"] for event in self.hook.events}))
        self.gateway.until(lambda: not self.down(), what="health to say that it is over")

    def test_deletions_are_told_where_they_are_asked_for(self):
        self.start(self.smtp())
        self.add({"kinds": ["deleted"]}, {"alert": [{"webhook": self.hook.url}]})
        gone = self.messages(limit=1)[0]
        self.assertEqual(self.gateway.request("DELETE", f"/api/messages/{gone['id']}", {"reason": "test"})[0], 200)
        self.gateway.until(lambda: self.hook.events, what="the deletion to be told")
        self.assertEqual({event["kind"] for event in self.hook.events}, {"deleted"})

    def test_mail_keeps_up_however_much_comes(self):
        self.start(self.smtp(every=3), rate=300)
        self.add({"hasMedia": False}, {"alert": [{"email": "ana@desk.example"}]})

        def most():
            return max([int(re.search(r"([0-9]+) messages?$", one[3]["subject"])[1]) for one in self.mail.mails] or [0])
        self.gateway.until(lambda: most() > 200, 60, what="a mail of more than one reading of the journal")

    def test_mail_is_bounded_and_loses_nothing(self):
        self.start(self.smtp(every=2), rate=8)
        number = self.add({"regex": "[0-9]", "keywords": {"noneOf": ["zzz"]}},
                          {"alert": [{"email": "ana@desk.example"}]}, name="Números")

        def enough():
            self.assertEqual(self.down(), {}, "to wait for the next mail is no trouble")
            return len(self.mail.mails) >= 4
        self.gateway.until(enough, what="mail")
        for earlier, later in zip(self.mail.times, self.mail.times[1:]):
            self.assertGreaterEqual(later - earlier, 2)
        encrypted, sender, recipients, mail = self.mail.mails[0]
        self.assertEqual((sender, recipients), ("gateway@desk.example", ["ana@desk.example"]))
        self.assertRegex(mail["subject"], r"^\[Números\] [0-9]+ messages?$")
        # So many messages came meanwhile that each mail sums up several.
        counts = [int(re.search(r"([0-9]+) messages?$", one[3]["subject"])[1]) for one in self.mail.mails]
        self.assertGreater(max(counts), 1)
        keys = [key for one in self.mail.mails for key in re.findall(r"· (\S+:new:\S+)", one[3].get_content())]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(len(keys), sum(counts))
        self.assertGreaterEqual(self.rule(number)["matched"], len(keys))
        # From the first to the last that was told: all that is stored and matches.
        stored = {one["key"]: one for one in self.messages(limit=1000) if one["versions"] == 1}
        told = [stored[key]["arrivalSeq"] for key in keys if key in stored]
        matching = {key for key, one in stored.items() if min(told) <= one["arrivalSeq"] <= max(told)
                    and one["origin"] == "live" and re.search("[0-9]", one["text"])}
        self.assertEqual(matching, {key for key in keys if key in stored})

    def test_mail_waits_for_a_server_that_is_busy_and_one_refused_is_set_aside(self):
        self.start(self.smtp())
        self.mail.busy = True
        self.add({"regex": "[0-9]"}, {"alert": [{"email": "ana@desk.example"}]})
        self.gateway.until(lambda: "(451)" in "".join(self.down().values()), what="the trouble to be told")
        self.mail.busy = False
        self.gateway.until(lambda: self.mail.mails, what="mail")
        self.mail.refuse.add("nobody@desk.example")
        self.add({"regex": "[0-9]"}, {"alert": [{"email": "nobody@desk.example"}]})
        self.gateway.until(lambda: self.gateway.get("/api/telegram-gateway/failures")[1]["data"], what="failures")

    def test_mail_goes_encrypted_where_the_certificate_is_right(self):
        certificate = self.path / "mail.pem"
        made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                               "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                               "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.path / "key.pem", "-out",
                               self.path / "ca.pem"], capture_output=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        certificate.write_bytes((self.path / "key.pem").read_bytes() + (self.path / "ca.pem").read_bytes())
        self.mail.close()
        self.mail = MailReceiver(certificate)
        self.start(self.smtp(tls="starttls", tls_ca_file=str(self.path / "ca.pem")))
        self.add({"regex": "[0-9]"}, {"alert": [{"email": "ana@desk.example"}]})
        self.gateway.until(lambda: self.mail.mails, what="mail")
        self.assertTrue(self.mail.mails[0][0])

    def test_mail_without_encryption_stays_on_this_machine(self):
        config = self.path / "gateway.toml"
        config.write_text('[smtp]\nhost = "mail.example"\nfrom = "a@b.example"\ntls = "none"\n', encoding="utf-8")
        done = run("run", "--config", config, "--port", "0", data_dir=self.path / "data")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("unencrypted", done.stderr)


class RouteTest(RuleCase):
    def test_what_is_routed_goes_to_its_destination_alone(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        secret = self.path / "hook.secret"
        secret.write_text(SECRET, encoding="utf-8")
        os.chmod(secret, stat.S_IRUSR | stat.S_IWUSR)
        self.start("".join(f'[[webhooks]]\nname = "{name}"\nurl = "{receiver.url}/{name}"\nsecret_file = "{secret}"\n'
                           "allow_private = true\n" for name in "ab"))
        self.add({"regex": "[0-9]"}, {"route": ["webhook:a"]})
        since = max(one["seq"] for one in self.messages(limit=50))

        def new(name):
            with receiver.lock:
                events = [event for request in receiver.taken.get("/" + name, []) for event in request.events]
            return [event for event in events if event["kind"] == "new" and event["seq"] > since]
        def numbered(name):
            return [event for event in new(name) if re.search("[0-9]", event["message"].get("text", ""))]

        self.gateway.until(lambda: len(numbered("a")) >= 10 and len(new("b")) >= 5, 60, "both receivers to have some")
        self.assertEqual(numbered("b"), [])
        self.assertGreater(len(new("a")), len(numbered("a")))


class CommandTest(RuleCase):
    def test_the_command_line_does_all_of_it(self):
        self.start()
        data = self.gateway.data_dir
        file = self.path / "rule.json"
        file.write_text(json.dumps({"name": "digits", "conditions": {"regex": "[0-9]"}, "actions": {"tag": ["d"]}}))

        trial = json.loads(run("--json", "rules", "test", file, "--limit", "3", data_dir=data, check=0).stdout)
        self.assertGreater(trial["matched"], 0)
        self.assertLessEqual(len(trial["matches"]), 3)
        self.assertIn("match", run("rules", "test", file, data_dir=data, check=0).stdout)
        self.assertIn("no rule", run("rules", data_dir=data, check=0).stdout)
        number = json.loads(run("--json", "rules", "add", file, data_dir=data, check=0).stdout)["id"]
        self.assertIn("digits", run("rules", "list", data_dir=data, check=0).stdout)
        run("rules", "disable", number, data_dir=data, check=0)
        self.assertFalse(json.loads(run("rules", "show", number, data_dir=data, check=0).stdout)["enabled"])
        run("rules", "enable", number, data_dir=data, check=0)
        self.assertTrue(json.loads(run("rules", "show", number, data_dir=data, check=0).stdout)["enabled"])
        run("rules", "remove", number, data_dir=data, check=0)
        self.assertIn("no rule 99", run("rules", "remove", "99", data_dir=data, check=1).stderr)
        file.write_text('{"name": "x", "conditions": {"regex": "a["}, "actions": {"drop": true}}')
        refused = run("rules", "add", file, data_dir=data, check=1)
        self.assertIn("conditions.regex is no RE2 expression", refused.stderr)
        file.write_text("not json")
        self.assertIn("no JSON object", run("rules", "add", file, data_dir=data, check=2).stderr)


if __name__ == "__main__":
    unittest.main()
