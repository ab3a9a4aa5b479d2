"""The folders that rows measure on: made once a size, by the gateway's own import, and shared by the rows."""

import json
import pathlib
import resource
import shutil
import subprocess
import time

CHANNELS = 40


class Bench:
    def __init__(self, folder, build, quick):
        self.folder = pathlib.Path(folder)
        self.program = build / "telegram-gateway"
        self.tool_path = build / "bench/tg_bench"
        self.quick = quick
        self.closed_s, self.paced_s = (1.5, 2.5) if quick else (5, 10)
        self.repeats = 2 if quick else 3
        self._imported = {}
        self._loads = 0

    def tool(self, *arguments):
        done = subprocess.run([self.tool_path, *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"tg_bench {' '.join(map(str, arguments[:2]))}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def export(self, size, after=0, past=False):
        """past: of messages before those that the demo posts."""
        file = self.folder / f"export-{size}-{after}{'-past' if past else ''}.json"
        if not file.exists():
            self.tool("corpus", file, "--messages", size, "--after", after, "--channels", CHANNELS, *["--past"] * past)
        return file

    def timed_import(self, size, data_dir):
        """Seconds from exec to exit of the program, as a person would run it; and of processors."""
        shutil.rmtree(data_dir, ignore_errors=True)
        command = [self.program, "--data-dir", data_dir, "--json", "import", "--as-live", self.export(size)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        took = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if done.returncode != 0:
            raise SystemExit(f"import ended with {done.returncode}: {done.stderr.strip()[-500:]}")
        new = json.loads(done.stdout)["imports"][0]["new"]
        if new != size:
            raise SystemExit(f"import took {new} messages of {size}")
        return took, cpu

    def data(self, size):
        """A folder with so many messages, offered to consumers."""
        if size not in self._imported:
            folder = self.folder / f"data-{size}"
            self.timed_import(size, folder)
            self.remember(size, folder)
        return self._imported[size]

    def remember(self, size, folder):
        self._imported[size] = folder

    def next_load(self):
        """A number that no load of this run had: its consumers are new."""
        self._loads += 1
        return self._loads
