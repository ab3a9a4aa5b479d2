"""The database's disk fills up under 200 messages a second: the other destinations go on undisturbed, and when there is
room again the database catches up by itself, with nothing lost and no row twice. Prints a figure.

Needs a disk of its own for PostgreSQL, and so the right to mount one: it is left out for all but root.

TG_DISK_FULL_EVENTS: so many go to the others before there is room again (default 1,000: 5 s).
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]

import hybrid  # noqa: E402
import readers  # noqa: E402
from stack import Stack, shared_stack, until  # noqa: E402

DISK_MIB = 256
# Segments of the log are written ahead: on a small disk they must be few.
SMALL = "max_wal_size = 64MB\nmin_wal_size = 32MB\nshared_buffers = 32MB\n"
OTHERS = ("redis", "rabbitmq", "webhook:test")
PATIENCE = 120
EVENTS = int(os.environ.get("TG_DISK_FULL_EVENTS", "1000"))


def may_mount():
    """Tried where nobody else sees it."""
    if os.geteuid() != 0:
        return False
    tried = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    return tried.returncode == 0


def section(text, name):
    return f"[{name}]" + text.split(f"[{name}]")[1].split("\n[")[0] + "\n"


@unittest.skipUnless(may_mount(), "a disk of its own for PostgreSQL needs the right to mount one (root)")
class DiskFull(unittest.TestCase):
    maxDiff = 3000

    def setUp(self):
        self.others = shared_stack("redis", "sentinel", "rabbitmq")
        self.stack = Stack()
        self.disk = self.stack.folder / "postgresql"
        self.mount()
        self.addCleanup(self.stack.remove)
        self.stack.up("postgresql", "pgbouncer")
        self.hook = readers.HookReader()
        self.addCleanup(self.hook.stop)
        addresses = section(self.stack.config_toml, "postgres") + "".join(
            section(self.others.config_toml, name) for name in ("redis", "rabbitmq"))
        self.gateway = hybrid.HybridGateway(self.stack, hook=self.hook.url, addresses=addresses)
        self.addCleanup(self.gateway.kill)
        self.queue = readers.QueueReader(self.others)
        self.addCleanup(self.queue.stop)

    def mount(self):
        self.stack.states()  # makes the folder, for the user that servers run as
        owner = os.stat(self.stack.folder)
        self.disk.mkdir()
        options = f"size={DISK_MIB}m,mode=700,uid={owner.st_uid},gid={owner.st_gid}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", self.disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=False)
        settings = self.disk / "override.conf"
        settings.write_text(SMALL, encoding="utf-8")
        os.chmod(settings, 0o644)

    def again(self, *arguments):
        self.gateway.stop()
        self.gateway.arguments = ["run", "--profile", "hybrid", "--config", str(self.gateway.config), *arguments]
        self.gateway.start()

    @contextlib.contextmanager
    def full(self):
        filler = self.disk / "filler"
        with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"\0" * (1 << 20)):
                pass
        try:
            yield
        finally:
            filler.unlink()

    def counted(self, name):
        return self.gateway.metric("delivered_total", reader=name)

    def is_down(self):
        return self.gateway.metric("destination_up", reader="postgres") == 0

    def test_full_and_free_again(self):
        self.gateway.start()
        self.assertTrue(self.queue.ready.wait(60), "the exchange was not made")
        self.again("--demo", "--rate", "200", "--channels", "12", "--history", "0")
        self.gateway.caught_up("postgres", *OTHERS)

        with self.full():
            began = time.monotonic()
            until(self.is_down, PATIENCE, "the database to be told down")
            self.assertIn("disk space", self.gateway.get("/health")[1]["dependencies"]["postgres"]["detail"])
            before = {name: self.counted(name) for name in OTHERS}
            until(lambda: all(self.counted(name) - before[name] >= EVENTS for name in OTHERS), PATIENCE + EVENTS / 200,
                  "the others")
            self.assertTrue(self.is_down())
            self.assertEqual(self.gateway.get("/health/capture")[0], 200)
            away = time.monotonic() - began
        began = time.monotonic()
        ended = not pathlib.Path(f"/proc/{self.stack.pid('postgresql')}").exists()
        if ended:  # without room for its log it ends itself: whoever watches it starts it again
            self.stack.up("postgresql")
        self.gateway.caught_up("postgres", *OTHERS, since=began, patience=PATIENCE)
        behind = time.monotonic() - began

        self.again()
        self.gateway.delivered("postgres", *OTHERS)
        shown = {key: (m["text"], bool(m.get("deletedAt"))) for key, m in self.gateway.messages().items()}
        self.assertEqual(hybrid.table(self.stack.direct()), shown)
        stream = readers.StreamReader(self.gateway.port)
        self.addCleanup(stream.stop)
        until(lambda: stream.last >= max(event["seq"] for event in self.hook.events), PATIENCE, "the stream")
        self.assertEqual(self.hook.states(), stream.states())
        until(lambda: self.queue.keys >= stream.keys, PATIENCE, "the queue to be read")
        self.assertEqual(self.queue.out_of_order() + self.hook.out_of_order(), [])
        print(f"\ndisk full: away {away:.1f} s{', the server ended itself' if ended else ''}, {len(shown)} messages, 0 lost, "
              f"all caught up {behind:.1f} s after there was room", file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
