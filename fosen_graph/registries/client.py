"""The register's API over HTTP in; the same Units as the local copy has, and what else it says of a number, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from fosen_graph.findings import CannotRun, Place, Words
from fosen_graph.registries.names import key
from fosen_graph.registries.records import (
    Change,
    Owner,
    RecordError,
    change_page,
    gone_day,
    owners_of,
    refusal,
    search_page,
    single,
)
from fosen_graph.registries.units import SOLE_PROPRIETOR, Unit, is_number
from fosen_graph.registries.wire import Answer, Wire, day_of

DEEPEST: Final = 10_000  # of page x size, the API's own limit
_PAGE: Final = 1000
_NUMBERS: Final = 100  # in one question
_NAMED: Final = 500  # hits of a search by likeness among which a name must be


@dataclass(frozen=True, slots=True)
class Gone:
    """The register has removed it (410). day: when, if it says so."""

    number: str
    day: str | None


@dataclass(frozen=True, slots=True)
class Private:
    """A sole proprietor, or a sub-unit of one: a person, of whom nothing is kept."""

    number: str


@dataclass(frozen=True, slots=True)
class Unknown:
    number: str


Read = TypeVar("Read")
Outcome: TypeAlias = Unit | Gone | Private | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """Units of a search. total: how many the register has; whole: all that may be kept of them are here."""

    units: tuple[Unit, ...]
    total: int
    whole: bool


class Api:
    """A Register (units.Register) too. Raises CannotRun where the API refuses, or cannot be reached."""

    def __init__(self, wire: Wire | None = None) -> None:
        self._wire = wire or Wire()
        self.date = ""  # of the last answer

    def look_up(self, number: str, *, known: bool = False) -> Outcome:
        """
        A main unit, else a sub-unit; one that was deleted is a Unit with its day.

        known: it is known to be no person's. A sub-unit that was deleted no longer tells whose it was.
        """
        answer = self._get(f"/enheter/{number}")
        if answer.status == 404:
            answer = self._get(f"/underenheter/{number}")
        if answer.status == 404 or (answer.status == 400 and not is_number(number)):
            return Unknown(number)
        if answer.status == 410:
            return Gone(number, gone_day(answer.body))
        unit = self._read(answer, single)
        return Private(number) if not known and self._is_private(unit) else unit

    def unit(self, number: str) -> Unit | None:
        found = self.look_up(number)
        return found if isinstance(found, Unit) else None

    def search(self, *, sub_units: bool = False, most: int = DEEPEST, **asked: str) -> Found:
        """asked: the API's own parameters, navn, organisasjonsform, kommunenummer and so on."""
        size = max(1, min(_PAGE, most))
        units: list[Unit] = []
        total = read = page = 0
        path = "/underenheter" if sub_units else "/enheter"
        while read < most and (page + 1) * size <= DEEPEST:
            query = [*asked.items(), ("size", str(size)), ("page", str(page))]
            found = self._read(self._get(path, query), search_page)
            total, page, read = found.total, page + 1, read + len(found.units)
            units += self._public(found.units)
            if page >= found.pages:
                break
        return Found(tuple(units[:most]), total, read >= total)

    def by_numbers(self, numbers: Sequence[str], *, sub_units: bool = False) -> dict[str, Unit]:
        """Those of the numbers that the register has as such units, and that may be kept."""
        found: dict[str, Unit] = {}
        for start in range(0, len(numbers), _NUMBERS):
            some = ",".join(numbers[start : start + _NUMBERS])
            units = self.search(sub_units=sub_units, organisasjonsnummer=some).units
            found |= {unit.number: unit for unit in units}
        return found

    def named(self, name: str) -> Sequence[Unit]:
        """The search of the API is by likeness; those whose present or former name is exactly this are kept."""
        found = [unit for sub in (False, True) for unit in self.search(sub_units=sub, most=_NAMED, navn=name).units]
        return [u for u in found if key(u.name) == name or any(key(former.name) == name for former in u.former_names)]

    def with_tokens(self, words: Sequence[str], limit: int) -> Sequence[Unit]:
        name = " ".join(words)
        main = self.search(most=limit, navn=name).units
        return (
            [*main, *self.search(sub_units=True, most=limit - len(main), navn=name).units]
            if len(main) < limit
            else main
        )

    def owners(self, number: str) -> tuple[Owner, ...]:
        """The municipalities that own it (role group EIKM), and units that share in it (DELT); never a person."""
        answer = self._get(f"/enheter/{number}/roller")
        return () if answer.status in (404, 410) else self._read(answer, owners_of)

    def changes(self, *, since: str, after: int | None, sub_units: bool = False) -> Iterator[Sequence[Change]]:
        """The updates feed in its parts: from the day, or after the id of the last that is known."""
        path = "/oppdateringer/underenheter" if sub_units else "/oppdateringer/enheter"
        while True:
            start = ("oppdateringsid", str(after + 1)) if after is not None else ("dato", f"{since}T00:00:00.000Z")
            changes = self._read(self._get(path, [start, ("size", str(DEEPEST))]), change_page)
            if not changes:
                return
            yield changes
            after = max(change.id for change in changes)

    def _public(self, units: Sequence[Unit]) -> list[Unit]:
        """Without sole proprietors, and without sub-units of them, whose parents are asked for."""
        parents = sorted({unit.parent for unit in units if unit.is_sub_unit and unit.parent})
        public: set[str | None] = set(self.by_numbers(parents)) if parents else set()
        return [u for u in units if (u.parent in public if u.is_sub_unit else u.form != SOLE_PROPRIETOR)]

    def _is_private(self, unit: Unit) -> bool:
        if not unit.is_sub_unit:
            return unit.form == SOLE_PROPRIETOR
        return unit.parent is None or not isinstance(self.look_up(unit.parent), Unit)

    def _get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Answer:
        answer = self._wire.get(path, query)
        self.date = day_of(answer.headers) or self.date
        return answer

    def _read(self, answer: Answer, read: Callable[[bytes], Read]) -> Read:
        if answer.status != 200:
            raise _refused(answer, self._wire.base)
        try:
            return read(answer.body)
        except RecordError as error:
            raise CannotRun(
                Words(nb=f"Svaret fra registeret kan ikke leses: {error}.",
                      en=f"The answer of the register cannot be read: {error}."),
                Words(nb="Prøv igjen; varer det, har registeret endret formen på svarene.",
                      en="Try again; if it lasts, the register has changed the form of its answers."),
                Place(self._wire.base),
            ) from error  # fmt: skip


def _refused(answer: Answer, base: str) -> CannotRun:
    """What a 400 says of each parameter, else the status."""
    said = refusal(answer.body) or f"HTTP {answer.status}"
    return CannotRun(
        Words(nb=f"Registeret tok ikke imot spørsmålet: {said}", en=f"The register did not take the question: {said}"),
        Words(nb="Rett det som er nevnt.", en="Mend what it names."),
        Place(base),
    )
