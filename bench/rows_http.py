"""Rows through HTTP, 16 keep-alive clients: without pause, and paced at 10 requests a second each."""

import os
import shutil
import statistics

from nginx import Nginx
from served import Served, raw_get

PACE = 10
NEWEST = "/api/messages?limit=50"


def gateway(bench, size):
    """A gateway on so many messages whose search index is filled: now, the first time a size is asked for."""
    data = bench.data(size)
    done = data.with_suffix(".indexed")
    if not done.exists():
        with Served(bench, data) as first:
            first.wait_for_search()
        done.touch()
    return Served(bench, data)


def forget_pages(folder):
    """Takes the folder's files out of the kernel's cache, so that the next start reads the disk."""
    for name in os.listdir(folder):
        descriptor = os.open(os.path.join(folder, name), os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def read_again(folder):
    """Puts them back: the rows that follow are not about a cold disk."""
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            while file.read(1 << 20):
                pass


def start(bench, table, size):
    gateway(bench, size)
    times, cold = [], []
    for _ in range(5):
        with gateway(bench, size) as served:
            times.append(served.start_s)
            resident, anonymous = served.memory_mib()
        forget_pages(served.data_dir)
        with gateway(bench, size) as served:
            cold.append(served.start_s)
    read_again(served.data_dir)
    table.add("start", "exec to ready, median of 5", size, f"{statistics.median(times) * 1000:.0f} ms", "< 1 s")
    table.add("start", "the same, files not cached", size, f"{statistics.median(cold) * 1000:.0f} ms")
    table.add("start", "memory then (without mapped files)", size, f"{resident:.0f} ({anonymous:.0f}) MiB")


def tell(table, row, what, size, figures, target=""):
    if not figures:  # so slow that nothing was asked and answered within the time
        table.add(row, what, size, "none in time", target)
        return
    table.add(row, what, size, f"{figures['p50_us'] / 1000:.1f} / {figures['p99_us'] / 1000:.1f} ms", target)


def both_ways(served, table, row, size, mix, labels, target=""):
    """A mix without pause and paced; `labels`: what of it is told, and how it is called."""
    before = served.cpu_s()
    closed = served.load(mix)
    cpu_ms = 1000 * (served.cpu_s() - before) / max(1, closed["answers"])
    paced = served.load(mix, rate=PACE)
    for label, name in labels.items():
        tell(table, row, f"{name}, p50 / p99, paced", size, paced.get(label), target)
        tell(table, row, f"{name}, p50 / p99, no pause", size, closed.get(label), target)
        table.add(row, f"{name}, requests/s, no pause", size, f"{closed.get(label, {}).get('per_second', 0):,.0f}")
    table.add(row, f"{' and '.join(labels.values())}: CPU of the gateway a request", size, f"{cpu_ms:.2f} ms")


def page(bench, table, size):
    with gateway(bench, size) as served:
        both_ways(served, table, "page", size, "deep",
                  {"cursor": "50 by a deep cursor", "around": "50 around a message"}, "p99 < 10 ms")
        resident, anonymous = served.memory_mib()
    table.add("page", "memory after (without mapped files)", size, f"{resident:.0f} ({anonymous:.0f}) MiB")


def search(bench, table, size):
    with gateway(bench, size) as served:
        both_ways(served, table, "search", size, "search", {"search": "50 with two words"})


def unprocessed(bench, table, size):
    # The rows write: on a copy, so that the rows before and after measure the same.
    original = gateway(bench, size)
    folder = bench.folder / "consumed"
    shutil.copytree(original.data_dir, folder)
    os.sync()  # or the first fsync of the gateway's waits for all of the copy
    with Served(bench, folder) as served:
        both_ways(served, table, "unprocessed", size, "waiting", {"poll": "100, never marked"}, "p99 < 10 ms")
        both_ways(served, table, "unprocessed", size, "fresh",
                  {"poll": "100 new ones", "mark": "marking 100"}, "p99 < 10 ms")
        resident, anonymous = served.memory_mib()
    shutil.rmtree(folder)
    table.add("unprocessed", "memory after (without mapped files)", size, f"{resident:.0f} ({anonymous:.0f}) MiB")


def memory(bench, table, size):
    with gateway(bench, size) as served:
        _, head, body = raw_get(served.port, NEWEST)
        newest, theirs = [], []
        with padded_nginx(bench, head, body) as nginx:
            nginx.wait(lambda: raw_get(nginx.port, "/page"))
            for _ in range(bench.repeats):
                newest.append(served.load("target", target=NEWEST)["page"])
                theirs.append(nginx_load(bench, nginx.port))
        paced = served.load("target", rate=PACE, target=NEWEST)["page"]
    ours, of_nginx = (statistics.median(run["per_second"] for run in runs) for runs in (newest, theirs))
    table.add("memory", f"newest page ({len(body) / 1024:.0f} KiB), requests/s", size, f"{ours:,.0f}")
    table.add("memory", "nginx, the same bytes, requests/s", size, f"{of_nginx:,.0f}")
    table.add("memory", "ratio", size, f"{ours / of_nginx:.2f}", ">= 0.5")
    tell(table, "memory", "newest page, p50 / p99, paced", size, paced, "p99 < 10 ms")


def padded_nginx(bench, head, body):
    """nginx whose answer has as many bytes of header as the gateway's."""
    folder = bench.folder / "nginx"
    with Nginx(folder, body) as plain:
        bare = len(plain.wait(lambda: raw_get(plain.port, "/page"))[1])
    return Nginx(folder, body, "x" * max(0, len(head) - bare - len("X-Padding: \r\n")))


def nginx_load(bench, port):
    figures = bench.tool("load", "--port", port, "--mix", "target", "--target", "/page", "--seconds", bench.closed_s)
    return figures["page"]
