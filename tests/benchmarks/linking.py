"""Labelled names in; how many are found, how many wrongly, and what a name costs beside RapidFuzz, as tables, out."""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz, process

from fosen_graph.linking.features import Mention
from fosen_graph.linking.matching import THRESHOLD, candidates
from fosen_graph.registries import bulk
from fosen_graph.registries.index import LocalRegister, open_register
from fosen_graph.registries.indexing import write_index
from fosen_graph.registries.names import key
from fosen_graph.registries.synthetic import Synthetic, as_json
from fosen_graph.registries.units import Unit

_LABELLED = Path(__file__).parents[1] / "linking/public_bodies.tsv"
_SLIPS = random.Random(11)


class Labelled(NamedTuple):
    """number: None where the register has no such unit. half: development or held out."""

    mention: str
    number: str | None
    half: str


class Guess(NamedTuple):
    """What a matcher says first, and how sure it is."""

    number: str | None
    score: float


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000, help="units and sub-units of the synthetic register")
    parser.add_argument("--mentions", type=int, default=5_000, help="in one run, for the memory")
    parser.add_argument("--fuzzy", type=int, default=100, help="mentions that RapidFuzz is timed on")
    asked = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {asked.size:,} synthetic units and sub-units\n")
    rows = [line for line in _LABELLED.read_text("utf-8").splitlines() if not line.startswith("#")]
    real = list(csv.DictReader(rows, delimiter="\t"))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.sqlite"
        write_index(chain(_real_units(real), _synthetic(asked.size)), copy, {"date": "2026-01-01"})
        names, sample = _names(copy)
        made = list(_made(sample))
        labels = [Labelled(row["mention"], _wanted(row["number"]), row["half"]) for row in real]
        with open_register(copy) as register:
            report(labels, made, register, names, asked.fuzzy)
            _memory(register, [one.mention for one in labels + made], asked.mentions)


def report(
    real: list[Labelled], made: list[Labelled], register: LocalRegister, names: dict[str, str], fuzzy: int
) -> None:
    print("| labelled | half | mentions | precision | recall |\n|---|---|---:|---:|---:|")
    guesses = {one: _ours(one.mention, register, 0) for one in [*real, *made]}
    for title, some in (("real", real), ("synthetic", made)):
        for half in ("development", "held out"):
            chosen = [one for one in some if one.half == half]
            print(f"| {title} | {half} | {len(chosen)} | {_shares(chosen, guesses, THRESHOLD)} |")
    print("\n| threshold | precision, real development | recall |\n|---:|---:|---:|")
    for threshold in range(30, 100, 5):
        chosen = [one for one in real if one.half == "development"]
        print(f"| {threshold} | {_shares(chosen, guesses, threshold)} |")
    _beside(real, register, names, guesses, fuzzy)


def _beside(
    real: list[Labelled],
    register: LocalRegister,
    names: dict[str, str],
    guesses: dict[Labelled, Guess],
    fuzzy: int,
) -> None:
    """Cost and recall beside RapidFuzz over all names; its threshold is the best that has our precision."""
    sample = random.Random(3).sample([one for one in real if one.half == "held out"], fuzzy)
    ours = _cpu(lambda: [_ours(one.mention, register, THRESHOLD) for one in sample]) / fuzzy
    precision, recall = _measured(sample, guesses, THRESHOLD)
    print("\n| matcher | CPU a mention, ms | times ours | precision | recall |\n|---|---:|---:|---:|---:|")
    print(f"| fosen-graph | {ours * 1000:.3f} | 1 | {precision:.3f} | {recall:.3f} |")
    for scorer in (fuzz.token_sort_ratio, fuzz.WRatio):
        theirs: dict[Labelled, Guess] = {}
        spent = _cpu(lambda: theirs.update(_fuzzy(sample, names, scorer))) / fuzzy  # noqa: B023
        curve = [_measured(sample, theirs, threshold) for threshold in range(50, 101)]
        at = max((one for one in curve if one[0] >= precision), key=lambda one: one[1], default=(0.0, 0.0))
        told = f"{at[0]:.3f} | {at[1]:.3f}"
        print(f"| RapidFuzz {scorer.__name__} | {spent * 1000:.1f} | {spent / ours:.0f} | {told} |")


