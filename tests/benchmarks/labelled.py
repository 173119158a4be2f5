"""The list of public bodies and a size in; a copy of the register with them in it, and labelled mentions, out."""

from __future__ import annotations

import csv
import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import msgspec

from fosen_graph.registries import bulk
from fosen_graph.registries.indexing import write_index
from fosen_graph.registries.names import key
from fosen_graph.registries.records import Record, to_unit
from fosen_graph.registries.synthetic import Synthetic, read_names
from fosen_graph.registries.units import Unit

_LABELLED = Path(__file__).parents[1] / "linking/public_bodies.tsv"
_SAMPLE = 400


class Labelled(NamedTuple):
    """number: None where the register has no such unit. half: development or held out."""

    mention: str
    number: str | None
    half: str


def make_copy(copy: Path, size: int, folder: Path | None) -> None:
    """Streaming, whatever the size; from the bulk files in the folder where there are any."""
    made = _from_files(folder) if folder else _synthetic(size)
    write_index(chain(_real_units(_rows()), made), copy, {"date": "2026-01-01"})


def real() -> list[Labelled]:
    return [
        Labelled(row["mention"], None if row["number"] == "none" else row["number"], row["half"]) for row in _rows()
    ]


def synthetic(copy: Path) -> list[Labelled]:
    """Names that one unit alone bears, with a slip, without their form or as they are."""
    return list(_changed(_alone(copy)))


def write_names(copy: Path, path: Path) -> int:
    """Number and key of every different name, of the first main unit that bears it; how many."""
    count = 0
    with closing(sqlite3.connect(copy)) as base, path.open("w", encoding="utf-8") as file:
        base.execute("CREATE TEMP TABLE named (key TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        rows = base.execute("SELECT number, name FROM unit ORDER BY flags & 1, number")
        base.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", ((key(name), number) for number, name in rows))
        for name, number in base.execute("SELECT key, number FROM named"):
            if name:
                file.write(f"{number:09}\t{name}\n")
                count += 1
    return count


def write_mentions(copy: Path, path: Path, count: int) -> None:
    """So many mentions made of names all over the copy, one a line; never a list of them."""
    chance = random.Random(5)
    with closing(sqlite3.connect(copy)) as base, path.open("w", encoding="utf-8") as file:
        least, most = base.execute("SELECT min(number), max(number) FROM unit").fetchone()
        for one in range(count):
            start = chance.randint(least, most)
            (name,) = base.execute("SELECT name FROM unit WHERE number >= ? LIMIT 1", (start,)).fetchone()
            file.write(_written(name, one, chance) + "\n")


def _rows() -> list[dict[str, str]]:
    lines = [line for line in _LABELLED.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def _real_units(rows: Iterable[dict[str, str]]) -> Iterator[Unit]:
    """But for those that every synthetic register holds."""
    known = {row["number"] for row in read_names().known}
    for row in {row["number"]: row for row in rows}.values():
        if row["number"] != "none" and row["number"] not in known:
            yield Unit(
                number=row["number"], name=row["name"], form=row["form"], municipality=row["municipality"] or None
            )


def _synthetic(size: int) -> Iterator[Unit]:
    made = Synthetic(size)
    for record in chain(made.main_units(), made.sub_units()):
        yield to_unit(msgspec.convert(record, Record))


def _from_files(folder: Path) -> Iterator[Unit]:
    for name in ("enheter", "underenheter"):
        for file in sorted(folder.glob(f"{name}*.json.gz")):
            with file.open("rb") as stream:
                yield from bulk.units(stream, str(file))


def _alone(copy: Path) -> list[tuple[str, str]]:
    """Chosen by number, then looked up: no list of all names."""
    with closing(sqlite3.connect(copy)) as base:
        (units,) = base.execute("SELECT count(*) FROM unit WHERE flags & 1 = 0").fetchone()
        every = f"SELECT number, key, name FROM unit WHERE flags & 1 = 0 AND number / 10 % {max(1, units // 4000)} = 0"
        found = []
        for number, hashed, name in base.execute(every).fetchall():
            bearers = base.execute("SELECT name FROM unit WHERE key = ? AND flags & 1 = 0", (hashed,)).fetchall()
            if Counter(key(other) for (other,) in bearers)[key(name)] == 1 and len(name) > 8:
                found.append((f"{number:09}", name))
    return random.Random(2).sample(found, min(_SAMPLE, len(found)))


def _changed(sample: Iterable[tuple[str, str]]) -> Iterator[Labelled]:
    chance = random.Random(11)
    for count, (number, name) in enumerate(sample):
        yield Labelled(_written(name, count, chance), number, "development" if count % 2 else "held out")


def _written(name: str, count: int, chance: random.Random) -> str:
    """In turn without its last word, with a letter left out, and as it is."""
    words = name.title().split()
    if count % 3 == 0 and len(words) > 1:
        words = words[:-1]
    if count % 3 == 1 and len(words[0]) > 5:
        place = chance.randrange(2, len(words[0]) - 1)
        words[0] = words[0][:place] + words[0][place + 1 :]
    return " ".join(words)
