#!/usr/bin/env python3
"""Every subcommand as a new user meets it: what it prints, what it says when it cannot, and its exit code.

TG_BINARY names the program (default: build/release/telegram-gateway). Needs nothing but Python's standard library.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support.cli import ACCOUNT, CHANNEL, COMMANDS, Case, HARBOUR, ROOT  # noqa: E402
from support.gateway import BINARY, Gateway, free_port  # noqa: E402


class UsageTest(Case):
    def test_without_a_command_the_whole_help(self):
        done = subprocess.run([BINARY], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        for command in COMMANDS:
            self.assertRegex(done.stderr, rf"(?m)^  {command} +\w")

    def test_help_of_every_command(self):
        for command in COMMANDS:
            with self.subTest(command):
                out = self.good(command, "--help")
                self.assertIn(f"Usage: telegram-gateway {command}", out)
                self.assertNotIn("TEXT:", out)  # the parser's own words for values
                self.assertRegex(out, "Example: telegram-gateway|Exit codes: 0 done|source <")

    def test_version(self):
        self.assertRegex(self.good("--version"), r"\Atelegram-gateway \d+\.\d+\.\d+\n\Z")
        self.assertIn("unofficial", self.good("version"))
        self.assertEqual(self.json("version")["name"], "telegram-gateway")

    def test_a_word_that_is_no_command_names_the_nearest(self):
        self.bad(2, "mesages", says=["no command mesages", "nearest is messages"])
        self.bad(2, "journal", "verfy", says=["telegram-gateway journal has no command verfy", "nearest is verify"])
        self.bad(2, "journal", says=["needs a command: stats, verify, compact"])
        self.bad(2, "channels", "extra", says=["channels has no command extra"])

    def test_an_option_that_is_not_there_names_the_nearest(self):
        self.bad(2, "messages", "--limi", "3", says=["no option --limi", "nearest is --limit"])
        self.bad(2, "messages", "--jsn", says=["nearest is --json"])
        self.bad(2, "--dta-dir", "x", "status", says=["nearest is --data-dir"])

    def test_nothing_near_is_not_guessed(self):
        for words in (("qqqqqq",), ("messages", "--qqqqqq")):
            status, _, err = self.run_(*words)
            self.assertEqual(status, 2)
            self.assertNotIn("nearest", err)
            self.assertIn("--help lists them", err)

    def test_values_that_do_not_fit(self):
        self.bad(2, "messages", "--limit", "0", says=["--limit", "from 1 to 10000, not 0", "messages --help"])
        self.bad(2, "messages", "--channel", "abc", says=["--channel takes a number, not abc"])
        self.bad(2, "coverage", "abc", says=["takes a number, not abc"])
        self.bad(2, "export", "--format", "xml", says=["--format", "ndjson"])
        self.bad(2, "run", "--port", "70000", says=["--port", "65535"])
        self.bad(2, "import", says=["file is required", "import --help"])
        self.bad(2, "messages", "--from", "yesterday", says=["yesterday is no date", "2026-11-24"])
        self.bad(2, "export", "--to", "soon", says=["--to soon is no date"])

    def test_an_empty_data_folder_option_is_not_the_default_folder(self):
        done = subprocess.run([BINARY, "--data-dir", "", "status"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("--data-dir: is empty", done.stderr)

    def test_a_wrong_configuration_stops_every_command(self):
        wrong = self.folder / "wrong.toml"
        wrong.write_text('[server]\nprot = 4011\n[demo]\nrate = "x"\n')
        for command in ("status", "messages", "import x", "run"):
            with self.subTest(command):
                status, out, err = self.run_(*command.split(), "--config", wrong)
                self.assertEqual((status, out), (2, ""), err)
                self.assertIn("wrong.toml, line 2", err)
                self.assertIn("nearest known key is server.port", err)
                self.assertIn("demo.rate", err)
        self.bad(2, "status", "--config", self.folder / "none.toml", says=["does not exist", "config reference"])


class NothingThereTest(Case):
    def test_reading_says_how_to_get_something(self):
        for command in ("messages", "channels", "status", "coverage", "failures", "failures list", "failures show 1",
                        "failures drop 1", "journal stats", "journal verify", "journal compact", "export"):
            for more in ((), ("--json",)):
                with self.subTest(command, more=more):
                    self.bad(1, *command.split(), *more, says=["there is no journal in", "import an export"])
        self.assertFalse(self.data.exists())

    def test_doctor_finds_nothing_wrong(self):
        report = self.json("doctor", TELEGRAM_GATEWAY_PORT=str(free_port()))
        self.assertTrue(report["ok"])
        self.assertFalse(self.data.exists())

    def test_a_data_folder_that_is_a_file(self):
        file = self.folder / "file"
        file.write_text("mine")
        for data in (file, file / "below"):
            with self.subTest(data):
                self.bad(1, "import", CHANNEL, data=data, says=["Name a folder"])
                status, out, err = self.run_("doctor", data=data, TELEGRAM_GATEWAY_PORT=str(free_port()))
                self.assertEqual((status, err), (3, ""))
                self.assertRegex(out, r"(?m)^FIX   data folder: .*Fix: name a")


class ListsTest(Case):
    def test_messages(self):
        self.harbour()
        out = self.good("messages")
        lines = out.splitlines()
        self.assertRegex(lines[0], r"^id +posted +channel +text$")
        self.assertEqual(lines[-1], "14 in all")
        self.assertRegex(out, r"(?m)^-1009000000501:2 +2024-03-01 10:01 +Quiet Harbour .*Good morning")
        self.assertIn("[photo] Fog bank", out)
        answer = self.json("messages", "--channel", HARBOUR, "--to", "2024-03-01T10:02:00Z", "--oldest-first")
        self.assertEqual([m["messageId"] for m in answer["messages"]][:2], [1, 2])
        self.bad(1, "messages", "--search", "tide", says=["no search index yet", "Start the gateway"])

    def test_a_plain_date_as_the_end_includes_its_day(self):
        self.harbour()
        everything = self.json("messages", "--oldest-first")["messages"]
        first_day = [m["messageId"] for m in everything if m["date"].startswith("2024-03-01")]
        day = ("--from", "2024-03-01", "--to", "2024-03-01")
        self.assertEqual([m["messageId"] for m in self.json("messages", "--oldest-first", *day)["messages"]], first_day)
        self.assertEqual(len(json.loads(self.good("export", "--format", "json", *day))), len(first_day))
        for command in ("messages", "export"):
            self.bad(2, command, "--from", "2024-03-02", "--to", "2024-03-01", says=["--from 2024-03-02", "is after --to"])
        with Gateway("run", data_dir=self.data) as gateway:
            of_api = gateway.get("/api/messages?from=2024-03-01&to=2024-03-01&limit=100")[1]["data"]
            self.assertEqual(len(of_api), len(first_day))
            status, answer = gateway.get("/api/messages?from=2024-03-02&to=2024-03-01")
            self.assertEqual(status, 400, answer)
            self.assertIn("is after to", json.dumps(answer))

    def test_pages_join_without_a_gap(self):
        self.harbour()
        seen, cursor = [], []
        while True:
            page = self.json("messages", "--limit", "4", *cursor)
            seen += [message["messageId"] for message in page["messages"]]
            if "nextCursor" not in page:
                break
            cursor = ["--cursor", page["nextCursor"]]
        self.assertEqual(seen, sorted(set(seen), reverse=True))
        self.assertEqual(len(seen), 14)
        self.bad(2, "messages", "--cursor", "zzz", says=["cursor"])

    def test_channels_and_what_is_proven_of_them(self):
        self.good("import", ACCOUNT)
        self.assertIn("Quiet Harbour", self.good("channels"))
        rows = {row["channelId"]: row for row in self.json("channels")["channels"] if row["title"]}
        self.assertEqual(rows[HARBOUR]["messages"], 14)
        self.assertIn("only imported", self.good("coverage"))
        self.assertRegex(self.good("coverage"), r"(?m)^-1009000000601 .* Night Desk$")
        self.assertIn(HARBOUR, [row["channelId"] for row in self.json("coverage")["channels"]])
        self.assertEqual(self.json("coverage", HARBOUR)["channelId"], HARBOUR)
        self.assertRegex(self.good("coverage", HARBOUR), r"\Afrom +to +ids +state +when +why\n")

    def test_an_unknown_channel(self):
        self.harbour()
        for command in ("messages --channel", "export --channel", "coverage"):
            for channel in ("99", "-1001234567890"):
                with self.subTest(command, channel=channel):
                    self.bad(1, *command.split(), channel, says=[f"channel {channel}", "telegram-gateway channels"])

    def test_status(self):
        self.harbour()
        out = self.good("status")
        self.assertIn(f"does not run on {self.data}", out)
        self.assertIn("14 messages of 1 chat\n", out)
        self.assertIn("nothing is proven", out)
        status = self.json("status")
        self.assertEqual((status["running"], status["messages"], status["quarantined"]), (False, 14, 0))

    def test_failures(self):
        self.harbour()
        self.assertEqual(self.good("failures"), "nothing is set aside\n")
        wrong = self.folder / "result.json"
        wrong.write_text('{"name":"Quiet","type":"public_channel","id":9000000501,"messages":['
                         '{"id":70,"type":"message","text":"no date"}]}')
        status, _, err = self.run_("import", wrong)
        self.assertEqual(status, 3)
        self.assertRegex(err, r"\Aset aside: .*message 70")

        row, = self.json("failures")["failures"]
        self.assertIn("message 70", row["place"])
        self.assertRegex(self.good("failures", "list"), r"(?m)^id +set aside by +tries +last +reason +place$")
        self.assertIn("no date", self.good("failures", "show", row["id"]))
        self.assertIn("no date", self.json("failures", "show", row["id"])["payload"])
        self.assertIn("1; see failures", self.good("status"))
        self.bad(1, "failures", "show", "999", says=["999", "failures list"])
        self.bad(2, "failures", "retry", says=["Name ids, or --of READER"])
        self.bad(1, "failures", "retry", row["id"], says=["no gateway runs"])
        self.assertIn("others were not", self.good("failures", "drop", "999", row["id"], code=3))
        self.assertEqual(self.json("failures", "drop", row["id"], code=3), {"dropped": 0})
        self.assertEqual(self.good("failures"), "nothing is set aside\n")

    def test_what_can_be_read_after_all_is_no_longer_set_aside(self):
        file = self.folder / "result.json"
        head = '{"name":"Quiet","type":"public_channel","id":9000000501,"messages":['
        broken = [f'{{"id":{n},"type":"message","text":"no date"}}' for n in (7, 70, 71)]
        mended = '{"id":70,"type":"message","date":"2024-03-01T10:00:00","date_unixtime":"1709287200","text":"mended"}'
        file.write_text(head + ",".join(broken) + "]}")
        self.assertEqual(self.run_("import", file)[0], 3)
        out = self.good("doctor", code=3, TELEGRAM_GATEWAY_PORT=str(free_port()))
        self.assertRegex(out, r"(?m)^FIX   set aside: 3 messages could not be read or delivered, .*import it again")
        file.write_text(head + ",".join([broken[0], mended, broken[2]]) + "]}")

        status, out, _ = self.run_("import", file)

        self.assertEqual(status, 3)
        self.assertIn("1 set aside before, taken in now", out)
        places = [row["place"] for row in self.json("failures")["failures"]]
        self.assertEqual({re.search(r"message (\d+)", place)[1] for place in places}, {"7", "71"})

    def test_what_is_set_aside_waits_for_its_own_message(self):
        def chat(peer, *messages):
            return f'{{"name":"News","type":"public_channel","id":{peer},"messages":[{",".join(messages)}]}}'

        def message(text, when="1709287200"):
            return f'{{"id":5,"type":"message","date":"2024-03-01T10:00:00","date_unixtime":"{when}","text":"{text}"}}'
        file = self.folder / "result.json"
        file.write_text('{"chats":{"list":[' + ",".join([
            chat(9000000501, '{"id":5,"type":"message","text":"no date"}'),
            chat(9000000502, message("readable")),
            chat(9000000503, message("one"), message("another"))]) + ']}}')

        for _ in range(2):
            _, out, _ = self.run_("import", file)
            self.assertNotIn("taken in now", out)
            self.assertEqual(len(self.json("failures")["failures"]), 2)

    def test_an_import_says_what_it_offered_and_which_files_it_took(self):
        self.assertNotIn("offered", self.good("import", CHANNEL))
        self.assertIn("offered to consumers as if they were new", self.good("import", "--as-live", CHANNEL))
        data = self.folder / "other"
        report, = self.json("import", "--as-live", "--media", CHANNEL, data=data)["imports"]
        self.assertEqual((report["offered"], report["mediaFiles"]), (14, 1))
        self.assertEqual(report["mediaBytes"], (ROOT / "tests/data/files/tides.txt").stat().st_size)
        out = self.good("import", "--as-live", "--media", CHANNEL, data=self.folder / "third")
        self.assertIn("  14 offered to consumers", out)
        self.assertRegex(out, r"(?m)^  1 media file \(\d+ KiB\) taken into .*third/media, 0 not beside the export$")

    def test_what_was_only_imported_shows_its_range_and_no_proof(self):
        self.harbour()
        row, = self.json("coverage")["channels"]
        self.assertEqual((row["promised"], row["storedMessages"], row["storedFrom"], row["storedTo"], row["provenAt"]),
                         (False, 14, 1, 15, None))
        self.assertRegex(self.good("coverage"), r"(?m)^-1009000000501 .* only imported +14 +1–15 +Quiet Harbour")
        self.assertRegex(self.good("coverage", HARBOUR), r"(?m)^ *1 +15 +14 +imported +– +not proven: ")
        self.assertEqual(self.json("coverage", HARBOUR)["storedTo"], 15)

    def test_messages_as_json_have_media_and_edit_date(self):
        self.harbour()
        rows = {row["messageId"]: row for row in self.json("messages")["messages"]}
        self.assertEqual(rows[14]["media"]["fileName"], "tides.txt")
        self.assertNotIn("media", rows[1])
        edited = [m["id"] for m in json.loads(CHANNEL.read_text())["messages"] if "edited" in m and m["id"] in rows]
        self.assertEqual([n for n in sorted(rows) if "editDate" in rows[n]], edited)
        self.assertTrue(edited)

    def test_a_channels_number_without_its_mark(self):
        self.harbour()
        for number in ("9000000501", "-9000000501"):
            self.bad(1, "messages", "--channel", number, says=[f"Write {HARBOUR} for Quiet Harbour"])

    def test_an_export_that_does_not_import_back_names_the_one_that_does(self):
        self.harbour()
        for form in ("json", "csv"):
            file = self.folder / f"out.{form}"
            self.good("export", "--format", form, "-o", file)
            self.bad(1, "import", file, says=[f"a {form} export of this program", "export --format ndjson"])

    def test_an_export_says_which_files_it_leaves_out(self):
        self.good("import", "--media", CHANNEL)
        out = self.good("export", "--format", "html", "-o", self.folder / "site")
        with_file = [m for m in self.json("messages")["messages"] if m.get("media", {}).get("type", "poll") != "poll"]
        self.assertRegex(out, rf"(?m)^  without the media files of {len(with_file)} messages; 1 of them "
                              rf".*{self.data}/media: copy that folder")
        report = self.json("export", "--format", "csv", "-o", self.folder / "out.csv")
        self.assertEqual((report["filesLeftOut"], report["filesKept"]), (len(with_file), 1))

    def test_journal(self):
        self.harbour()
        stats = self.json("journal", "stats")
        self.assertEqual((stats["messages"], stats["events"]), (14, 14))
        self.assertTrue(self.good("journal", "stats").startswith("file "))
        self.assertTrue(self.good("journal", "verify").startswith("sound: "))
        self.assertTrue(self.json("journal", "verify")["sound"])
        self.assertIn("KiB now", self.good("journal", "compact"))
        self.assertGreater(self.json("journal", "compact")["bytes"], 0)

    def test_exports(self):
        self.harbour()
        target = self.folder / "out.csv"
        self.assertRegex(self.good("export", "--format", "csv", "-o", target), r"14 messages of 1 chat written to ")
        self.bad(1, "export", "--format", "csv", "-o", target, says=["--force"])
        self.assertEqual(self.json("export", "--format", "csv", "-o", target, "--force")["messages"], 14)
        self.bad(2, "export", "--format", "html", says=["folder", "--output"])
        self.bad(1, "export", "-o", self.folder / "none/x", says=["Make the folder first"])
        self.assertEqual(len(json.loads(self.good("export", "--format", "json"))), 14)

    def test_configuration(self):
        self.assertTrue(self.good("config", "check").startswith("ok: "))
        self.assertTrue(self.json("config", "check")["ok"])
        self.assertIn(f'data_dir = "{self.data}"', self.good("config", "show"))
        self.json("config", "show")
        reference = self.folder / "telegram-gateway.toml"
        reference.write_text(self.good("config", "reference"))
        self.assertTrue(self.good("config", "check", "--config", reference).startswith("ok: "))
        wrong = self.folder / "wrong.toml"
        wrong.write_text("[server]\nprot = 4011\n")
        self.assertEqual([e["fix"] for e in self.json("config", "check", "--config", wrong, code=2)["errors"]],
                         ["The nearest known key is server.port"])
        self.assertIn("FIX   configuration", self.good("doctor", "--config", wrong, code=3))

    def test_a_configuration_that_cannot_be_used_is_shown_with_its_errors(self):
        wrong = self.folder / "wrong.toml"
        wrong.write_text("[server\nport = 4011\n")
        for more in ((), ("--json",)):
            status, out, err = self.run_("config", "show", *more, "--config", wrong)
            self.assertEqual(status, 2)
            self.assertIn("4010", out)
            self.assertRegex(err, r"\Aerror: .*wrong\.toml, line 1")

    def test_a_token_from_its_making_to_its_use(self):
        file = self.folder / "trader.token"
        out = self.good("token", "create", "trader", "--scope", "read", "-o", file)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        secret = file.read_text().strip()
        self.assertRegex(secret, r"\A[0-9a-f]{64}\Z")
        self.assertNotIn(secret, out)
        self.assertIn(f"""curl -H "Authorization: Bearer $(cat '{file}')" http://127.0.0.1:4010/api/messages""", out)
        by_file, by_digest = self.folder / "file.toml", self.folder / "digest.toml"
        entry = out[out.index("[[auth.tokens]]"):].split("\n\n")[0]
        by_file.write_text(entry + "\n")
        by_digest.write_text(entry.rsplit("\n", 1)[0] + "\n" + re.search('(?m)^sha256 = .*$', out)[0] + "\n")
        self.bad(1, "token", "create", "trader", "-o", file, says=["File exists", "--output"])
        self.bad(2, "token", "create", "../trader", says=["takes letters"])
        self.assertEqual(self.json("token", "create", "b", "-o", self.folder / "b")["scopes"], ["read"])
        for config in (by_file, by_digest):
            with self.subTest(config), Gateway("--config", config, "run", data_dir=self.data) as gateway:
                self.assertEqual(gateway.get("/api/messages")[0], 401)
                allowed = {"Authorization": f"Bearer {secret}"}
                self.assertEqual(gateway.get("/api/messages", headers=allowed)[0], 200)
                self.assertEqual(gateway.post("/api/consumers", {"name": "a"}, headers=allowed)[0], 403)
                gateway.stop()

    def test_a_full_disk_behind_standard_output(self):
        self.harbour()
        for command in ("messages", "status", "channels", "config show", "export --format csv", "man"):
            with self.subTest(command), open("/dev/full", "w") as full:
                done = subprocess.run([BINARY, "--data-dir", self.data, *command.split()], stdout=full,
                                      stderr=subprocess.PIPE, text=True, timeout=60)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, r"\Aerror: writing .*Free some")


