#!/usr/bin/env python3
"""Input that is too large, may not be read, or has no room: a clear error with its place, bounded memory, and
everything before it kept. Faults of content are in test_import.py.

TG_BINARY names the program. Needs nothing but Python's standard library; what needs root says so.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.gateway import BINARY, Gateway, program_for_everyone  # noqa: E402

HEAD = b'{"name":"Quiet","type":"public_channel","id":9000000501,"messages":['
MEMORY_KIB = 200 * 1024
NOBODY = 65534


def message(id_, text="kept"):
    return json.dumps({"id": id_, "type": "message", "date": "2024-03-01T10:00:00", "date_unixtime": "1709287200",
                       "from": "x", "text": text}).encode()


class Case(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.data = self.folder / "data"

    def run_(self, *arguments, data=None, **more):
        """Exit code, standard output, standard error, and the most memory that it had, in KiB."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TELEGRAM_GATEWAY_")}
        environment.update(more.pop("environment", {}))
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            program = program_for_everyone(self.folder) if "preexec_fn" in more else BINARY
            process = subprocess.Popen([program, "--data-dir", str(data or self.data), *map(str, arguments)], stdout=out,
                                       stderr=err, env=environment, **more)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            return process.returncode, out.read().decode(), err.read().decode(), usage.ru_maxrss

    def texts(self, data=None):
        status, out, err, _ = self.run_("export", "--format", "json", data=data)
        self.assertEqual(status, 0, err)
        return {row["messageId"]: row["text"] for row in json.loads(out)}

    def sound(self, data=None):
        status, out, err, _ = self.run_("journal", "verify", data=data)
        self.assertEqual(status, 0, out + err)


class HugeTest(Case):
    """A gigabyte of one string, through a pipe: nobody has to store it, and the program must not either."""

    def import_stream(self, pieces):
        pipe = self.folder / "result.json"
        os.mkfifo(pipe)
        sent = 0

        def feed():
            nonlocal sent
            try:
                with open(pipe, "wb", buffering=0) as sink:
                    for piece in pieces:
                        sink.write(piece)
                        sent += len(piece)
            except BrokenPipeError:
                pass  # refused before its end, as it should be

        feeder = threading.Thread(target=feed)
        feeder.start()
        result = self.run_("import", pipe)
        feeder.join()
        pipe.unlink()
        return (*result, sent)

    def gigabyte(self, before, after=b""):
        yield before
        block = b"x" * (1 << 20)
        for _ in range(1 << 10):
            yield block
        yield after

    def test_a_text_of_one_gigabyte(self):
        start = HEAD + message(1) + b',{"id":2,"type":"message","date_unixtime":"1709287200","text":"'
        status, _, err, memory, _ = self.import_stream(self.gigabyte(start, b'"}]}'))
        self.assertEqual(status, 1, err)
        self.assertIn("longer than 4 MiB", err)
        self.assertIn("message 1; 1 message is kept", err)
        self.assertLess(memory, MEMORY_KIB)
        self.assertEqual(self.texts(), {1: "kept"})

    def test_one_gigabyte_where_nobody_looks(self):
        start = b'{"about":"'
        status, _, err, memory, _ = self.import_stream(
            self.gigabyte(start, b'",' + HEAD[1:] + message(1) + b"]}"))
        self.assertLess(memory, MEMORY_KIB)
        if status == 0:
            self.assertEqual(self.texts(), {1: "kept"})
        else:
            self.assertEqual(status, 1, err)
            self.assertIn("longer than 4 MiB", err)

    def test_a_line_of_one_gigabyte(self):
        start = b'{"v":1,"type":"export","program":"telegram-gateway"}\n{"v":1,"type":"chat","title":"'
        status, _, err, memory, _ = self.import_stream(self.gigabyte(start))
        self.assertEqual(status, 1, err)
        self.assertRegex(err, "larger than|longer than")
        self.assertLess(memory, MEMORY_KIB)

    def test_many_messages_need_no_more_memory_than_few(self):
        count = 60_000

        def pieces():
            yield HEAD + message(1, "t" * 1000)
            for id_ in range(2, count + 1):
                yield b"," + message(id_, f"{id_} " + "t" * 1000)
            yield b"]}"

        status, out, err, memory, sent = self.import_stream(pieces())
        self.assertEqual(status, 0, err)
        self.assertIn("60,000 new", out)
        self.assertGreater(sent, 60 << 20)
        self.assertLess(memory, MEMORY_KIB)


