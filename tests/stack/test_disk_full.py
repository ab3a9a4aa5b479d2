"""The database's disk fills up under 200 messages a second: a webhook goes on, the database catches up when there is room."""

import contextlib
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]

import hybrid  # noqa: E402
import readers  # noqa: E402
from stack import Stack, until  # noqa: E402

DISK_MIB = 400


def may_mount():
    if os.geteuid() != 0:
        return False
    with contextlib.suppress(OSError):
        probe = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
        return probe.returncode == 0
    return False


@unittest.skipUnless(may_mount(), "a disk of its own needs the right to mount one (root)")
class DiskFull(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        disk = self.stack.folder / "postgresql"
        disk.mkdir(parents=True)
        os.chmod(self.stack.folder, 0o755)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "none", disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        self.addCleanup(self.stack.remove)
        self.disk = disk
        # Segments of the log are written ahead: on a small disk they must be few.
        (disk / "override.conf").write_text("max_wal_size = 64MB\nmin_wal_size = 32MB\nshared_buffers = 32MB\n")
        os.chmod(disk / "override.conf", 0o644)
        self.stack.up("postgresql", "pgbouncer")
        self.hook = readers.HookReader()
        self.addCleanup(self.hook.stop)
        addresses = self.stack.config_toml
        for name in ("redis", "rabbitmq"):
            addresses = addresses.replace(f"[{name}]\n", f"[{name}]\nenabled = false\n")
        self.gateway = hybrid.HybridGateway(self.stack, "--demo", "--rate", "200", hook=self.hook.url, addresses=addresses)
        self.addCleanup(self.gateway.kill)

    def free(self):
        seen = os.statvfs(self.disk)
        return seen.f_bavail * seen.f_frsize

    def test_full_and_free_again(self):
        self.gateway.start(60)
        self.gateway.delivered("postgres", "webhook:test")
        filler = self.disk / "filler"
        with open(filler, "wb") as file:
            while self.free() > 0:
                try:
                    file.write(b"\0" * min(1 << 20, max(self.free(), 4096)))
                    file.flush()
                except OSError:
                    break
        until(lambda: self.gateway.metric("destination_up", reader="postgres") == 0, 120, "the database to be told down")
        before = self.gateway.metric("delivered_total", reader="webhook:test")
        until(lambda: self.gateway.metric("delivered_total", reader="webhook:test") >= before + 400, 60, "the webhook")
        self.assertEqual(self.gateway.get("/health/capture")[0], 200)
        filler.unlink()
        until(lambda: self.stack.up("postgresql"), 60, "the server")  # it may have ended for want of room
        self.gateway.delivered("postgres", "webhook:test", patience=120)
        self.gateway.stop()
        self.gateway.arguments = ["run", "--profile", "hybrid", "--config", str(self.gateway.config)]
        self.gateway.start(60)
        shown = {key: (m["text"], bool(m.get("deletedAt"))) for key, m in self.gateway.messages().items()}
        self.assertEqual(hybrid.table(self.stack.direct()), shown)


if __name__ == "__main__":
    unittest.main()
