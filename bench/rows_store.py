"""Rows without HTTP: import beside a bare loop, and the duplicate check alone."""

import shutil
import sqlite3
import statistics

SAME = ("events", "heads", "chats", "hourly")


def count_rows(data_dir):
    db = sqlite3.connect(f"file:{data_dir}/journal.db?mode=ro", uri=True)
    counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in SAME]
    db.close()
    return counts


def imports(bench, table, size):
    data, bare = bench.folder / f"data-{size}", bench.folder / f"bare-{size}"
    times, bare_times, cpu, bare_cpu = [], [], [], []
    # Interleaved, so that what else the machine does falls on both.
    for _ in range(3 if size <= 100_000 else 1):
        took, of_cpu = bench.timed_import(size, data)
        times.append(took)
        cpu.append(of_cpu)
        shutil.rmtree(bare, ignore_errors=True)
        figures = bench.tool("bare", data, bare)
        bare_times.append(figures["seconds"])
        bare_cpu.append(figures["cpu_seconds"])
    if count_rows(data) != count_rows(bare):
        raise SystemExit(f"the bare loop did not insert the same rows: {count_rows(data)} and {count_rows(bare)}")
    shutil.rmtree(bare)
    bench.remember(size, data)
    took, bare_took = statistics.median(times), statistics.median(bare_times)
    table.add("import", "messages/s, telegram-gateway import", size, f"{size / took:,.0f}")
    table.add("import", "messages/s, bare loop, same rows", size, f"{size / bare_took:,.0f}")
    table.add("import", "ratio", size, f"{bare_took / took:.2f}", ">= 0.5")
    each, bare_each = (statistics.median(seconds) / size * 1e6 for seconds in (cpu, bare_cpu))
    table.add("import", "CPU a message, import / bare loop", size, f"{each:.0f} / {bare_each:.0f} us")


def lookup(bench, table, heads):
    folder = bench.folder / f"heads-{heads}"
    figures = bench.tool("lookup", folder, "--heads", heads, "--lookups", 20_000 if bench.quick else 100_000)
    shutil.rmtree(folder)
    for kind in ("known", "unknown"):
        seen = figures[kind]
        table.add("lookup", f"{kind} id, mean / p99", heads, f"{seen['mean_us']:.1f} / {seen['p99_us']:.0f} us",
                  "< 50 us" if kind == "known" else "")