def _ours(mention: str, register: LocalRegister, threshold: int) -> Guess:
    found = candidates(Mention(name=mention), register, threshold=threshold)
    return Guess(found[0].unit.number, found[0].score) if found else Guess(None, 0)


def _fuzzy(
    sample: list[Labelled], names: dict[str, str], scorer: Callable[..., float]
) -> Iterator[tuple[Labelled, Guess]]:
    for one in sample:
        _, score, number = process.extractOne(key(one.mention), names, scorer=scorer)
        yield one, Guess(number, score)


def _measured(some: list[Labelled], guesses: dict[Labelled, Guess], threshold: float) -> tuple[float, float]:
    said = [one for one in some if guesses[one].number and guesses[one].score >= threshold]
    right = sum(guesses[one].number == one.number for one in said)
    there = sum(one.number is not None for one in some)
    return right / len(said) if said else 1.0, right / there if there else 1.0


def _shares(some: list[Labelled], guesses: dict[Labelled, Guess], threshold: float) -> str:
    precision, recall = _measured(some, guesses, threshold)
    return f"{precision:.3f} | {recall:.3f}"


def _memory(register: LocalRegister, names: list[str], count: int) -> None:
    before, start = _resident(), time.process_time()
    for place in range(count):
        _ours(names[place % len(names)], register, THRESHOLD)
    spent = (time.process_time() - start) / count * 1000
    print(f"\n{count:,} mentions: {spent:.3f} ms CPU each; memory {before:.0f} MB before, {_resident():.0f} MB after.")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _wanted(number: str) -> str | None:
    return None if number == "none" else number


def _real_units(rows: Iterable[dict[str, str]]) -> Iterator[Unit]:
    known = {unit.number for unit in _synthetic(200)}
    for row in {row["number"]: row for row in rows}.values():
        if row["number"] != "none" and row["number"] not in known:
            yield Unit(
                number=row["number"], name=row["name"], form=row["form"], municipality=row["municipality"] or None
            )


def _synthetic(size: int) -> Iterator[Unit]:
    import io

    made = Synthetic(size)
    for records in (made.main_units(), made.sub_units()):
        yield from bulk.units(io.BufferedReader(io.BytesIO(b"".join(as_json(records)))), "synthetic")


def _names(copy: Path) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Every main unit's key by its number, and some whose name nobody else bears."""
    import sqlite3
    from collections import Counter

    base = sqlite3.connect(copy)
    rows = [
        (f"{number:09}", name) for number, name in base.execute("SELECT number, name FROM unit WHERE flags & 1 = 0")
    ]
    base.close()
    borne = Counter(key(name) for _, name in rows)
    alone = [(number, name) for number, name in rows if borne[key(name)] == 1 and len(name) > 8]
    return {number: key(name) for number, name in rows}, random.Random(2).sample(alone, min(400, len(alone)))


def _made(sample: Iterable[tuple[str, str]]) -> Iterator[Labelled]:
    """Synthetic names with a slip, without their form or as they are; half of the slips in the middle of a word."""
    for count, (number, name) in enumerate(sample):
        words = name.title().split()
        if count % 3 == 0 and len(words) > 1:
            words = words[:-1]
        if count % 3 == 1 and len(words[0]) > 5:
            place = _SLIPS.randrange(2, len(words[0]) - 1)
            words[0] = words[0][:place] + words[0][place + 1 :]
        yield Labelled(" ".join(words), number, "development" if count % 2 else "held out")


if __name__ == "__main__":
    main()