class BesideAGatewayTest(Case):
    def test_reads_go_on_and_writes_say_who_is_in_the_way(self):
        self.harbour()
        with Gateway("run", data_dir=self.data) as gateway:
            self.assertIn(f"gateway   runs on {self.data}", self.good("status"))
            self.assertTrue(self.json("status")["running"])
            for command in ("messages", "channels", "coverage", "failures", "journal stats", "journal verify",
                            "export --format csv"):
                with self.subTest(command):
                    self.good(*command.split())
            for command in (f"import {CHANNEL}", "failures drop 1", "journal compact"):
                with self.subTest(command):
                    self.bad(1, *command.split(), says=[f"another process uses {self.data}", "Stop the gateway"])
            gateway.until(lambda: self.run_("messages", "--search", "tide at")[0] == 0, what="the search index")
            gateway.until(lambda: self.json("messages", "--search", "tide at")["messages"], what="a hit")
            status, _, err = self.run_("run", "--port", "0")
            self.assertEqual(status, 1)
            self.assertIn("Stop the gateway", err)
            status, _, err = self.run_("run", "--port", gateway.port, data=self.folder / "other")
            self.assertEqual(status, 1)
            self.assertRegex(err, rf"127\.0\.0\.1:{gateway.port}: .*Stop the program that holds the port")
            out = self.good("doctor", TELEGRAM_GATEWAY_PORT=str(free_port()))
            self.assertIn("a gateway runs on it", out)
            self.assertIn(f"port: the gateway that runs listens at {gateway.url}/", out)
            self.assertIn(f"runs on {self.data}, dashboard {gateway.url}/", self.good("status"))
            self.assertIn("FIX   port", self.good(
                "doctor", code=3, data=self.folder / "new", TELEGRAM_GATEWAY_PORT=str(gateway.port)))
            self.assertEqual(gateway.stop(), 0)
        self.assertIn("does not run on", self.good("status"))

    def test_a_search_says_how_far_its_index_is_behind(self):
        self.harbour()
        with Gateway("run", data_dir=self.data) as gateway:
            gateway.until(lambda: self.run_("messages", "--search", "tide at")[0] == 0, what="the search index")
            gateway.stop()
        self.assertEqual(self.json("messages", "--search", "tide at")["searchBehindEvents"], 0)
        self.good("import", ACCOUNT)
        for more in ((), ("--json",)):
            status, out, err = self.run_("messages", "--search", "nowhere to be found", *more)
            self.assertEqual(status, 3)
            self.assertRegex(err, r"\Awarning: the search index is [1-9]\d* events behind: .*start it.*\n\Z")
        self.assertGreater(json.loads(out)["searchBehindEvents"], 0)

    def test_channels_are_changed_through_the_gateway_with_its_token(self):
        token, config = self.folder / "me.token", self.folder / "gateway.toml"
        self.good("token", "create", "me", "--scope", "admin", "-o", token)
        config.write_text(f'[[auth.tokens]]\nname = "me"\nscopes = ["admin"]\ntoken_file = "{token}"\n')
        self.harbour()
        with Gateway("run", "--config", config, data_dir=self.data) as gateway:
            self.bad(1, "channels", "remove", HARBOUR, says=["--token-file"])
            self.bad(1, "channels", "remove", "-1005", "--token-file", token, says=["-1005"])
            self.bad(1, "channels", "add", "@durov", "--config", config, says=["telegram.api_id is not set"])
            self.assertIn("1 channel removed", self.good("channels", "remove", HARBOUR, "--config", config))
            self.assertEqual(gateway.stop(), 0)
        self.bad(1, "channels", "remove", HARBOUR, says=["no gateway runs", "telegram-gateway run"])
        self.bad(2, "channels", "add", says=["@name"])
        self.bad(2, "channels", "add", "--csv", self.folder / "none.csv", says=["none.csv"])

    def test_sync_asks_the_gateway_and_says_how_each_channel_stands(self):
        self.bad(1, "sync", says=["no gateway runs", "telegram-gateway run"])
        with Gateway("demo", "--rate", "50", "--history", "5", "--channels", "3", data_dir=self.data) as gateway:
            gateway.until(lambda: len(gateway.get("/api/channels")[1]["data"]) == 3, what="its channels")
            channels = self.json("channels")["channels"]
            first, second = channels[0], channels[1]
            out = self.good("sync")
            self.assertRegex(out.splitlines()[0], r"^id +title +new +seen +missing +result$")
            for channel in channels:
                self.assertRegex(out, rf"(?m)^{channel['channelId']} +{re.escape(channel['title'])} .* 0  done$")
            self.assertEqual(out.splitlines()[-1], "3 of 3 channels done")
            answer = self.json("sync", first["channelId"], second["title"])
            self.assertEqual((answer["state"], answer["missing"]), ("done", 0))
            self.assertEqual({one["channelId"] for one in answer["channels"]}, {first["channelId"], second["channelId"]})
            self.assertEqual(set(answer["channels"][0]), {"channelId", "title", "state", "new", "seen", "missing", "reason"})
            self.assertRegex(self.good("sync", "--no-wait"), r"\Async-\d+ is under way; .*\n\Z")
            self.bad(1, "sync", first["channelId"] + "7", says=[f"The nearest is {first['channelId']}, {first['title']}"])
            self.bad(1, "sync", first["title"][1:], says=[f"The nearest is {first['title']} ({first['channelId']})"])
            self.bad(1, "sync", "zzzzzzzzzzzzzz", says=["no channel here is called zzzzzzzzzzzzzz. telegram-gateway channels"])
            self.assertEqual(gateway.stop(), 0)

    def test_demo_without_an_account(self):
        with Gateway("demo", "--rate", "50", "--history", "5", "--channels", "2", data_dir=self.data) as gateway:
            gateway.until(lambda: gateway.get("/api/messages?limit=1")[1]["data"], what="a message")
            self.assertEqual(len(self.json("channels")["channels"]), 2)
            self.assertRegex(self.good("status"), r"complete  [\d,]+ of [\d,]+ ids accounted for")
            self.assertEqual(gateway.stop(), 0)
        self.assertTrue(self.json("journal", "verify")["sound"])


