#!/usr/bin/env python3
"""clang-tidy over src, each file once for each state of it and of the headers of ours that it includes.

Several files of a folder are looked at as one: most of the time goes into the headers that they share.

usage: tidy.py [--build DIR] [FILE...]     without files: all of src

Compile commands come from a configured build folder. GCC's precompiled header is exchanged for one that clang
makes of the same cmake/pch.h. A file that was clean is not looked at again until it, a header of ours that it
includes, or .clang-tidy changes (stamps in build/tidy).
"""

import argparse
import collections
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
OUT = ROOT / "build" / "tidy"
PCH = OUT / "pch.h.pch"
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)
DROPPED = re.compile(
    r"^(-Winvalid-pch|-fpch-preprocess|-fuse-ld=.*|--coverage|-fsanitize.*|-fstack-protector.*"
    r"|-O\w*|-g\w*|-D_FORTIFY_SOURCE=.*|-Wno-.*)$"
)

JOINED = 6  # files at a time, as the builds do

# A tenth of the analyzer's default: what it finds it finds early, and a file takes 5 s instead of 15.
ANALYZER = ["-Xclang", "-analyzer-config", "-Xclang", "max-nodes=20000"]


@functools.lru_cache(maxsize=None)
def includes_of(file):
    """Headers below src that the file includes, directly or not."""
    found = set()
    waiting = [file]
    while waiting:
        text = waiting.pop().read_text(encoding="utf-8", errors="replace")
        for name in INCLUDE.findall(text):
            header = SRC / name
            if header not in found and header.is_file():
                found.add(header)
                waiting.append(header)
    return sorted(found)


def key_of(file, arguments):
    digest = hashlib.sha256(" ".join(arguments).encode())
    for part in [pathlib.Path(__file__), ROOT / ".clang-tidy", ROOT / "cmake" / "pch.h", file, *includes_of(file)]:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def arguments_of(entry):
    """The compiler's arguments without output, input, code generation and what only GCC knows."""
    words = entry.get("arguments") or shlex.split(entry["command"])
    while words and not re.search(r"(\+\+|cc|clang)(-\d+)?$", words[0]):
        words = words[1:]  # ccache and its environment
    kept = []
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word in ("-o", "-c", "-MF", "-MT", "-MQ", "-include"):
            skip = word != "-c"
        elif word != entry["file"] and word != "-MD" and not DROPPED.match(word):
            kept.append(word)
    return kept


def make_pch(arguments):
    """One header for all: the tree's defines and standard, and no target's own."""
    shared = [word for word in arguments if word.startswith(("-std", "-DBOOST", "-DFMT", "-DSPDLOG"))]
    command = ["clang++", "-x", "c++-header", str(ROOT / "cmake" / "pch.h"), "-o", str(PCH), "-w", *shared]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def stamp_of(file):
    return OUT / (str(file.relative_to(ROOT)).replace("/", "__") + ".ok")


def check(files, arguments, prefix):
    joined = OUT / ("__".join(files[0].relative_to(ROOT).parts) + ".joined.cpp")
    keys = [key_of(file, arguments) for file in files]
    texts = [file.read_text(encoding="utf-8") for file in files]
    joined.write_text("".join(texts), encoding="utf-8")  # not #include: the analyzer looks at the main file alone
    command = ["clang-tidy", "--quiet", str(joined), "--", *arguments, *prefix, *ANALYZER, "-Wno-unknown-warning-option"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if run.returncode == 0:
        for file, key in zip(files, keys):
            stamp_of(file).write_text(key)
        return None
    places = [(file, line) for file, text in zip(files, texts) for line in range(1, text.count("\n") + 1)]

    def place(match):
        file, line = places[int(match[1]) - 1]
        return f"{file}:{line}:"
    return re.sub(re.escape(str(joined)) + r":(\d+):", place, run.stdout + run.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=str(ROOT / "build" / "release"))
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()

    database = pathlib.Path(options.build) / "compile_commands.json"
    if not database.exists():
        sys.exit(f"{database} is not there: run script/setup")
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = {pathlib.Path(name).resolve() for name in options.files}
    jobs = {}
    for entry in json.loads(database.read_text()):
        file = pathlib.Path(entry["directory"], entry["file"]).resolve()
        # -w: vendored code, compiled in one of our files.
        arguments = arguments_of(entry)
        if file.is_file() and SRC in file.parents and "-w" not in arguments and (not wanted or file in wanted):
            jobs[file] = arguments
    if not jobs:
        print("tidy: no file of src is in the build")
        return

    prefix = ["-include", str(ROOT / "cmake" / "pch.h")]
    if make_pch(next(iter(jobs.values()))).returncode == 0:
        prefix = ["-Xclang", "-include-pch", "-Xclang", str(PCH)]

    pending = collections.defaultdict(list)
    for file, arguments in sorted(jobs.items()):
        if not stamp_of(file).exists() or stamp_of(file).read_text() != key_of(file, arguments):
            pending[file.parent, tuple(arguments)].append(file)
    groups = [(files[i:i + JOINED], arguments) for (_, arguments), files in pending.items()
              for i in range(0, len(files), JOINED)]

    failures = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for output in pool.map(lambda group: check(*group, prefix), groups):
            if output is not None:
                failures.append(output)
                print(output, flush=True)
    print(f"tidy: {len(jobs)} files, {len(failures)} groups with warnings")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
