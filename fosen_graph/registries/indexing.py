"""Units in, streaming; one compact file that answers by number, name and words, made aside, out."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Final

from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.registries.stored import (
    COMMON,
    INDEXES,
    INSERT,
    TABLES,
    VERSION,
    Row,
    former_rows,
    normalisation,
    pair_hash,
    rank_of,
    row_of,
    words_of,
)
from fosen_graph.registries.units import SOLE_PROPRIETOR, Unit

_AT_ONCE: Final = 10_000  # rows
_PAIRED: Final = 4  # common words of a unit that are paired


@dataclass(slots=True)
class Counts:
    """What was read, and what was left out."""

    units: int = 0
    sub_units: int = 0
    sole_proprietors: int = 0
    without_parent: int = 0  # sub-units of sole proprietors, or of whom nothing is known: they may bear a person's name
    unusable: int = 0  # without number or name


@dataclass(slots=True)
class _Words:
    """Which unit bears which words, until it is known how common each is: ids in one array a rank, no object a unit."""

    ids: dict[str, int] = field(default_factory=dict)
    borne: array[int] = field(default_factory=lambda: array("I"))  # by id: how many units bear it
    ranks: dict[int, array[int]] = field(default_factory=dict)  # number, how many, ids; and so on

    def add(self, unit: Unit) -> None:
        words = words_of(unit)
        ids, borne = self.ids, self.borne
        rank = rank_of(unit, len(words))
        stream = self.ranks.get(rank)
        if stream is None:
            stream = self.ranks[rank] = array("I")
        stream.append(int(unit.number))
        stream.append(len(words))
        for word in words:
            number = ids.get(word)
            if number is None:
                number = ids[word] = len(ids)
                borne.append(0)
            borne[number] += 1
            stream.append(number)

    def each(self) -> Iterator[tuple[int, int, array[int]]]:
        """Rank, number and words of every unit, lowest rank first."""
        for rank in sorted(self.ranks):
            stream, place = self.ranks[rank], 0
            while place < len(stream):
                number, count = stream[place], stream[place + 1]
                yield rank, number, stream[place + 2 : place + 2 + count]
                place += 2 + count


class _Numbers:
    """A set of numbers of nine digits, a bit each: a quarter of what a set of so many takes."""

    def __init__(self) -> None:
        self._parts: dict[int, bytearray] = {}

    def __contains__(self, number: int) -> bool:
        part = self._parts.get(number >> 15)
        return part is not None and bool(part[number >> 3 & 4095] & 1 << (number & 7))

    def add(self, number: int) -> bool:
        """Whether it was not there yet."""
        part = self._parts.get(number >> 15)
        if part is None:
            part = self._parts[number >> 15] = bytearray(4096)
        place, bit = number >> 3 & 4095, 1 << (number & 7)
        if part[place] & bit:
            return False
        part[place] |= bit
        return True


def write_index(units: Iterable[Unit], path: Path, about: Mapping[str, str]) -> Counts:
    """
    The file is whole or not there, and the one before it stands until then.

    units: main units before the sub-units under them. about: date and source. Raises CannotRun.
    """
    beside = path.with_name(f".{path.name}.building")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone(path):
            try:
                beside.unlink(missing_ok=True)
                counts = _write(units, beside, about)
                settle(beside, path)
            finally:
                beside.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise cannot_store(error, path) from error
    return counts


def _write(units: Iterable[Unit], beside: Path, about: Mapping[str, str]) -> Counts:
    counts, words = Counts(), _Words()
    with contextlib.closing(sqlite3.connect(beside, isolation_level=None)) as base:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-65536", "locking_mode=EXCLUSIVE"):
            base.execute(f"PRAGMA {pragma}")
        base.executescript(TABLES)
        base.execute("BEGIN")
        _write_units(base, units, counts, words)
        _write_words(base, words)
        base.execute("COMMIT")
        base.executescript(INDEXES)
        told = {
            **about,
            "version": str(VERSION),
            "normalisation": normalisation(),
            "units": str(counts.units),
            "sub_units": str(counts.sub_units),
        }
        base.executemany("INSERT INTO about VALUES (?, ?)", told.items())
    return counts


def _write_units(base: sqlite3.Connection, units: Iterable[Unit], counts: Counts, words: _Words) -> None:
    places: dict[tuple[str | None, str | None], int] = {}
    rows: list[Row] = []
    former: list[Row] = []

    def put() -> None:
        base.executemany(INSERT, rows)
        base.executemany("INSERT INTO former VALUES (?, ?, ?, ?, ?)", former)
        rows.clear()
        former.clear()

    for unit in kept(units, counts):
        here = (unit.municipality_number, unit.municipality)
        place = places.setdefault(here, len(places) + 1) if here != (None, None) else None
        rows.append(row_of(unit, place))
        if unit.former_names:
            former += former_rows(unit)
        words.add(unit)
        if len(rows) >= _AT_ONCE:
            put()
    put()
    base.executemany("INSERT INTO place VALUES (?, ?, ?)", ((id_, *here) for here, id_ in places.items()))


def kept(units: Iterable[Unit], counts: Counts) -> Iterator[Unit]:
    """
    Those that may be stored, once each. Left out and counted: sole proprietors, who are persons, and sub-units of them.

    A sub-unit bears its owner's name; where the owner is not among the units before it, nobody knows whether that is
    a person.
    """
    mains, subs = _Numbers(), _Numbers()
    for unit in units:
        if unit.form == SOLE_PROPRIETOR:
            counts.sole_proprietors += 1
            continue
        number = number_of(unit.number)
        if number is None or not unit.name:
            counts.unusable += 1
        elif not unit.is_sub_unit:
            if mains.add(number):
                counts.units += 1
                yield unit
            else:
                counts.unusable += 1
        elif (parent := number_of(unit.parent or "")) is None or parent not in mains:
            counts.without_parent += 1
        elif number not in mains and subs.add(number):
            counts.sub_units += 1
            yield unit
        else:
            counts.unusable += 1


def number_of(text: str) -> int | None:
    """Nine digits; whether the last one checks is not asked, the register's numbers are what they are."""
    return int(text) if len(text) == 9 and text.isdecimal() and text.isascii() else None


