"""A synthetic register of any size in; what loading it takes, and how fast the copy answers, as a table, out."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fosen_graph.findings import Words
from fosen_graph.registries.command import generate, load
from fosen_graph.registries.index import LocalRegister, open_register
from fosen_graph.registries.names import key, tokens

from .measuring import Cost, measure

_DAY = "2026-01-01"
_ASKED = 2000
_MICROSECONDS = 1_000_000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the files are, or are made and stay")
    parser.add_argument("--load", nargs=2, metavar=("FORM", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument("--ask", metavar="FOLDER", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.load:
        print(json.dumps(load_once(asked.load[0], Path(asked.load[1]))))
    elif asked.ask:
        print(json.dumps(ask(Path(asked.ask) / "json.sqlite")))
    elif asked.folder:
        report(asked.folder, asked.size)
    else:
        with tempfile.TemporaryDirectory() as folder:
            report(Path(folder), asked.size)


def report(folder: Path, size: int) -> None:
    """Each load in a process of its own; the questions in another, whose memory is looked at before and after."""
    print(f"{os.cpu_count()} cores; load before: {os.getloadavg()[0]:.1f}; Python {platform.python_version()},")
    print(f"SQLite {sqlite3.sqlite_version}; {size:,} units and sub-units\n")
    print("| load from | CPU, s | CPU beside a fixed loop | wall, s | memory, MB | files, MB | copy, MB | kept |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for form in ("json", "csv"):
        if not list(folder.glob(f"*.{form}.gz")):
            generate(folder, size, 1, form, _DAY)
        pace = steady_loop()
        cost = measure(["-m", "tests.benchmarks.register", "--load", form, str(folder)])
        print(_load_row(form, cost, (pace + steady_loop()) / 2))
    told = measure(["-m", "tests.benchmarks.register", "--ask", str(folder)]).told
    print("\n| question | CPU, µs, mean | wall, µs, p50 | p99 |\n|---|---:|---:|---:|")
    for name, (mean, middle, high) in told["asked"].items():
        print(f"| {name} | {mean:.0f} | {middle:.0f} | {high:.0f} |")
    print(f"\nMemory before the questions {told['before'] / 1e6:.0f} MB, after them {told['after'] / 1e6:.0f} MB.")


def steady_loop() -> float:
    """Seconds of CPU for the same work each time: what it takes tells how busy the machine is (0.10 on a calm one)."""
    start = time.process_time()
    sum(number % 7 for number in range(2_000_000))
    return time.process_time() - start


def _load_row(form: str, cost: Cost, pace: float) -> str:
    told = cost.told
    return (
        f"| {form} | {cost.cpu:.1f} | {cost.cpu / pace:.0f} | {cost.wall:.1f} | {cost.memory / 1e6:.0f} "
        f"| {told['files'] / 1e6:.0f} | {told['copy'] / 1e6:.0f} | {told['kept']:,} |"
    )


def load_once(form: str, folder: Path) -> dict[str, int]:
    files, copy = sorted(folder.glob(f"*.{form}.gz")), folder / f"{form}.sqlite"
    counts = load(files, copy, None, _silent)
    kept = counts.units + counts.sub_units
    return {"files": sum(file.stat().st_size for file in files), "copy": copy.stat().st_size, "kept": kept}


def ask(copy: Path) -> dict[str, Any]:
    """Numbers and names of the copy itself, spread over it; names also with a slip in their longest word."""
    chance = random.Random(1)
    with sqlite3.connect(copy) as base:
        (most,) = base.execute("SELECT max(rowid) FROM unit").fetchone()
        (least,) = base.execute("SELECT min(rowid) FROM unit").fetchone()
        rows = [
            base.execute(
                "SELECT number, name FROM unit WHERE number >= ? LIMIT 1", (chance.randint(least, most),)
            ).fetchone()
            for _ in range(_ASKED)
        ]
    base.close()
    numbers, names = [f"{number:09}" for number, _ in rows], [name for _, name in rows]
    with open_register(copy) as register:
        _first_touch(register, names)
        before = _resident()
        asked = {
            "a unit by its number": _timed(register.unit, numbers),
            "units by exact name": _timed(register.named, [key(name) for name in names]),
            "candidates by words, 20": _timed(lambda name: register.with_tokens(tokens(name), 20), names),
            "candidates, a slip in a word, 20": _timed(
                lambda name: register.with_tokens(tokens(name), 20), [_slip(name, chance) for name in names]
            ),
        }
        for name in names * 5:
            register.with_tokens(tokens(name), 20)
        return {"asked": asked, "before": before, "after": _resident(), "peak": resource.getrusage(0).ru_maxrss}


def _first_touch(register: LocalRegister, names: Sequence[str]) -> None:
    for name in names[:200]:
        register.with_tokens(tokens(name), 20)


def _slip(name: str, chance: random.Random) -> str:
    """Two letters changed places in its longest word."""
    word = max(name.split(), key=len)
    place = chance.randrange(max(1, len(word) - 1))
    swapped = word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
    return name.replace(word, swapped, 1)


def _timed(question: Callable[[str], object], asked: Sequence[str]) -> tuple[float, float, float]:
    """Microseconds: processor time in the mean, wall time in the middle and at 99 of a hundred."""
    walls, cpu = [], time.process_time()
    for one in asked:
        start = time.perf_counter()
        question(one)
        walls.append(time.perf_counter() - start)
    mean = (time.process_time() - cpu) / len(asked)
    walls.sort()
    return mean * _MICROSECONDS, walls[len(walls) // 2] * _MICROSECONDS, walls[len(walls) * 99 // 100] * _MICROSECONDS


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _silent(words: Words, done: int, total: int) -> None:
    """A measure shows no progress."""


if __name__ == "__main__":
    main(sys.argv[1:])
