"""How a Unit lies in the local copy: the tables, a Unit as a row, and a row as a Unit again."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from fosen_graph.registries.names import key, tokens
from fosen_graph.registries.units import FormerName, Unit

VERSION: Final = 1
# A token that more units bear than this has no list of them; two such together have one.
COMMON: Final = 4000
TABLES: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE place (id INTEGER PRIMARY KEY, number TEXT, name TEXT);
CREATE TABLE unit (
    number INTEGER PRIMARY KEY, key INTEGER, name TEXT, form TEXT, flags INTEGER, parent INTEGER, place INTEGER,
    registered, deleted, bankrupt, homepage TEXT, sector TEXT, activity TEXT
);
CREATE TABLE former (unit INTEGER, key INTEGER, name TEXT, start, ended);
CREATE TABLE token (token TEXT PRIMARY KEY, units INTEGER, numbers BLOB) WITHOUT ROWID;
CREATE TABLE ending (reversed TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE pair (pair INTEGER, rank INTEGER, number INTEGER, PRIMARY KEY (pair, rank, number)) WITHOUT ROWID;
"""
INDEXES: Final = """
CREATE INDEX unit_key ON unit (key);
CREATE INDEX former_unit ON former (unit);
CREATE INDEX former_key ON former (key);
"""
COLUMNS: Final = "number, name, form, flags, parent, place, registered, deleted, bankrupt, homepage, sector, activity"
INSERT: Final = f"INSERT OR REPLACE INTO unit VALUES ({', '.join('?' * 13)})"
SUB_UNIT, BANKRUPT, WINDING_UP, FORMER = 1, 2, 4, 8

Row: TypeAlias = tuple[str | int | None, ...]
Day: TypeAlias = str | int | None
Place: TypeAlias = tuple[str | None, str | None]
StoredFormer: TypeAlias = tuple[str, Day, Day]
StoredUnit: TypeAlias = tuple[
    int, str, str, int, int | None, int | None, Day, Day, Day, str | None, str | None, str | None
]
NOWHERE: Final[Place] = (None, None)


def row_of(unit: Unit, place: int | None) -> Row:
    """place: the id of its municipality."""
    return (
        int(unit.number),
        key_hash(key(unit.name)),
        unit.name,
        unit.form,
        unit.is_sub_unit * SUB_UNIT
        + unit.bankrupt * BANKRUPT
        + unit.winding_up * WINDING_UP
        + bool(unit.former_names) * FORMER,
        int(unit.parent) if unit.parent and len(unit.parent) == 9 and unit.parent.isdecimal() else None,
        place,
        _day(unit.registered),
        _day(unit.deleted),
        _day(unit.bankrupt_date),
        unit.homepage,
        unit.sector,
        " ".join(unit.activity) or None,
    )


def former_rows(unit: Unit) -> list[Row]:
    return [
        (int(unit.number), key_hash(key(former.name)), former.name, _day(former.start), _day(former.end))
        for former in unit.former_names
    ]


def unit_of(row: StoredUnit, place: Place, former: Sequence[StoredFormer]) -> Unit:
    """row: as COLUMNS. place: number and name of its municipality."""
    number, name, form, flags, parent, _, registered, deleted, bankrupt, home, sector, activity = row
    return Unit(
        number=f"{number:09}",
        name=name,
        form=form,
        is_sub_unit=flags & SUB_UNIT != 0,
        parent=f"{parent:09}" if parent is not None else None,
        municipality_number=place[0],
        municipality=place[1],
        former_names=tuple(FormerName(name, _date(start), _date(end)) for name, start, end in former),
        registered=_date(registered),
        deleted=_date(deleted),
        bankrupt=flags & BANKRUPT != 0,
        bankrupt_date=_date(bankrupt),
        winding_up=flags & WINDING_UP != 0,
        homepage=home,
        sector=sector,
        activity=tuple(activity.split()) if activity else (),
    )


def _day(date: str | None) -> str | int | None:
    """2017-10-20 as 20171020, which takes four bytes; what is no date stays as it is."""
    if date and len(date) == 10 and date[4] == date[7] == "-":
        day = date[:4] + date[5:7] + date[8:]
        if day.isdecimal() and day.isascii() and day[0] != "0":
            return int(day)
    return date


@lru_cache(4096)
def _date(day: str | int | None) -> str | None:
    if isinstance(day, int):
        return f"{day // 10000}-{day // 100 % 100:02}-{day % 100:02}"
    return day


def key_hash(text: str) -> int:
    """32 bits of a normalised name; two names may share them, so whoever finds one looks at the name."""
    return zlib.crc32(text.encode())


def pair_hash(one: str, other: str) -> int:
    first, second = sorted((one, other))
    return zlib.crc32(f"{first} {second}".encode())


def words_of(unit: Unit) -> tuple[str, ...]:
    """The words of its present name, then those that only its former names have."""
    if not unit.former_names:
        return tuple(dict.fromkeys(key(unit.name).split()))
    names = [unit.name, *(former.name for former in unit.former_names)]
    return tuple(dict.fromkeys(word for name in names for word in key(name).split()))


def rank_of(unit: Unit, words: int) -> int:
    """Main units before sub-units, short names before long: the order of a list."""
    return min(words, 15) + 16 * unit.is_sub_unit


def normalisation() -> str:
    """What names become, told short: a copy whose names were normalised otherwise must be made anew."""
    told = [
        f"{key(name)}|{' '.join(tokens(name))}"
        for name in (
            "ÅFJORD KOMMUNE", "FOSEN BRANN- OG REDNINGSTJENESTE IKS", "TRONDHEIM KOMMUNE/TRÅANTEN TJÏELTE",
            "NORGES VASSDRAGS- OG ENERGIDIREKTORAT (NVE)", "Süd & Nord A/S", "1. juni 2020 Møbler AS avd. Å",
        )
    ]  # fmt: skip
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
