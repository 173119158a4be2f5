"""What `fosen-graph registry` is asked in; files, the copy and the API at work, and what to tell of it, out."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from fosen_graph.findings import CannotRun, Lang, Place, Words
from fosen_graph.registries import bulk
from fosen_graph.registries.client import Api, Gone, Outcome, Private
from fosen_graph.registries.fetch import KINDS, Progress, check_room, fetch
from fosen_graph.registries.index import LocalRegister, open_register
from fosen_graph.registries.indexing import Counts, write_index
from fosen_graph.registries.names import key, tokens
from fosen_graph.registries.synthetic import Synthetic, as_csv, as_json
from fosen_graph.registries.units import Unit, is_number
from fosen_graph.registries.updates import Updated, update
from fosen_graph.registries.wire import Wire

_DAY: Final = re.compile(r"(?<!\d)(20\d\d-[01]\d-[0-3]\d)(?!\d)")
_SHARE: Final = 2.5  # bytes of the copy, at most, for each byte of its packed files
_LIKE: Final = 10
_SHOWN: Final = 10
_TELL: Final = 20_000  # records between two words on progress


def load(files: Sequence[Path], register: Path, day: str | None, progress: Progress) -> Counts:
    """The copy made anew from bulk files, in any order; day: of their content, else as they tell. Raises CannotRun."""
    ordered = sorted(files, key=_holds_sub_units)
    if _holds_sub_units(ordered[0]):
        raise CannotRun(
            Words(nb="Filen med enheter mangler.", en="The file of the units is missing."),
            Words(
                nb="Gi den også: uten den vet ingen hvilke underenheter som er enkeltpersoners, og bærer navnet deres.",
                en="Give it too: without it nobody knows which sub-units belong to persons and bear their names.",
            ),
            Place(str(files[0])),
        )
    days = {file.name: day or _day(file) for file in ordered}
    check_room(register.parent, int(_SHARE * sum(file.stat().st_size for file in ordered)))
    about = {"date": min(days.values()), "files": ", ".join(days)}
    return write_index(_told_of(_each(ordered), progress), register, about)


def _each(files: Iterable[Path]) -> Iterator[Unit]:
    for file in files:
        with _opened(file) as stream:
            yield from bulk.units(stream, str(file))


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[bulk.Stream]:
    try:
        stream = file.open("rb")
    except OSError as error:
        raise CannotRun(
            Words(nb=f"Filen kan ikke leses ({error.strerror}).", en=f"The file cannot be read ({error.strerror})."),
            Words(nb="Se etter stavemåten og rettighetene.", en="Check its spelling and permissions."),
            Place(str(file)),
        ) from error
    with stream:
        yield stream


def _holds_sub_units(file: Path) -> bool:
    """As its first record tells; an empty file holds none."""
    first = next(_each([file]), None)
    return first is not None and first.is_sub_unit


def _told_of(units: Iterable[Unit], progress: Progress) -> Iterator[Unit]:
    words = Words(nb="Leser registeret, tusen poster", en="Reading the register, thousand records")
    for done, unit in enumerate(units, 1):
        if not done % _TELL:
            progress(words, done // 1000, 2100)
        yield unit


def _day(file: Path) -> str:
    """A day in the file's name, else the day that it was changed."""
    told = _DAY.search(file.name)
    changed = datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.UTC)
    return told[1] if told else changed.date().isoformat()


def fetch_and_load(api: str, form: str, register: Path, progress: Progress) -> Counts | None:
    """None: the files are those that the copy was made of. Raises CannotRun."""
    files = fetch(Wire(api), register.parent, form, progress, room=500_000_000)
    days = [fetched.version.day for fetched in files if fetched.version.day]
    if register.exists() and not any(fetched.is_new for fetched in files):
        with contextlib.suppress(CannotRun), open_register(register):
            return None
    return load([fetched.file for fetched in files], register, min(days) if days else None, progress)


def follow(api: str, register: Path, progress: Progress) -> Updated:
    return update(Api(Wire(api)), register, progress)


def told_dissolved(numbers: Sequence[str]) -> Words:
    """The first of the numbers that were deleted or removed, and how to see whether any is linked to."""
    first = ", ".join(numbers[:_SHOWN]) + (" …" if len(numbers) > _SHOWN else "")
    return Words(
        nb=f"Slettet eller fjernet: {first}. Se om noe er lenket til dem: fosen-graph link check",
        en=f"Deleted or removed: {first}. See whether anything is linked to them: fosen-graph link check",
    )