def _write_words(base: sqlite3.Connection, words: _Words) -> None:
    """Each word's list at its place in one array: counted first, then filled; no word needs a list of its own."""
    borne = words.borne
    places, total = array("Q"), 0
    for count in borne:
        places.append(total)
        total += count if count <= COMMON else 0
    lists = array("I", bytes(4 * total))
    common = {id_: word for word, id_ in words.ids.items() if borne[id_] > COMMON}
    seldom = max(COMMON * 10, sum(len(stream) for stream in words.ranks.values()) // 60)  # above it: no pair
    pairs = []
    base.execute("CREATE TEMP TABLE paired (pair INTEGER, rank INTEGER, number INTEGER)")
    for rank, number, ids in words.each():
        often = []
        for id_ in ids:
            if id_ in common:
                often.append(id_)
            else:
                lists[places[id_]] = number
                places[id_] += 1
        if len(often) > 1:
            chosen = sorted((borne[id_], id_) for id_ in often if borne[id_] <= seldom)[:_PAIRED]
            for (_, one), (_, other) in combinations(chosen, 2):
                pairs.append((pair_hash(common[one], common[other]), rank, number))
            if len(pairs) >= _AT_ONCE:
                base.executemany("INSERT INTO paired VALUES (?, ?, ?)", pairs)
                pairs.clear()
    base.executemany("INSERT INTO paired VALUES (?, ?, ?)", pairs)
    words.ranks.clear()
    base.execute("INSERT OR IGNORE INTO pair SELECT * FROM paired ORDER BY 1, 2, 3")
    base.execute("DROP TABLE paired")
    base.executemany("INSERT INTO token VALUES (?, ?, ?)", _lists(words, lists, places))
    base.executemany("INSERT INTO ending VALUES (?)", ((word,) for word in sorted(word[::-1] for word in words.ids)))


def _lists(words: _Words, lists: array[int], places: array[int]) -> Iterator[tuple[str, int, bytes | None]]:
    """places: where each list ends, now that it is full."""
    for word in sorted(words.ids):
        id_ = words.ids[word]
        count = words.borne[id_]
        end = places[id_]
        yield word, count, lists[end - count : end].tobytes() if count <= COMMON else None


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """One at a time changes the copy. Raises CannotRun where another is at it."""
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRun(
                Words(
                    nb="Et annet program endrer kopien av registeret.",
                    en="Another program is changing the copy of the register.",
                ),
                Words(nb="Vent til det er ferdig.", en="Wait until it has finished."),
                Place(str(path)),
            ) from error
        yield


def settle(beside: Path, path: Path) -> None:
    """Made durable, then moved into its place."""
    for durable in (beside, None, path.parent):
        if durable is None:
            beside.replace(path)
            continue
        descriptor = os.open(durable, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def cannot_store(error: OSError | sqlite3.Error, path: Path) -> CannotRun:
    """What the disk or the database says, told with what to do; what was there before stands."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if full or "full" in str(error) or "disk I/O" in str(error):
        return CannotRun(
            Words(
                nb="Disken er full; kopien som var der, står.", en="The disk is full; the copy that was there stands."
            ),
            Words(
                nb="Frigjør plass, eller velg et annet sted med --register.",
                en="Free some space, or choose another place with --register.",
            ),
            Place(str(path)),
        )
    detail = getattr(error, "strerror", None) or str(error)
    return CannotRun(
        Words(
            nb=f"Kopien av registeret kan ikke skrives ({detail}).",
            en=f"The copy of the register cannot be written ({detail}).",
        ),
        Words(
            nb="Se etter at mappen finnes og kan skrives i, eller velg en annen med --register.",
            en="See that the folder is there and can be written, or choose another with --register.",
        ),
        Place(str(path)),
    )
