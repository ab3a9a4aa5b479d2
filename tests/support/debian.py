"""A Debian of its own for a test: made by debootstrap once and kept, each test on a layer above it that is thrown away.

In a chroot packages are installed, from the mirror that this machine's apt uses. It can also be booted, with systemd as its
first process and no network but its own loopback.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEPT = pathlib.Path(os.environ.get("TG_DEBIAN_DIR", ROOT / "build/package"))
PACKAGES = "systemd,systemd-sysv,dbus,ca-certificates"
BOOT = """
mount --make-rprivate /
mount -t proc proc "$1/proc"
mount -t sysfs -o ro sysfs "$1/sys"
mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$1/run"
mount -t tmpfs -o mode=755 tmpfs "$1/dev"
mkdir "$1/dev/pts" "$1/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$1/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
ln -s pts/ptmx "$1/dev/ptmx"
ln -s /proc/self/fd "$1/dev/fd"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "$1/dev/${device%:*}" c 1 "${device#*:}"
done
mknod -m 666 "$1/dev/tty" c 5 0
ip link set lo up
# Not chroot: a process within one may make no user namespace (PrivateUsers=).
cd "$1"
pivot_root . mnt
cd /
umount -l /mnt
mount --make-rshared / # else what systemd mounts for a service (credentials) is not seen by it
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --log-target=null
"""


def mirror():
    """Where this machine's apt gets Debian from."""
    listed = subprocess.run(["apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"],
                            capture_output=True, text=True, timeout=60).stdout
    found = [line.split(" ", 1)[1] for line in listed.splitlines() if line.startswith("Debian http")]
    if not found:
        raise unittest.SkipTest("apt on this machine knows no mirror of Debian")
    return found[0]


def base(release):
    """The folder with that release as debootstrap makes it; SkipTest says why there can be none."""
    if os.getuid() != 0:
        raise unittest.SkipTest("only root can make a chroot")
    if not shutil.which("debootstrap"):
        raise unittest.SkipTest("debootstrap is not installed (script/bootstrap --test)")
    folder = KEPT / release
    if not (folder / "etc/debian_version").exists() or (folder / "debootstrap").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", release, folder, mirror()],
                              capture_output=True, text=True, timeout=3600)
        if done.returncode:
            raise unittest.SkipTest(f"debootstrap {release} failed: {done.stdout[-300:]}{done.stderr[-300:]}")
    return folder


class Debian:
    """`with Debian("bookworm") as debian: debian.run("apt-get", "update")`"""

    def __init__(self, release):
        self.lower = base(release)
        self.folder = None
        self.systemd = None

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=KEPT, prefix="layer."))
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir()
        self.root = self.folder / "root"
        mounted = subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o",
             f"lowerdir={self.lower},upperdir={self.folder}/upper,workdir={self.folder}/work", self.root],
            capture_output=True, text=True)
        if mounted.returncode:
            shutil.rmtree(self.folder)
            raise unittest.SkipTest(f"no overlay can be mounted: {mounted.stderr.strip()}")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        # Nothing is started while there is no systemd to do it.
        (self.root / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
        (self.root / "usr/sbin/policy-rc.d").chmod(0o755)
        return self

    def __exit__(self, *_):
        if self.systemd:
            self.halt()
        subprocess.run(["umount", "-l", self.root], check=True)
        shutil.rmtree(self.folder)

    def run(self, *command, check=True, timeout=1800, **environment):
        """In the chroot, or in the booted system."""
        inside = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
                  *(f"{name}={value}" for name, value in environment.items()), *map(str, command)]
        if self.systemd:
            where = ["nsenter", "--target", str(self.first()), "--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup"]
        else:
            # A /proc of its own, which goes with the last of its processes.
            where = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec",
                     'mount --make-rprivate /; mount -t proc proc "$0/proc"; exec chroot "$0" "$@"', str(self.root)]
        done = subprocess.run([*where, *inside], capture_output=True, text=True, timeout=timeout, cwd="/")
        if check and done.returncode:
            raise AssertionError(f"{command} gave {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done

    def sh(self, script, **more):
        return self.run("bash", "-euo", "pipefail", "-c", script, **more)

    def boot(self, patience=120):
        (self.root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
        self.systemd = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--cgroup", "--ipc", "--uts", "--net", "sh", "-ec", BOOT,
             "boot", str(self.root)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.until(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"),
                   patience, "systemd to have started everything")
        return self

    def first(self):
        """Its first process, as this machine numbers it."""
        children = pathlib.Path(f"/proc/{self.systemd.pid}/task/{self.systemd.pid}/children").read_text().split()
        if not children:
            raise AssertionError("systemd has ended")
        return int(children[0])

    def until(self, condition, patience, what):
        deadline = time.monotonic() + patience
        while True:
            if self.systemd.poll() is not None:
                raise unittest.SkipTest(f"systemd does not run here: {self.systemd.stdout.read().decode()[-500:]}")
            try:
                if condition():
                    return
            except AssertionError:
                pass
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {patience} s for {what}")
            time.sleep(0.2)  # between two looks at the condition

    def halt(self):
        self.systemd.send_signal(signal.SIGKILL)  # and, by --kill-child, all that it began
        self.systemd.wait(30)
        self.systemd.stdout.close()
        self.systemd = None

    def traces(self):
        """Whatever there is that has the package's name."""
        return self.sh("find / -xdev \\( -path /proc -o -path /tmp -o -path /var/cache -o -path /var/log \\) -prune "
                       "-o -name '*telegram*gateway*' -print; grep telegram-gateway /etc/passwd /etc/group || true"
                       ).stdout.split("\n")[:-1]
