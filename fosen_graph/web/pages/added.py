"""Rows of queries/about.rq in; what was added beside the plan out: subjects with reasons, and what a register said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fosen_graph.iris import CODES, EU, LOS
from fosen_graph.web.pages.names import Names, Value
from fosen_graph.web.rows import Row

_CERTAIN = f"{CODES}sikkerhet/sikker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a focus area is about. list: "los" or "eu"; unsure: less than certain."""

    concept: Value
    list: str
    certainty: Value
    unsure: bool
    note: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """When a register was read, as it tells it (a day or a year), and where."""

    issued: str
    source: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the record itself says: a number, a day, or that it is so."""

    property: Value
    text: str
    is_so: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    subjects: tuple[Subject, ...] = ()
    consulted: tuple[Consulted, ...] = ()
    recorded: tuple[Recorded, ...] = ()

    @property
    def lists(self) -> list[str]:
        return sorted({subject.list for subject in self.subjects})


def wanted(found: Iterable[Row]) -> set[str]:
    """The IRIs that `added` will need names for."""
    return {row[key].value for row in found for key in ("concept", "certainty", "source", "recorded") if key in row}


def added(found: list[Row], names: Names) -> Added:
    return Added(
        subjects=tuple(_subjects(found, names)),
        consulted=tuple(
            Consulted(issued=row["issued"].value, source=names.of(row["source"].value))
            for row in found
            if "issued" in row
        ),
        recorded=tuple(
            Recorded(
                property=names.of(row["recorded"].value), text=row["told"].value, is_so=row["told"].value == "true"
            )
            for row in found
            if "recorded" in row
        ),
    )


def _subjects(found: list[Row], names: Names) -> Iterator[Subject]:
    for row in found:
        if "concept" in row:
            concept, note = row["concept"].value, row.get("note")
            yield Subject(
                concept=names.of(concept),
                list="los" if concept.startswith(LOS) else "eu" if concept.startswith(EU) else "",
                certainty=names.of(row["certainty"].value),
                unsure=row["certainty"].value != _CERTAIN,
                note=Value(text=note.value, language=note.language, address="") if note else None,
            )