@unittest.skipUnless(os.geteuid() == 0, "needs root, to become another user")
class PermissionTest(Case):
    def test_an_export_that_may_not_be_read(self):
        self.folder.chmod(0o777)
        secret = self.folder / "result.json"
        secret.write_bytes(HEAD + message(1) + b"]}")
        secret.chmod(0)

        def as_nobody():
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)

        status, out, err, _ = self.run_("import", secret, preexec_fn=as_nobody)
        self.assertEqual((status, out), (1, ""))
        self.assertIn(f"opening {secret}: Permission denied", err)
        self.assertIn("chmod", err)


@unittest.skipUnless(os.geteuid() == 0, "needs root, to mount a small disk")
class FullDiskTest(Case):
    MESSAGES = 30_000

    def setUp(self):
        super().setUp()
        self.small = self.folder / "small"
        self.small.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", self.small], capture_output=True,
                              text=True)
        if made.returncode != 0:
            self.skipTest("no small disk can be mounted here: " + made.stderr.strip())
        self.addCleanup(subprocess.run, ["umount", "-l", self.small], check=True)
        self.export = self.folder / "result.json"
        with open(self.export, "wb") as file:
            file.write(HEAD + message(1, "1 " + "t" * 500))
            for id_ in range(2, self.MESSAGES + 1):
                file.write(b"," + message(id_, f"{id_} " + "t" * 500))
            file.write(b"]}")

    def test_full_in_the_middle(self):
        data = self.small / "data"
        none = {"TELEGRAM_GATEWAY_DISK__RESERVE_BYTES": "0"}
        status, _, err, _ = self.run_("import", self.export, data=data, environment=none)
        self.assertEqual(status, 1, err)
        self.assertRegex(err, r"result\.json: .*full")
        self.assertRegex(err, r"the last good one was .*message \d+")
        self.assertIn("Free", err)
        said = int(err.split(" messages are kept")[0].rsplit(" ", 1)[1])

        # On a larger disk it goes on where it stopped: what was said to be kept is there, and nothing comes twice.
        shutil.copytree(data, self.data)
        kept = self.texts()
        self.assertEqual(len(kept), said)
        self.assertGreater(said, 1000)
        self.assertEqual(set(kept), set(range(1, said + 1)), "not the first ones")
        self.sound()
        status, out, err, _ = self.run_("import", self.export, "--json", environment=none)
        self.assertEqual(status, 0, err)
        again = json.loads(out)["imports"][0]
        self.assertEqual((again["new"], again["known"], again["versions"]), (self.MESSAGES - said, said, 0))
        self.assertEqual(len(self.texts()), self.MESSAGES)
        self.sound()

    def test_a_gateway_whose_disk_was_full_goes_on_by_itself(self):
        config = self.folder / "gateway.toml"
        config.write_text("[disk]\nreserve_bytes = 0\n")
        with Gateway("--config", config, "run", data_dir=self.small / "data") as gateway:
            filler = self.small / "filler"
            with self.assertRaises(OSError), open(filler, "wb", buffering=0) as file:
                while True:
                    file.write(b"0" * 4096)
            made = 0
            while (status := gateway.post("/api/consumers", {"name": f"reader-{made}"})[0]) == 201:
                made += 1
                self.assertLess(made, 10_000, "the disk does not get full")
            self.assertEqual(status, 507)
            filler.unlink()
            gateway.until(lambda: gateway.post("/api/consumers", {"name": "reader"})[0] == 201, what="a write to be taken")
            names = {one["name"] for one in gateway.get("/api/consumers")[1]["data"]}
            self.assertEqual(names, {f"reader-{i}" for i in range(made)} | {"reader"})

    def test_less_than_the_reserve_takes_nothing_and_says_why(self):
        status, _, err, _ = self.run_("import", self.export, data=self.small / "data")
        self.assertEqual(status, 1, err)
        self.assertIn("kept in reserve", err)
        self.assertIn("disk.reserve_bytes", err)


if __name__ == "__main__":
    unittest.main()
