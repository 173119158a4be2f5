"""The updates feed in; the local copy as the register is now, moved into place in whole steps, out."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from fosen_graph.findings import Words
from fosen_graph.registries.changing import Changed
from fosen_graph.registries.client import Api
from fosen_graph.registries.fetch import Progress
from fosen_graph.registries.index import open_register
from fosen_graph.registries.indexing import alone, cannot_store, settle
from fosen_graph.registries.records import Change
from fosen_graph.registries.units import Unit

_STEP: Final = 10_000  # changes after which what is done is kept
_LAST: Final = {False: "last_unit_change", True: "last_sub_unit_change"}


@dataclass(slots=True)
class Updated:
    """What an update did. dissolved: the numbers that were deleted or removed, for whoever links to them."""

    read: int = 0
    changed: int = 0
    dissolved: list[str] = field(default_factory=list)
    date: str = ""


def update(api: Api, path: Path, progress: Progress, step: int = _STEP) -> Updated:
    """
    Bring the copy up to date, from the last change that it knows, or from the day of its files.

    The state of each unit is asked for, so that a change read twice changes nothing. Each step is made in a copy that
    replaces the other whole: stopped, it goes on after the last step. Raises CannotRun.
    """
    done = Updated()
    try:
        with alone(path):
            for sub_units in (False, True):
                _follow(api, path, sub_units, step, done, progress)
    except (OSError, sqlite3.Error) as error:
        raise cannot_store(error, path) from error
    return done


def _follow(api: Api, path: Path, sub_units: bool, step: int, done: Updated, progress: Progress) -> None:
    with open_register(path) as register:
        about = register.about
    last = about.get(_LAST[sub_units])
    feed = api.changes(since=about["date"], after=int(last) if last else None, sub_units=sub_units)
    changes = (change for part in feed for change in part)
    while some := list(islice(changes, step)):
        progress(Words(nb="Oppdaterer registeret", en="Updating the register"), done.read, done.read + len(some))
        with _copy(path) as base:
            _apply(api, Changed(base), some, sub_units, done)
            _note(base, _LAST[sub_units], str(max(change.id for change in some)))
            day = max(change.day[:10] for change in some)
            _note(base, "date", max(day, about["date"]))
        done.read += len(some)
        done.date = max(done.date, day)


@contextlib.contextmanager
def _copy(path: Path) -> Iterator[sqlite3.Connection]:
    """What is written to it replaces the file in one step, or is forgotten."""
    beside = path.with_name(f".{path.name}.building")
    try:
        shutil.copyfile(path, beside)
        with contextlib.closing(sqlite3.connect(beside, isolation_level=None)) as base:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE"):
                base.execute(f"PRAGMA {pragma}")
            base.execute("BEGIN")
            yield base
            base.execute("COMMIT")
        settle(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _note(base: sqlite3.Connection, name: str, value: str) -> None:
    base.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


def _apply(api: Api, copy: Changed, changes: Sequence[Change], sub_units: bool, done: Updated) -> None:
    """One look at each unit, however often it changed; those that a search does not find are asked for one by one."""
    numbers = list(dict.fromkeys(change.number for change in changes))
    found = api.by_numbers(numbers, sub_units=sub_units)
    for number in numbers:
        before = copy.unit(number)
        now = found.get(number) or api.look_up(number, known=before is not None)
        if isinstance(now, Unit):
            unit = _with_what_was_known(now, before)
            done.changed += copy.put(unit)
            if unit.deleted and not (before and before.deleted):
                done.dissolved.append(number)
        elif copy.remove(number):
            done.changed += 1
            done.dissolved.append(number)


def _with_what_was_known(now: Unit, before: Unit | None) -> Unit:
    """Of a deleted unit the register tells little more than name and day; what was known of it stays."""
    if before is None or not now.deleted or before.is_sub_unit != now.is_sub_unit:
        return now
    if now.municipality_number or now.registered:
        return now
    return replace(before, name=now.name or before.name, form=now.form or before.form, deleted=now.deleted)