def look_up(asked: str, register: Path, api: str | None) -> tuple[Sequence[Unit], Outcome | None, str]:
    """Units, exact ones or those like it; of a number that has none, why; the register's date. Raises CannotRun."""
    number = re.sub(r"[\s.]", "", asked)
    is_digits = len(number) == 9 and number.isascii() and number.isdigit()
    if api is not None:
        live = Api(Wire(api))
        if is_digits:
            outcome = live.look_up(number)
            return ([outcome] if isinstance(outcome, Unit) else []), outcome, live.date
        return _named(live, asked), None, live.date
    with open_register(register) as local:
        found = [unit] if is_digits and (unit := local.unit(number)) else [] if is_digits else _named(local, asked)
        return found, None, local.date


def _named(register: LocalRegister | Api, name: str) -> list[Unit]:
    exact = list(register.named(key(name)))
    return exact or list(register.with_tokens(tokens(name), _LIKE))


def generate(folder: Path, size: int, seed: int, form: str, day: str) -> list[Path]:
    """A synthetic register as the bulk files would be. Raises CannotRun."""
    made, register = [], Synthetic(size, seed)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            is_sub = kind == "underenheter"
            records = register.sub_units() if is_sub else register.main_units()
            parts = as_csv(records, sub_units=is_sub) if form == "csv" else as_json(records)
            file = folder / f"{kind}_{day}.{form}.gz"
            beside = folder / f".{file.name}"
            with beside.open("wb") as packed, gzip.GzipFile("", "wb", 6, packed, mtime=0) as out:
                out.writelines(parts)
            made.append(beside.replace(file))
    except OSError as error:
        raise CannotRun(
            Words(nb=f"Kan ikke skrive filen ({error.strerror}).", en=f"It cannot be written ({error.strerror})."),
            Words(nb="Velg en annen mappe.", en="Choose another folder."),
            Place(str(folder)),
        ) from error
    return made


def told_counts(counts: Counts, date: str, lang: Lang) -> str:
    """What the copy holds, and what was left out and why."""
    left_nb = [
        (counts.sole_proprietors, "enkeltpersonforetak"),
        (counts.without_parent, "underenheter uten kjent eier"),
        (counts.unusable, "ubrukelige eller dobbelte poster"),
    ]
    left_en = [
        (counts.sole_proprietors, "sole proprietors"),
        (counts.without_parent, "sub-units without a known owner"),
        (counts.unusable, "unusable or double records"),
    ]
    return Words(
        nb=f"{counts.units} enheter og {counts.sub_units} underenheter per {date}; utelatt: {_listed(left_nb)}",
        en=f"{counts.units} units and {counts.sub_units} sub-units as of {date}; left out: {_listed(left_en)}",
    ).in_language(lang)


def _listed(counts: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{count} {what}" for count, what in counts if count) or "0"


def told_unit(unit: Unit, lang: Lang) -> str:
    """One line, and one more for its former names."""

    def say(nb: str, en: str) -> str:
        return Words(nb=nb, en=en).in_language(lang)

    parts = [unit.number, unit.name, unit.form]
    if unit.municipality:
        parts.append(f"{unit.municipality} ({unit.municipality_number})")
    if unit.is_sub_unit:
        parts.append(say("underenhet av", "sub-unit of") + f" {unit.parent}")
    if unit.deleted:
        parts.append(say("slettet", "deleted") + f" {unit.deleted}")
    if unit.bankrupt:
        parts.append(f"{say('konkurs', 'bankrupt')} {unit.bankrupt_date or ''}".strip())
    if unit.winding_up:
        parts.append(say("under avvikling", "winding up"))
    line = " · ".join(parts)
    for former in unit.former_names:
        span = f"{former.start or ''}–{former.end or ''}"
        line += f"\n    {say('før', 'formerly')}: {former.name} ({span})"
    return line


def told_nothing(asked: str, outcome: Outcome | None, date: str) -> Words:
    """Why there is no unit."""
    if isinstance(outcome, Gone):
        return Words(
            nb=f"{asked}: fjernet fra registeret {outcome.day or ''}".strip(),
            en=f"{asked}: removed from the register {outcome.day or ''}".strip(),
        )
    if isinstance(outcome, Private):
        return Words(
            nb=f"{asked}: et enkeltpersonforetak, som det ikke tas vare på noe om.",
            en=f"{asked}: a sole proprietor, of whom nothing is kept.",
        )
    digits = re.sub(r"[\s.]", "", asked)
    if len(digits) == 9 and digits.isdigit() and not is_number(digits):
        return Words(
            nb=f"{asked} er ikke et organisasjonsnummer: kontrollsifferet er galt.",
            en=f"{asked} is no organisation number: its check digit is wrong.",
        )
    return Words(nb=f"{asked}: ingen treff per {date}.", en=f"{asked}: nothing found as of {date}.")


def told_json(units: Sequence[Unit], date: str) -> str:
    return json.dumps({"date": date, "units": msgspec.to_builtins(units)}, ensure_ascii=False, indent=1) + "\n"
