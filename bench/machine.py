"""What the figures were measured on, and whether it was quiet."""

import os
import platform
import shutil
import subprocess


def filesystem(folder):
    """Type of the mount that holds the folder."""
    best = ("", "unknown")
    with open("/proc/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, where, kind, *_ = line.split()
            inside = str(folder) == where or str(folder).startswith(where.rstrip("/") + "/")
            if inside and len(where) >= len(best[0]):
                best = (where, kind)
    return best[1]


def nginx_version():
    if not shutil.which("nginx"):
        return "none"
    said = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr
    return said.strip().rpartition("/")[2]


def facts(folder, sqlite):
    return {
        "cpus": os.cpu_count(),
        "kernel": platform.release(),
        "filesystem": filesystem(folder),
        "sqlite": sqlite,
        "nginx": nginx_version(),
        "load_before": os.getloadavg()[0],
    }


def text(seen):
    return (f"{seen['cpus']} CPUs, Linux {seen['kernel']}, files on {seen['filesystem']}, SQLite {seen['sqlite']}, "
            f"nginx {seen['nginx']}\n")


def warning(seen):
    words = f"load average before {seen['load_before']:.1f}, after {os.getloadavg()[0]:.1f}"
    if seen["load_before"] > 1:
        words += ("\nWARNING: others used this machine when the run began (load above 1): trust no figure of it, "
                  "the ratios least of all where the two sides ran at different times")
    if seen["filesystem"] in ("tmpfs", "ramfs"):
        words += "\nWARNING: the files were in memory: nothing about durable writes can be read from this run"
    return words