class DemoTest(Case):
    """The demo keeps out of what it did not begin."""

    def start(self, *arguments, **environment):
        """A gateway of these arguments, its two lines on standard output, ended again."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_GATEWAY_")}
        process = subprocess.Popen([BINARY, *arguments, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True, env={**clean, **environment})
        patience = threading.Timer(60, process.kill)  # ends a read of what never comes
        patience.start()
        try:
            lines = [process.stdout.readline(), process.stdout.readline()]
            url = re.fullmatch(r"dashboard  (http://127\.0\.0\.1:\d+/)\n", lines[0])
            self.assertTrue(url, lines)
            with urllib.request.urlopen(url[1] + "health/live", timeout=30) as answer:
                self.assertEqual(answer.status, 200)
            return lines[1]
        finally:
            patience.cancel()
            process.terminate()
            process.communicate(timeout=60)

    def test_it_refuses_an_archive_that_it_did_not_begin(self):
        self.harbour()
        for command in (("demo",), ("run", "--demo")):
            with self.subTest(command):
                status, _, err = self.run_(*command, "--port", "0")
                self.assertEqual(status, 1)
                self.assertIn(f"{self.data} holds an archive that is not a demo's", err)
                self.assertIn("Name another folder with --data-dir", err)
        self.assertEqual([row["channelId"] for row in self.json("channels")["channels"]], [HARBOUR])

    def test_what_is_imported_into_a_demo_does_not_lock_it_out(self):
        with Gateway("demo", "--history", "5", "--channels", "1", data_dir=self.data) as gateway:
            gateway.until(lambda: gateway.get("/api/messages?limit=1")[1]["data"], what="a message")
            gateway.stop()
        self.harbour()
        with Gateway("demo", data_dir=self.data) as gateway:
            self.assertEqual(gateway.stop(), 0)

    def test_run_and_demo_say_where_the_dashboard_and_the_data_are(self):
        self.assertEqual(self.start("--data-dir", str(self.data), "run"), f"data       {self.data}\n")
        own = self.folder / "state"
        enabled = {"TELEGRAM_GATEWAY_DEMO__ENABLED": "true"}
        for command, more in ((("demo",), {}), (("run", "--demo"), {}), (("run",), enabled)):
            with self.subTest(command):
                self.assertEqual(self.start(*command, XDG_STATE_HOME=str(own), **more),
                                 f"data       {own}/telegram-gateway-demo\n")


class DamageTest(Case):
    def test_a_file_that_is_no_journal(self):
        self.data.mkdir()
        (self.data / "journal.db").write_bytes(b"mine, not yours. " * 4000)
        for command in ("status", "messages", f"import {CHANNEL}", "journal verify"):
            with self.subTest(command):
                self.bad(1, *command.split(), says=[str(self.data / "journal.db"), "not a database", "backup"])
        self.assertIn("FIX   journal", self.good("doctor", code=3, TELEGRAM_GATEWAY_PORT=str(free_port())))
        self.assertTrue((self.data / "journal.db").read_bytes().startswith(b"mine"))


@unittest.skipUnless(os.geteuid() == 0, "needs root, to become another user")
class PermissionTest(Case):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.harbour()

    def test_another_users_data_folder(self):
        for command in ("status", "messages", "journal verify", "export", "failures drop 1", "journal compact"):
            with self.subTest(command):
                self.bad(1, *command.split(), nobody=True, says=["Permission denied", "user"])
        self.bad(1, "import", CHANNEL, nobody=True, says=["Permission denied", "owner and mode"])
        status, _, err = self.run_("run", "--port", "0", nobody=True)
        self.assertEqual(status, 1)
        self.assertIn("owner and mode", err)
        out = self.good("doctor", code=3, nobody=True, TELEGRAM_GATEWAY_PORT=str(free_port()))
        self.assertRegex(out, "(?m)^FIX   data folder: .*cannot be written by this user")
        self.assertRegex(out, "(?m)^FIX   journal: .*Permission denied")

    def test_a_folder_that_may_only_be_read(self):
        with Gateway("run", data_dir=self.data):
            self.data.chmod(0o755)
            for name in ("journal.db", "journal.db-wal", "journal.db-shm"):
                (self.data / name).chmod(0o644)
            self.assertIn("not known whether it runs", self.good("status", nobody=True))
            self.assertIsNone(self.json("status", nobody=True)["running"])
            self.assertIn("14 in all", self.good("messages", nobody=True))
            self.bad(1, "journal", "compact", nobody=True, says=["Permission denied"])

    def test_a_place_where_no_folder_can_be_made(self):
        self.bad(1, "import", CHANNEL, data=self.folder / "new", nobody=True, says=["cannot make", "--data-dir"])


if __name__ == "__main__":
    unittest.main()
